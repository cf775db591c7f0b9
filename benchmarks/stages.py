"""An observer of runs that measures each stage."""

from __future__ import annotations

from benchmarks import meter

STAGES = {
    "Checking the destination": "check",
    "Reading model customers": "read",
    "Comparing with what is confirmed": "compare",
    "Looking up": "look up",
    "Reading which users": "read values",
    "Collecting the answers": "collect",
    "Waiting for": "wait",
    "Sending": "send",
    "Writing down what is confirmed": "fold",
}
"""How a sentence begins that a run says when a stage begins → the stage's name here."""


class StageMeter:
    """See `Observer`; the time before the first stage and after the last belongs to them."""

    def __init__(self) -> None:
        self.stages: dict[str, dict[str, float]] = {}
        self._first = self._last = meter.read()
        self._name = "open"

    def stage(self, sentence: str, records: int | None = None) -> None:
        """Begin a stage."""
        del records
        self._begin(next(name for beginning, name in STAGES.items() if sentence.startswith(beginning)))

    def advance(self, records: int) -> None:
        """Take no notice of single batches."""

    def finish(self) -> meter.Reading:
        """End the last stage and return the whole."""
        self._begin("end")
        return self._last.since(self._first)

    def _begin(self, name: str) -> None:
        now = meter.read()
        self.stages[self._name] = now.since(self._last).to_json()
        self._name, self._last = name, now
