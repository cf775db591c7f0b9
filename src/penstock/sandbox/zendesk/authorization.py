"""Who is calling (contract, section 1): any credentials of the right form are good, except the word `wrong`."""

import base64
import binascii
from dataclasses import dataclass

from penstock.sandbox.zendesk.answers import invalid_token

WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whoever calls: by API token with an address, or by OAuth without one."""

    email: str | None
    oauth: bool


def caller(header: str | None, *, api_tokens: bool) -> Caller | None:
    """The caller; None for nobody, which is what a wrong API token is taken for. ApiError for a wrong bearer."""
    scheme, _, credentials = (header or "").partition(" ")
    if scheme.lower() == "bearer":
        if credentials.strip() in ("", WRONG):
            raise invalid_token()
        return Caller(email=None, oauth=True)
    if scheme.lower() != "basic" or not api_tokens:
        return None
    try:
        name, _, token = base64.b64decode(credentials.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    email, slash, kind = name.rpartition("/")
    if not slash or kind != "token" or "@" not in email or token in ("", WRONG):
        return None
    return Caller(email=email, oauth=False)
