"""Who signs in to which account. A 200 proves nothing: Zendesk answers strangers as an anonymous user."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from penstock.destinations.contract import Account
from penstock.destinations.http.answers import expect_object, stop_if_hopeless
from penstock.destinations.http.messages import Request
from penstock.destinations.http.session import HttpSession
from penstock.destinations.zendesk.credentials import credentials_fix
from penstock.destinations.zendesk.settings import ZendeskSettings
from penstock.errors import CredentialsError, DestinationError

_ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """The account, and as whom Penstock acts there."""

    account: Account
    user_id: int
    role: str

    @property
    def is_admin(self) -> bool:
        """Whether user fields may be created and every user be changed."""
        return self.role == _ADMIN


async def read_account(session: HttpSession, settings: ZendeskSettings) -> SignedIn:
    """Prove the credentials and identify the account.

    Raises CredentialsError where nobody, or an end user, is signed in.
    """
    user_id, role = await _signed_in(session, settings)
    account = Account(
        label=f"Zendesk {session.host}",
        parts=(("host", session.host),),
        anchors=frozenset(f"user:{each}" for each in {user_id, *await _admin_ids(session, settings)}),
        key_fingerprint=hashlib.sha256(f"penstock:{settings.auth.token}".encode()).hexdigest()[:16],
    )
    return SignedIn(account=account, user_id=user_id, role=role)


async def _signed_in(session: HttpSession, settings: ZendeskSettings) -> tuple[int, str]:
    request = Request(method="GET", path="/api/v2/users/me", purpose="signing in", write=False)
    reply = await session.send(request)
    if reply.status == 404:
        raise DestinationError(
            f"There is no Zendesk account at {session.host}.",
            fix="Correct `subdomain`, or `base_url`, which is an address without a path.",
            code="wrong_url",
            maybe_applied=False,
        )
    stop_if_hopeless(session, request, reply, credentials_fix=credentials_fix(settings.auth))
    user = _object(expect_object(session, request, reply).get("user"))
    user_id, role = user.get("id"), user.get("role")
    if not isinstance(user_id, int) or isinstance(user_id, bool):
        raise CredentialsError(
            f"{session.host} does not accept the credentials: it takes Penstock for an anonymous visitor.",
            fix=credentials_fix(settings.auth),
            maybe_applied=False,
        )
    if role not in {_ADMIN, "agent"}:
        raise CredentialsError(
            f"{session.host} signs Penstock in as an end user, who may not read or change other users.",
            fix="Use the token of an admin.",
            maybe_applied=False,
        )
    return user_id, str(role)


async def _admin_ids(session: HttpSession, settings: ZendeskSettings) -> frozenset[int]:
    """Return the ids of the first admins, which no other account has; none where one may not read them."""
    request = Request(
        method="GET",
        path="/api/v2/users",
        query={"role": _ADMIN, "page[size]": "100"},
        purpose="reading the account's admins",
        write=False,
    )
    reply = await session.send(request)
    if reply.status == 403:
        return frozenset()
    stop_if_hopeless(session, request, reply, credentials_fix=credentials_fix(settings.auth))
    users = expect_object(session, request, reply).get("users")
    admins = [_object(each) for each in users] if isinstance(users, list) else []
    ids = [each.get("id") for each in admins if each.get("role") == _ADMIN]
    return frozenset(each for each in ids if isinstance(each, int))


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
