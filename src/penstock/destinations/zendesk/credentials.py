"""How requests are signed, and what of that must never be shown. Source: Zendesk's API reference."""

from __future__ import annotations

import base64

from penstock.destinations.zendesk.settings import ApiToken, Auth
from penstock.errors import Problem, Severity


def authorization(auth: Auth) -> str:
    """Return the value of the `Authorization` header."""
    return f"Basic {_basic(auth)}" if isinstance(auth, ApiToken) else f"Bearer {auth.token}"


def secrets_of(auth: Auth) -> tuple[str, ...]:
    """Return every text that a message or a log must not hold."""
    return (auth.token, _basic(auth)) if isinstance(auth, ApiToken) else (auth.token,)


def credentials_fix(auth: Auth) -> str:
    """Say what to do when Zendesk refuses the credentials."""
    if isinstance(auth, ApiToken):
        return (
            "Check that the API token is active, that `email` is the address of a verified admin, and that token"
            " access is on (Admin Center, Apps and integrations, Zendesk API). Better use OAuth."
        )
    return (
        "Check that the access token belongs to this account, has not expired or been revoked, and has the scopes"
        " `read` and `write`; then put a new one into the variable that `auth` names."
    )


def ending_problems(auth: Auth) -> tuple[Problem, ...]:
    """Warn of credentials that will stop working."""
    if not isinstance(auth, ApiToken):
        return ()
    return (
        Problem(
            code="api_token_ends",
            message="Zendesk stops accepting API tokens on 2027-04-30, and no new one can be made.",
            fix="Make an OAuth client in Zendesk (Admin Center, Apps and integrations, APIs) and write"
            ' `auth: {type: oauth, token: "${ZENDESK_TOKEN}"}`.',
            severity=Severity.WARNING,
        ),
    )


def _basic(auth: ApiToken) -> str:
    return base64.b64encode(f"{auth.email}/token:{auth.token}".encode()).decode()
