"""The answer of users/bulkUpdate: read leniently, for every array may be missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_KINDS = ("Emails", "UserIds")

_CODES = {
    "invalidEmails": "invalid_email",
    "invalidUserIds": "invalid_user_id",
    "invalidData": "invalid_data",
    "conflict": "conflict",
    "forgotten": "forgotten",
    "notFound": "not_found",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedIdentifier:
    """A user whom Iterable names as failed: by address or user id, in the bucket `place`, with Penstock's code."""

    value: str
    is_email: bool
    place: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkAnswer:
    """What a 200 says: counts, named failures, attributes that were dropped, and users counted as unchanged."""

    succeeded: int
    failed: int
    unchanged: int
    failures: tuple[FailedIdentifier, ...]
    ignored: tuple[str, ...]


def read_bulk_answer(content: Mapping[str, Any]) -> BulkAnswer | None:
    """Read the answer; None when it lacks the two counts that every version of it has."""
    succeeded, failed = _count(content.get("successCount")), _count(content.get("failCount"))
    if succeeded is None or failed is None:
        return None
    return BulkAnswer(
        succeeded=succeeded,
        failed=failed,
        unchanged=len(_texts(content.get("noOpEmails"))) + len(_texts(content.get("noOpUserIds"))),
        failures=_failures(content),
        ignored=top_level(_texts(content.get("filteredOutFields"))),
    )


def top_level(paths: Iterable[str]) -> tuple[str, ...]:
    """The top-level attributes of dotted paths, each once, in order."""
    return tuple(dict.fromkeys(path.partition(".")[0] for path in paths))


def _failures(content: Mapping[str, Any]) -> tuple[FailedIdentifier, ...]:
    buckets = content.get("failedUpdates")
    failures: list[FailedIdentifier] = []
    if isinstance(buckets, dict):
        for name, values in buckets.items():
            failures += [_failure(name, f"failedUpdates.{name}", value) for value in _texts(values)]
    # The two at the top level are deprecated and repeat the buckets, where there are buckets.
    named = {(failure.is_email, failure.value) for failure in failures}
    for kind in _KINDS:
        name = f"invalid{kind}"
        doubled = (_failure(name, name, value) for value in _texts(content.get(name)))
        failures += [failure for failure in doubled if (failure.is_email, failure.value) not in named]
    return tuple(failures)


def _failure(bucket: str, place: str, value: str) -> FailedIdentifier:
    is_email = not bucket.endswith("UserIds")
    code = _CODES.get(bucket) or _CODES.get(bucket.removesuffix("Emails").removesuffix("UserIds"), "refused")
    return FailedIdentifier(value=value, is_email=is_email, place=place, code=code)


def _texts(values: object) -> list[str]:
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
