"""Fields that are not ordinary attributes: identifiers, subscriptions, and what Iterable fills itself."""

from __future__ import annotations

from penstock.catalog.entities import FieldMapping
from penstock.destinations.iterable.matching import Matching
from penstock.destinations.iterable.settings import ProjectType
from penstock.errors import Problem, Severity

_DROP = "Remove this mapping."

_SUBSCRIPTIONS = frozenset(
    {
        "emailListIds",
        "userListIds",
        "unsubscribedChannelIds",
        "unsubscribedMessageTypeIds",
        "subscribedMessageTypeIds",
    }
)
_OWN = frozenset({"itblInternal", "itblUserId", "profileUpdatedAt", "devices"})
_SET_AT_CREATION = frozenset({"signupDate", "signupSource"})


def reserved_problem(mapping: FieldMapping, matching: Matching) -> Problem | None:
    """What stands against mapping a field of that name, or None."""
    name = mapping.target
    if not name.strip():
        return _refusal(mapping, "bad_field_name", "A field of Iterable needs a name.", "Name the field.")
    if "." in name:
        parent = name.partition(".")[0]
        return _refusal(
            mapping,
            "nested_field",
            f"`{name}` is a part of `{parent}`, and Iterable replaces a top-level attribute as a whole.",
            f"Build a struct in the model's SQL and map it to `{parent}`.",
        )
    if name in _SUBSCRIPTIONS:
        return _refusal(
            mapping,
            "subscription_field",
            f"`{name}` holds subscriptions: sent as an attribute it overwrites them without any (un)subscribe event.",
            f"{_DROP} Manage subscriptions in Iterable.",
        )
    if name in _OWN:
        return _refusal(mapping, "system_field", f"`{name}` is kept by Iterable itself.", _DROP)
    if name in _SET_AT_CREATION:
        return Problem(
            code="system_field",
            message=f"`{name}` is set by Iterable when a user is created; the mapping overwrites it.",
            fix="Map another field unless this is what you want.",
            location=mapping.location,
            severity=Severity.WARNING,
        )
    return _identity_problem(mapping, matching) if name in {"email", "userId"} else None


def _identity_problem(mapping: FieldMapping, matching: Matching) -> Problem | None:
    name = mapping.target
    if name == matching.identifier:
        message = f"`{name}` is what users are matched on, and is sent with every record already."
        return _refusal(mapping, "identity_field", message, _DROP)
    if name == "userId":
        if matching.project_type is ProjectType.EMAIL:
            return None
        message = "Writing `userId` would change who a user is in a project where it identifies users."
        return _refusal(mapping, "identity_field", message, f"{_DROP} Or match on `user_id`.")
    return _email_problem(mapping, matching)


def _email_problem(mapping: FieldMapping, matching: Matching) -> Problem | None:
    if matching.project_type is ProjectType.EMAIL:
        message = "In an e-mail-based project the address identifies a user; a bulk update cannot change it."
        return _refusal(mapping, "identity_field", message, f"{_DROP} Or match on `email`.")
    if matching.project_type is ProjectType.USER_ID:
        message = (
            "Iterable is known to take an address in a bulk update in hybrid projects only; elsewhere it might be"
            " ignored although the answer says success."
        )
        return _refusal(mapping, "identity_field", message, _DROP)
    return Problem(
        code="identity_attribute",
        message="`email` identifies users in a hybrid project: a user gets the mapped address, and one whose address"
        " belongs to somebody else is rejected.",
        fix="Make sure that no two users of the model share an address.",
        location=mapping.location,
        severity=Severity.WARNING,
    )


def _refusal(mapping: FieldMapping, code: str, message: str, fix: str) -> Problem:
    return Problem(code=code, message=message, fix=fix, location=mapping.location)
