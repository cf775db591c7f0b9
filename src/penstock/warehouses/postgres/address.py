"""The address of a database: told apart from its password before anybody else reads it, for it must not be shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from penstock.catalog.entities import Source
from penstock.errors import ConfigurationError, Problem

DEFAULTS = {"application_name": "penstock", "connect_timeout": "10"}
"""What is asked of the connection unless the URL says otherwise; the time-out counts seconds."""
_SECRET_PARAMETERS = frozenset({"password", "sslpassword"})
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"(\[[0-9A-Fa-f:.%]+\]|[^\[\]:]*)(:[0-9]*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a database is; `place` can be shown, `url` and `secrets` cannot."""

    place: str
    url: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)

    def without_secrets(self, text: str) -> str:
        """Return a text of the driver in which no password stands."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text


def address_of(source: Source) -> Address:
    """Return the address of a source. Raises ConfigurationError, which does not repeat any part of the URL."""
    if not source.url:
        problem = Problem(
            code="missing_variable",
            message=f"Source `{source.name}`: the environment variable of its `url` is not set, or is empty.",
            fix=f"Set the variable named at {source.location} before you start Penstock.",
            location=source.location,
        )
        raise ConfigurationError.of([problem])
    scheme, separator, rest = source.url.partition("://")
    if not separator or scheme not in {"postgresql", "postgres"}:
        raise _bad_url(source, "does not begin with `postgresql://`")
    authority, path, query = _parts(rest)
    user, _, hosts = authority.rpartition("@")
    if "@" in user or "@" in path or ("@" in query and not user) or "#" in authority:
        raise _bad_url(source, "has a sign in its user or password that means something else in a URL")
    if _BROKEN_ESCAPE.search(source.url):
        raise _bad_url(source, "has a `%` that no two hexadecimal digits follow")
    if not all(_HOST.fullmatch(host) for host in hosts.split(",")):
        raise _bad_url(source, "has a port that is not a number")
    parameters = dict(parse_qsl(query))
    _, _, password = user.partition(":")
    secrets = [password, unquote(password), *(parameters.get(name, "") for name in _SECRET_PARAMETERS)]
    missing = [f"{name}={value}" for name, value in DEFAULTS.items() if name not in parameters]
    joint = "&" if "?" in source.url else "?"
    return Address(
        place=f"{hosts or parameters.get('host', 'localhost')}{path}",
        url=source.url + (joint + "&".join(missing) if missing else ""),
        secrets=tuple(sorted({secret for secret in secrets if secret}, key=len, reverse=True)),
    )


def _parts(rest: str) -> tuple[str, str, str]:
    """Split what stands behind the scheme into user and hosts, database, parameters."""
    address, _, query = rest.partition("?")
    authority, slash, path = address.partition("/")
    return authority, slash + path, query


def _bad_url(source: Source, what: str) -> ConfigurationError:
    problem = Problem(
        code="bad_source_url",
        message=f"Source `{source.name}`: its `url` {what}.",
        fix="Write `postgresql://user:password@host:5432/database` into the variable; in the user and the password"
        " write `%40` for `@`, `%2F` for `/`, `%3A` for `:`, `%3F` for `?`, `%23` for `#` and `%25` for `%`.",
        location=source.location,
    )
    return ConfigurationError.of([problem])
