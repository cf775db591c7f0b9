"""Text with a format of its own: web addresses, time zones, memory sizes, intervals, cron lines."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from penstock.catalog.shapes import Formatted

_MEMORY: Final = r"[1-9][0-9]{0,6}(\.[0-9]{1,3})? ?[KMGT]i?B"
_INTERVAL: Final = r"([1-9][0-9]{0,4}) *(minute|hour|day)s?"
_CRON: Final = r"[0-9*/,A-Za-z-]+( +[0-9*/,A-Za-z-]+){4}"


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    plain = text.isprintable() and " " not in text and port != 0 and not parts.query and not parts.fragment
    return plain and parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc


def _is_zone(text: str) -> bool:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


URL: Final = Formatted(
    expected="a web address that starts with `http://` or `https://`, without a user name in it",
    accepts=_is_url,
    code="bad_url",
    pattern=r"^https?://[^\s@]+$|\$\{",
)
TIME_ZONE: Final = Formatted(
    expected="a time zone of the IANA list, such as `Europe/Paris`",
    accepts=_is_zone,
    code="unknown_time_zone",
    suggestions=available_timezones,
)
MEMORY: Final = Formatted(
    expected="a memory size such as `1GB` or `800MB`",
    accepts=lambda text: re.fullmatch(_MEMORY, text) is not None,
    code="bad_memory",
    pattern=f"^{_MEMORY}$",
)
INTERVAL: Final = Formatted(
    expected="an interval such as `15 minutes`",
    accepts=lambda text: re.fullmatch(_INTERVAL, text) is not None,
    code="bad_schedule",
    pattern=f"^{_INTERVAL}$",
)
CRON: Final = Formatted(
    expected="a cron line of five fields, such as `0 6 * * 1-5`",
    accepts=lambda text: re.fullmatch(_CRON, text.strip()) is not None,
    code="bad_schedule",
    pattern=rf"^\s*{_CRON}\s*$",
)
