"""The settings of a Zendesk destination, typed."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import urlsplit

from penstock.catalog.entities import Destination
from penstock.destinations.zendesk.declaration import DOMAIN, RESERVE_PER_CENT
from penstock.errors import ConfigurationError, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """An access token."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """An API token, used in the name of the agent or admin with that address."""

    email: str
    token: str = field(repr=False)


Auth: TypeAlias = OAuth | ApiToken


@dataclass(frozen=True, slots=True, kw_only=True)
class ZendeskSettings:
    """Where the account is, how to sign in, and how much of its request limit may be used.

    `reserve` is the share (0 to 0.9) left to others; `requests_per_minute` is None where Zendesk's word is taken for
    it. `speed` is that of a sandbox, 1 for the real service.
    """

    base_url: str
    auth: Auth
    reserve: float = RESERVE_PER_CENT / 100
    requests_per_minute: float | None = None
    speed: float = 1.0
    skip_verify_email: bool = True


def read_settings(destination: Destination) -> ZendeskSettings:
    """Read a destination's settings; ConfigurationError for what cannot be used."""
    settings = destination.settings
    rate = settings.get("requests_per_minute")
    base_url = _base_url(destination)
    speed = _number(destination, "speed", 1.0)
    if speed != 1.0 and not _is_loopback(base_url):
        raise _unusable(
            destination,
            "speed",
            "sets `speed`, but its address is not one of this machine",
            "Remove `speed`: it is only for a sandbox that was started with `--speed`.",
        )
    return ZendeskSettings(
        base_url=base_url,
        auth=_auth(destination),
        reserve=_number(destination, "reserve", RESERVE_PER_CENT) / 100,
        requests_per_minute=None if rate is None else _number(destination, "requests_per_minute", 0.0),
        speed=speed,
        skip_verify_email=settings.get("verification_emails") is not True,
    )


def _base_url(destination: Destination) -> str:
    base_url, subdomain = destination.settings.get("base_url"), destination.settings.get("subdomain")
    if isinstance(base_url, str) and base_url:
        return base_url.rstrip("/").removesuffix("/api/v2")
    if isinstance(subdomain, str) and subdomain:
        return f"https://{subdomain}.{DOMAIN}"
    raise _unusable(destination, "subdomain", "has no `subdomain`", "Add it, as in `subdomain: acme`.")


def _auth(destination: Destination) -> Auth:
    auth = destination.settings.get("auth")
    if not isinstance(auth, Mapping) or auth.get("type") not in {"oauth", "api_token"}:
        fix = 'Write `auth: {type: oauth, token: "${ZENDESK_TOKEN}"}`.'
        raise _unusable(destination, "auth", "does not say how to sign in", fix)
    token = auth.get("token")
    if not isinstance(token, str) or not token.strip():
        raise _unusable(destination, "auth", "has no token", "Set the variable that `auth` names.")
    token = token.strip()
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise _unusable(destination, "auth", "has a token with characters that no token has", "Copy the token anew.")
    if auth["type"] == "oauth":
        return OAuth(token=token)
    email = str(auth.get("email") or "").strip().removesuffix("/token")
    if "@" not in email or ":" in email or not email.isprintable():
        fix = "Write the address of the admin in whose name the token is used, as in `email: me@acme.com`."
        raise _unusable(destination, "auth", "has no usable `email` for its API token", fix)
    return ApiToken(email=email, token=token)


def _number(destination: Destination, name: str, default: float) -> float:
    value = destination.settings.get(name, default)
    lowest, highest = (0.0, 90.0) if name == "reserve" else (1e-9, 1e9)
    if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value <= highest:
        wanted = "a number from 0 to 90" if name == "reserve" else "a number above 0"
        raise _unusable(destination, name, f"has no usable `{name}`", f"Write {wanted}.")
    return float(value)


def _is_loopback(base_url: str) -> bool:
    host = urlsplit(base_url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _unusable(destination: Destination, setting: str, what: str, fix: str) -> ConfigurationError:
    problem = Problem(
        code="bad_setting",
        message=f"The destination `{destination.name}` {what}.",
        fix=fix,
        location=destination.lines.get(setting, destination.location),
    )
    return ConfigurationError.of([problem])
