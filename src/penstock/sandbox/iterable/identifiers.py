"""Which e-mail addresses and userIds Iterable accepts, and the form in which it keeps them.

Addresses are validated the way Apache Commons Validator does it: user part of at most 64 characters, domain
labels, a top-level domain that exists. They are kept in lower case.
"""

import re
from functools import cache
from importlib.resources import files

_WORD = r"""(?:(?:\\.|[^\s\x00-\x1f\x7f()<>@,;:'\\".\[\]]|')+|"(?:\\"|[^"])*")"""
_USER = re.compile(rf"{_WORD}(?:\.{_WORD})*")
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+([a-zA-Z](?:[a-zA-Z0-9-]{{0,61}}[a-zA-Z0-9])?)")
_USER_ID = re.compile(r"[\x20-\x7e]{0,51}[\x21-\x7e]")


def normal_email(text: str) -> str | None:
    """The address as Iterable keeps it; None when it is malformed."""
    user, at, domain = text.rpartition("@")
    if not at or len(user) > 64 or not _USER.fullmatch(user) or not _valid_domain(domain):
        return None
    return text.lower()


def valid_user_id(text: str) -> bool:
    """Not empty, at most 52 characters, printable ASCII, no trailing space; case matters."""
    return _USER_ID.fullmatch(text) is not None


def placeholder_email(user_id: str) -> str:
    """The address of a user created by userId alone in an e-mail-based project."""
    # The number in the documented example is the magnitude of Java's hashCode of the userId.
    number = 0
    for character in user_id:
        number = (number * 31 + ord(character)) & 0xFFFFFFFF
    return f"{user_id}+{min(number, 2**32 - number)}@placeholder.email".lower()


def _valid_domain(domain: str) -> bool:
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            return False
    match = _DOMAIN.fullmatch(domain)
    return match is not None and len(domain) <= 253 and match[1].lower() in _top_level_domains()


@cache
def _top_level_domains() -> frozenset[str]:
    text = files(__package__).joinpath("top_level_domains.txt").read_text(encoding="ascii")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())
