"""Who a request means: the rules of the three project types, and why a user may be refused.

* E-mail-based: the address identifies and is unique; a userId is an attribute that several may share. By
  userId alone an existing user is updated, an unknown one refused unless `preferUserId`.
* userID-based: the userId identifies and is unique, the address is an attribute. By address alone an existing
  user is updated, an unknown one refused; in bulk `dataFields.userId` does not change the userId.
* Hybrid: both are unique and either identifies; a pair that contradicts what exists is a conflict.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass

from penstock.sandbox.iterable.directory import Directory
from penstock.sandbox.iterable.identifiers import normal_email, placeholder_email, valid_user_id
from penstock.sandbox.iterable.user import User
from penstock.sandbox.iterable.user_request import UserUpdate
from penstock.sandbox.iterable.value_types import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a user is not applied. `kind` is Emails or UserIds; `value` is the identifier that is to blame."""

    reason: str
    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The validated identifiers of one user: those that find it, those in dataFields that change it."""

    email: str | None
    user_id: str | None
    new_email: str | None
    new_user_id: str | None
    clears_email: bool = False
    clears_user_id: bool = False


def refusal(update: UserUpdate, reason: str) -> Refusal:
    """A refusal that names the user by its own key, the address if it has one."""
    if update.email or not update.user_id:
        return Refusal(reason=reason, kind="Emails", value=update.email or "")
    return Refusal(reason=reason, kind="UserIds", value=update.user_id)


def read_identity(update: UserUpdate, forgotten: Container[str]) -> Identity | Refusal:
    """Validate a user's identifiers, also those in dataFields; the wrong value is what a refusal names."""
    if update.email is None and update.user_id is None:
        return refusal(update, "invalid")
    emails: list[str | None] = [None, None]
    for place, text in enumerate((update.email, update.data.get("email"))):
        if isinstance(text, str):
            email = emails[place] = normal_email(text)
            if email is None:
                return Refusal(reason="invalid", kind="Emails", value=text)
            if email in forgotten:
                return Refusal(reason="forgotten", kind="Emails", value=text)
    user_ids: list[str | None] = [None, None]
    for place, text in enumerate((update.user_id, update.data.get("userId"))):
        if isinstance(text, str):
            user_ids[place] = text
            if not valid_user_id(text):
                return Refusal(reason="invalid", kind="UserIds", value=text)
            if text in forgotten:
                return Refusal(reason="forgotten", kind="UserIds", value=text)
    return Identity(
        email=emails[0],
        user_id=user_ids[0],
        new_email=emails[1],
        new_user_id=user_ids[1],
        clears_email=_is_null(update.data, "email"),
        clears_user_id=_is_null(update.data, "userId"),
    )


def resolve(
    project_type: str,
    update: UserUpdate,
    identity: Identity,
    directory: Directory,
    *,
    bulk: bool,
    create: bool,
) -> User | Refusal:
    """Find or create the user a request means, and give it its identifiers."""
    if project_type == "email":
        return _email_based(update, identity, directory, create=create)
    if project_type == "user_id":
        return _user_id_based(update, identity, directory, bulk=bulk, create=create)
    return _hybrid(update, identity, directory, create=create)


def _is_null(data: Mapping[str, Json], name: str) -> bool:
    return name in data and data[name] is None


def _email_based(update: UserUpdate, wanted: Identity, directory: Directory, *, create: bool) -> User | Refusal:
    if wanted.email is not None:
        user = directory.with_email(wanted.email)
        email = wanted.email
    else:
        user = directory.with_user_id(wanted.user_id or "")
        create = create and update.prefer_user_id
        email = placeholder_email(wanted.user_id or "")
    if user is None:
        if not create:
            return refusal(update, "unknown")
        user = directory.create(email, None)
    user_id = None if wanted.clears_user_id else wanted.new_user_id or wanted.user_id or user.user_id
    directory.identify(user, user.email, user_id)
    return user


def _user_id_based(
    update: UserUpdate, wanted: Identity, directory: Directory, *, bulk: bool, create: bool
) -> User | Refusal:
    if wanted.user_id is None:
        user = directory.with_email(wanted.email or "")
        if user is None:
            return refusal(update, "unknown")
    else:
        user = directory.with_user_id(wanted.user_id)
    new_user_id = None if bulk else wanted.new_user_id
    if new_user_id is not None:
        holder = directory.with_user_id(new_user_id)
        if holder is not None and holder is not user:
            return Refusal(reason="conflict", kind="UserIds", value=new_user_id)
    if user is None:
        if not create:
            return refusal(update, "unknown")
        user = directory.create(None, wanted.user_id)
    email = None if wanted.clears_email else wanted.new_email or wanted.email or user.email
    directory.identify(user, email, new_user_id or user.user_id)
    return user


def _hybrid(update: UserUpdate, wanted: Identity, directory: Directory, *, create: bool) -> User | Refusal:
    by_email = directory.with_email(wanted.email) if wanted.email is not None else None
    by_user_id = directory.with_user_id(wanted.user_id) if wanted.user_id is not None else None
    user = by_email or by_user_id
    if user is not None and (
        (by_user_id is not None and by_user_id is not user)
        or (wanted.email is not None and user.email not in (None, wanted.email))
        or (wanted.user_id is not None and user.user_id not in (None, wanted.user_id))
    ):
        return refusal(update, "conflict")
    if wanted.new_email is not None and directory.with_email(wanted.new_email) not in (None, user):
        return Refusal(reason="conflict", kind="Emails", value=wanted.new_email)
    if wanted.new_user_id is not None and directory.with_user_id(wanted.new_user_id) not in (None, user):
        return Refusal(reason="conflict", kind="UserIds", value=wanted.new_user_id)
    if user is None:
        if not create:
            return refusal(update, "unknown")
        user = directory.create(wanted.email, wanted.user_id)
    email = wanted.new_email or wanted.email or user.email
    user_id = wanted.new_user_id or wanted.user_id or user.user_id
    # One identifier must remain, so a null only clears one while the other is there.
    if wanted.clears_email and user_id is not None:
        email = None
    elif wanted.clears_user_id and email is not None:
        user_id = None
    directory.identify(user, email, user_id)
    return user
