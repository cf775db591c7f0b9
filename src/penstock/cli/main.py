"""The entry point of `penstock`: from the first moment to the last, Ctrl-C and a request to end are heeded in order.

Nothing heavy is imported before that is settled.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

INTERRUPTED_EXIT = 130


def main() -> None:
    """Run the command line of this process and exit."""
    loading = _Loading()
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, loading.note)
    try:
        from penstock.cli.command_line import leave, run

        signal.signal(signal.SIGINT, signal.default_int_handler)
        arguments = sys.argv[1:] or ["--help"]
        code = leave(arguments) if loading.interrupted else run(arguments)
        _heed_no_more()
    except KeyboardInterrupt:  # a second one, or one that came between two steps
        _heed_no_more()
        code = INTERRUPTED_EXIT
    sys.exit(code)


class _Loading:
    """While modules are loaded nothing can be ended in order: an interruption waits for that, a second one not."""

    def __init__(self) -> None:
        self.interrupted = False

    def note(self, _signal: int, _frame: FrameType | None) -> None:
        """Take note of an interruption."""
        if self.interrupted:
            os._exit(INTERRUPTED_EXIT)
        self.interrupted = True


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """Take a request to end for a Ctrl-C."""
    signal.raise_signal(signal.SIGINT)


def _heed_no_more() -> None:
    """All is done and said; the interpreter, as it ends, knows nothing better than to die of a signal."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    # An interruption that ended the execution of a text, such as a dataclass in the making, is remembered although it
    # was caught, and kills the interpreter as it ends; executing another text makes it forget.
    exec("")  # noqa: S102


if __name__ == "__main__":
    main()
