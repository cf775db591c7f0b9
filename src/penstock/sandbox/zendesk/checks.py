"""Whether a user may be written as asked: everything that leads to RecordInvalid (contract, sections 2 and 4)."""

import re
from collections.abc import Callable
from typing import Any

from penstock.sandbox.zendesk.account import Account
from penstock.sandbox.zendesk.answers import Complaint
from penstock.sandbox.zendesk.attributes import Attributes
from penstock.sandbox.zendesk.field_definition import WrongValue
from penstock.sandbox.zendesk.identity import EMAIL, TYPES, identity_key
from penstock.sandbox.zendesk.locales import is_locale, is_time_zone
from penstock.sandbox.zendesk.user import User

_EMAIL = re.compile(r"""[^\s@<>(),;:"\[\]\\]+@[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*\.[A-Za-z0-9]{2,}""")
_E164 = re.compile(r"\+[1-9]\d{1,14}")
_TAKEN = "External has already been taken"
_ROLES = ("end-user", "agent", "admin")
_RESTRICTIONS = ("organization", "groups", "assigned", "requested", None)
_CHOICES: dict[str, Callable[[Account, Any], bool]] = {
    "role": lambda _, value: value in _ROLES,
    "ticket_restriction": lambda _, value: value in _RESTRICTIONS,
    "locale": lambda _, value: is_locale(value),
    "time_zone": lambda _, value: is_time_zone(value),
    "organization_id": lambda account, value: value in account.organizations.by_id,
}


def normal_email(text: object) -> str | None:
    """An address as it is kept, lower-cased and trimmed; None for none at all."""
    return (text.strip().lower() or None) if isinstance(text, str) else None


def is_email(address: str) -> bool:
    """Whether an address is well formed."""
    return _EMAIL.fullmatch(address) is not None and ".." not in address


def used_by_another(address: str, attribute: str = "email") -> Complaint:
    """An address that another user has."""
    return Complaint(
        attribute=attribute,
        description=f"Email: {address} is already being used by another user",
        code="DuplicateValue",
    )


def complaints(account: Account, attributes: Attributes, user: User | None) -> list[Complaint]:
    """What is wrong with an update of `user`, or with a new user; user fields are converted in place."""
    found: list[Complaint] = []
    if (user is None or "name" in attributes) and not (attributes.get("name") or "").strip():
        found.append(
            Complaint(attribute="name", description="Name: is too short (minimum is 1 characters)", code="BlankValue")
        )
    address = normal_email(attributes.get("email"))
    if address is not None:
        found.extend(_about_email(account, address, user))
    key = (attributes.get("external_id") or "").lower()
    # Nearly always the external id and the address are those that the user has: no need to ask the store.
    is_other = bool(key) and (user is None or key != user.external_key)
    if is_other and account.store.holder_of_external_id(key) is not None:
        attribute = account.switches["duplicate_external_id"]
        found.append(Complaint(attribute=attribute, description=_TAKEN, code="DuplicateValue"))
    found.extend(_about_choices(account, attributes))
    for identity in attributes.get("identities", ()):
        found.extend(_about_identity(account, identity))
    if attributes.get("user_fields"):
        found.extend(_about_fields(account, attributes))
    return found


def _about_email(account: Account, address: str, user: User | None) -> list[Complaint]:
    if user is not None and user.has(EMAIL, address):
        return []
    if not is_email(address):
        return [Complaint(attribute="email", description=f"Email: {address} is not properly formatted")]
    if account.store.holder_of_identity((EMAIL, address)) is not None:
        return [used_by_another(address)]
    return []


def _about_identity(account: Account, identity: Attributes) -> list[Complaint]:
    kind, value = identity.get("type"), identity.get("value")
    if kind not in TYPES or not isinstance(value, str) or not value.strip():
        return [Complaint(attribute="identities", description="Identities: are invalid", code="InvalidValue")]
    if kind == EMAIL and not is_email(value.strip().lower()):
        return [Complaint(attribute="email", description=f"Email: {value} is not properly formatted")]
    if account.store.holder_of_identity(identity_key(kind, value)) is not None:
        return [used_by_another(value)]
    return []


def _about_choices(account: Account, attributes: Attributes) -> list[Complaint]:
    found = []
    phone = attributes.get("phone")
    if phone and account.switches["phone_validation"] == "on" and not _E164.fullmatch(phone):
        found.append(
            Complaint(
                attribute="phone", description=f"Phone: {phone} is not properly formatted", code="InvalidFormat"
            )
        )
    for name, is_good in _CHOICES.items():
        value = attributes.get(name)
        if value is not None and not is_good(account, value):
            label = name.replace("_", " ").capitalize()
            found.append(Complaint(attribute=name, description=f"{label}: {value} is invalid", code="InvalidValue"))
    return found


def _about_fields(account: Account, attributes: Attributes) -> list[Complaint]:
    found = []
    converted = {}
    for key, value in attributes["user_fields"].items():
        definition = account.fields.get(key)
        if definition is None:
            continue
        try:
            converted[key] = definition.accept(value)
        except WrongValue as wrong:
            found.append(
                Complaint(attribute=key, description=f"{definition.title}: {value} {wrong}", code="InvalidValue")
            )
    attributes["user_fields"] = converted
    return found
