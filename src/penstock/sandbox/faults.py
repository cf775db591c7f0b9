"""Faults to inject: which requests they hit, and how often they did. Acting on them is the gate's."""

import difflib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TypeGuard

from penstock.sandbox.errors import SandboxError
from penstock.sandbox.exchange import Oddity, Rejection

ACTIONS = (
    "429",
    "503",
    "500",
    "401",
    "drop-before",
    "drop-after",
    "delay",
    "reject-record",
    "nonsense",
    "truncate",
    "wrong-counts",
)
_KEYS = ("on", "do", "nth", "rate", "seed", "times", "seconds", "retry_after", "record", "bucket", "field")
_WITH_SECONDS = ("delay", "slow-job")
_FORM = 'A fault looks like {"on": "POST /api/users/*", "nth": 3, "do": "503"}.'


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One injected fault. With neither `nth` nor `rate` it hits every matching request."""

    method: str
    path_pattern: str
    do: str
    nth: int | None = None
    rate: float | None = None
    seed: int | None = None
    times: int | None = None
    seconds: float | None = None
    retry_after: int | None = None
    record: str | None = None
    bucket: str | None = None
    field: str | None = None

    def concerns(self, method: str, path: str, body: bytes) -> bool:
        """Whether a request is one that the fault counts; one that names a record counts those with it.

        A path may carry a format, `.json`, that the pattern need not have.
        """
        return (
            fnmatchcase(method, self.method)
            and (fnmatchcase(path, self.path_pattern) or fnmatchcase(path.removesuffix(".json"), self.path_pattern))
            and (self.record is None or self.record.lower().encode() in body.lower())
        )

    def as_json(self) -> dict[str, object]:
        """The fault as it was set."""
        shown: dict[str, object] = {"on": f"{self.method} {self.path_pattern}", "do": self.do}
        for key in _KEYS[2:]:
            if getattr(self, key) is not None:
                shown[key] = getattr(self, key)
        return shown


@dataclass(slots=True, kw_only=True)
class ActiveFault:
    """A fault since it was set: how many requests it counted, how many it hit."""

    fault: Fault
    chance: random.Random
    seen: int = 0
    fired: int = 0
    default_bucket: str = field(default="")

    def hits(self) -> bool:
        """Count one matching request; tell whether the fault hits it."""
        self.seen += 1
        fault = self.fault
        if fault.nth is not None:
            hit = fault.nth <= self.seen < fault.nth + (fault.times or 1)
        else:
            hit = fault.rate is None or self.chance.random() < fault.rate
            hit = hit and (fault.times is None or self.fired < fault.times)
        self.fired += hit
        return hit

    def rejection(self) -> Rejection:
        """What a bulk endpoint needs to refuse one record."""
        return Rejection(
            record=self.fault.record, bucket=self.fault.bucket or self.default_bucket, chance=self.chance
        )

    def oddity(self) -> Oddity:
        """What the emulator that knows this fault needs of it."""
        return Oddity(do=self.fault.do, seconds=self.fault.seconds, field=self.fault.field)


class FaultBook:
    """All active faults; the first that hits a request wins.

    `buckets` are what reject-record may name, `actions` what the emulator can do.
    """

    def __init__(self, buckets: Sequence[str], actions: Sequence[str] = ACTIONS) -> None:
        self._buckets = buckets
        self._actions = actions
        self.active: list[ActiveFault] = []

    def replace(self, document: object) -> None:
        """Set the faults of a JSON list instead of all earlier ones; SandboxError says what is wrong."""
        if not isinstance(document, list):
            raise SandboxError("Faults are a JSON list.", f"Send [] to clear them. {_FORM}")
        faults = [parse_fault(each, self._buckets, self._actions) for each in document]
        self.active = [
            # Not for secrets: a seed makes the same faults hit the same requests again.
            ActiveFault(fault=each, chance=random.Random(each.seed), default_bucket=self._buckets[0])  # noqa: S311
            for each in faults
        ]

    def match(self, method: str, path: str, body: bytes) -> ActiveFault | None:
        """Count a request for every fault that it concerns; the fault that hits it, if any."""
        hit: ActiveFault | None = None
        for each in self.active:
            if each.fault.concerns(method, path, body) and each.hits():
                if hit is None:
                    hit = each
                else:
                    each.fired -= 1
        return hit

    def as_json(self) -> list[dict[str, object]]:
        """All faults with how often each was tried and fired."""
        return [each.fault.as_json() | {"seen": each.seen, "fired": each.fired} for each in self.active]


def parse_fault(document: object, buckets: Sequence[str], actions: Sequence[str] = ACTIONS) -> Fault:
    """A fault from its JSON object; SandboxError has one clear sentence on what is wrong."""
    if not isinstance(document, dict):
        raise SandboxError("A fault is a JSON object.", _FORM)
    for key in document:
        if key not in _KEYS:
            near = difflib.get_close_matches(str(key), _KEYS, n=1)
            hint = f"Did you mean '{near[0]}'? " if near else ""
            raise SandboxError(f"Unknown key '{key}' in a fault.", f"{hint}Keys: {', '.join(_KEYS)}.")
    method, path_pattern = _target(document.get("on"))
    fault = Fault(
        method=method,
        path_pattern=path_pattern,
        do=_word(document, "do", actions),
        nth=_whole(document, "nth", 1),
        rate=_number(document, "rate", 1.0),
        seed=_whole(document, "seed", 0),
        times=_whole(document, "times", 1),
        seconds=_number(document, "seconds", 3600.0),
        retry_after=_whole(document, "retry_after", 0),
        record=_text(document, "record"),
        bucket=_word(document, "bucket", buckets) if "bucket" in document else None,
        field=_text(document, "field"),
    )
    _check_combination(fault)
    return fault


def _check_combination(fault: Fault) -> None:
    if fault.nth is not None and fault.rate is not None:
        raise SandboxError("A fault has either 'nth' or 'rate', not both.", "Set two faults instead.")
    if (fault.do in _WITH_SECONDS) != (fault.seconds is not None):
        owner = fault.do if fault.do in _WITH_SECONDS else "delay"
        raise SandboxError(
            f"'seconds' belongs to '{owner}', which needs it.", f'Say {{"do": "{owner}", "seconds": 5}}.'
        )
    if fault.retry_after is not None and fault.do not in ("429", "503"):
        raise SandboxError("'retry_after' belongs to '429' and '503'.", "Remove it, or change 'do'.")
    if (fault.do == "ignore-field") != (fault.field is not None):
        raise SandboxError(
            "'field' belongs to 'ignore-field', which needs it.", 'Say {"do": "ignore-field", "field": "notes"}.'
        )
    if fault.do != "reject-record" and fault.bucket is not None:
        raise SandboxError("'bucket' belongs to 'reject-record'.", "Remove it, or change 'do'.")


def _target(value: object) -> tuple[str, str]:
    method, _, path = value.partition(" ") if isinstance(value, str) else ("", "", "")
    if not method or not path.startswith(("/", "*")):
        raise SandboxError(f"'on' of a fault is 'METHOD /path-pattern', not {value!r}.", _FORM)
    return method.upper(), path


def _word(document: Mapping[str, object], key: str, allowed: Sequence[str]) -> str:
    value = document.get(key)
    if not isinstance(value, str) or value not in allowed:
        raise SandboxError(f"'{key}' of a fault cannot be {value!r}.", f"Allowed: {', '.join(allowed)}.")
    return value


def _text(document: Mapping[str, object], key: str) -> str | None:
    value = document.get(key)
    if value is not None and (not isinstance(value, str) or not value):
        raise SandboxError(f"'{key}' of a fault cannot be {value!r}.", "It is a text that is not empty.")
    return value


def _whole(document: Mapping[str, object], key: str, least: int) -> int | None:
    value = document.get(key)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < least):
        raise SandboxError(f"'{key}' of a fault cannot be {value!r}.", f"It is a whole number from {least} on.")
    return value


def _number(document: Mapping[str, object], key: str, most: float) -> float | None:
    value = document.get(key)
    if value is None:
        return None
    if not _is_number(value) or not 0 <= value <= most:
        raise SandboxError(f"'{key}' of a fault cannot be {value!r}.", f"It is a number from 0 to {most:g}.")
    return float(value)


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
