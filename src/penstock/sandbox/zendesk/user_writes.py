"""Creating, updating and deleting one user (contract, sections 4, 5, 8 and 12)."""

from typing import Any

from penstock.sandbox.zendesk.account import Account
from penstock.sandbox.zendesk.answers import RecordInvalid
from penstock.sandbox.zendesk.attributes import PLAIN, Attributes
from penstock.sandbox.zendesk.checks import complaints, normal_email
from penstock.sandbox.zendesk.identity import EMAIL, Identity, identity_key
from penstock.sandbox.zendesk.locales import locale_id, locale_of
from penstock.sandbox.zendesk.new_identity import new_identity
from penstock.sandbox.zendesk.phones import set_phone
from penstock.sandbox.zendesk.user import User


def create(account: Account, attributes: Attributes) -> User:
    """A new user; RecordInvalid."""
    _check(account, attributes, None)
    now = int(account.now())
    user = User(id=account.store.next_id(), created_at=now, updated_at=now)
    _set_plain(user, attributes)
    address = normal_email(attributes.get("email"))
    if address is not None:
        add_email(account, user, address, attributes)
    for each in attributes.get("identities", ()):
        _add_given_identity(account, user, each, attributes)
    set_phone(account, user, attributes, creating=True)
    _set_fields_and_tags(account, user, attributes)
    organization = _organization(account, attributes) or _organization_of_domain(account, user)
    if organization is not None:
        user.values["organization_id"] = organization
        account.organizations.belong_only_to(user.id, [organization])
    account.store.insert(user)
    return user


def update(account: Account, user: User, attributes: Attributes) -> User:
    """Change a user; RecordInvalid. An update without a change is an update as well: updated_at moves."""
    _check(account, attributes, user)
    before = (user.external_id, [each.id for each in user.identities])
    _set_plain(user, attributes)
    _add_or_verify_email(account, user, attributes)
    set_phone(account, user, attributes, creating=False)
    _set_fields_and_tags(account, user, attributes)
    if "organization_id" in attributes or attributes.get("organization"):
        organization = _organization(account, attributes)
        user.values["organization_id"] = organization
        account.organizations.belong_only_to(user.id, [] if organization is None else [organization])
    user.updated_at = int(account.now())
    account.store.save(user, renamed=before != (user.external_id, [each.id for each in user.identities]))
    return user


def found(account: Account, attributes: Attributes) -> User | None:
    """The user that create_or_update means: by external id, and if there is none, by any of the addresses."""
    user = None
    if attributes.get("external_id"):
        user = account.store.user_with_external_id(attributes["external_id"].lower())
    address = normal_email(attributes.get("email"))
    if user is None and address is not None:
        user = account.store.user_with_identity((EMAIL, address))
    return user


def create_or_update(account: Account, attributes: Attributes) -> tuple[User, bool]:
    """The user, and whether it is new; RecordInvalid."""
    user = found(account, attributes)
    if user is None:
        return create(account, attributes), True
    return update(account, user, attributes), False


def delete(account: Account, user: User) -> User:
    """Delete softly: the user can still be read by id, its address and external id are free at once."""
    user.active = False
    user.external_id = None
    user.identities = []
    user.shared_phone = None
    user.updated_at = int(account.now())
    account.organizations.belong_only_to(user.id, [])
    account.store.save(user, renamed=True)
    return user


def add_email(account: Account, user: User, address: str, attributes: Attributes) -> Identity:
    """A new address; the first one is the primary. Zendesk writes to it unless it is told not to."""
    verified = attributes.get("verified") is True
    identity = new_identity(account, user, EMAIL, address, verified=verified)
    if not verified and not attributes.get("skip_verify_email"):
        user.verification_mails += 1
    return identity


def _check(account: Account, attributes: Attributes, user: User | None) -> None:
    wrong = complaints(account, attributes, user)
    if wrong:
        raise RecordInvalid(wrong)


def _set_plain(user: User, attributes: Attributes) -> None:
    if "name" in attributes:
        user.name = attributes["name"]
    if "external_id" in attributes:
        user.external_id = attributes["external_id"] or None
    if attributes.get("role"):
        user.role = attributes["role"]
    if attributes.get("custom_role_id") is not None and user.role == "end-user":
        user.role = "agent"
    for name in PLAIN:
        if name in attributes:
            user.values[name] = attributes[name]
    if "alias" in attributes:
        # Null comes back as an empty text (contract, section 4).
        user.values["alias"] = attributes["alias"] or ""
    _set_locale(user, attributes)


def _set_locale(user: User, attributes: Attributes) -> None:
    locale, number = attributes.get("locale"), attributes.get("locale_id")
    if locale:
        user.values["locale"], user.values["locale_id"] = locale, locale_id(locale)
    elif number is not None:
        user.values["locale_id"] = number
        user.values["locale"] = locale_of(number) or "en-US"


def _add_or_verify_email(account: Account, user: User, attributes: Attributes) -> None:
    """A new address becomes a second identity, the primary stays; `verified` alone is for the primary."""
    address = normal_email(attributes.get("email"))
    if address is not None and not user.has(EMAIL, address):
        add_email(account, user, address, attributes)
    elif attributes.get("verified") is True:
        for each in user.identities:
            if each.type == EMAIL and (each.primary if address is None else each.value == address):
                each.verified = True


def _add_given_identity(account: Account, user: User, given: Attributes, attributes: Attributes) -> None:
    kind, value = str(given["type"]), str(given["value"]).strip()
    if identity_key(kind, value) in [each.key for each in user.identities]:
        return
    verified = attributes.get("verified") is True or given.get("verified") is True
    if kind == EMAIL:
        add_email(account, user, value.lower(), {**attributes, "verified": verified})
    else:
        new_identity(account, user, kind, value, verified=verified)


def _set_fields_and_tags(account: Account, user: User, attributes: Attributes) -> None:
    """Fields merge, tags replace; tags of fields are in the list whatever is written into it."""
    given: dict[str, Any] = attributes.get("user_fields") or {}
    tagging = [each for each in account.fields.values() if each.has_tags]
    left = {tag for each in tagging if each.key in given for tag in each.tags(user.fields.get(each.key))}
    if "tags" in attributes:
        tags = list(attributes["tags"])
    elif left:
        tags = [tag for tag in user.tags if tag not in left]
    else:
        tags = user.tags
    for key, value in given.items():
        if value is None:
            user.fields.pop(key, None)
        else:
            user.fields[key] = value
    if "tags" in attributes or given:
        brought = [tag for each in tagging for tag in each.tags(user.fields.get(each.key))]
        user.tags = list(dict.fromkeys([*tags, *brought]))


def _organization(account: Account, attributes: Attributes) -> int | None:
    given = attributes.get("organization_id")
    if given is not None:
        return int(given)
    name = (attributes.get("organization") or {}).get("name")
    if not isinstance(name, str) or not name.strip():
        return None
    known = account.organizations.named(name)
    if known is not None:
        return known.id
    if account.switches["organization_by_name"] == "create":
        return account.organizations.create(name.strip()).id
    return None


def _organization_of_domain(account: Account, user: User) -> int | None:
    email = user.email
    known = None if email is None else account.organizations.of_domain(email)
    return None if known is None else known.id
