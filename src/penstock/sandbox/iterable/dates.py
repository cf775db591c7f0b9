"""Date strings: which ones Iterable recognises (strictly), and how it stores them.

Stored and returned is `yyyy-MM-dd HH:mm:ss +00:00` in UTC, without fractions. A time without an offset is
taken as UTC. What becomes of a date without a time is not documented; here it is midnight UTC.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache

_ACCEPTED = re.compile(
    r"\d{4}-\d\d-\d\d"
    r"(?: \d\d:\d\d:\d\d(?: [+-]\d\d:\d\d)?"
    r"|T\d\d:\d\d:\d\d\.\d{3}(?:Z|[+-]\d\d:\d\d))?",
    re.ASCII,
)


def stored_date(text: str) -> str | None:
    """The stored form of an accepted date string; None for any other text."""
    # Nearly all texts are not dates: a look at the fifth character spares them the rest.
    return _stored(text) if text[4:5] == "-" else None


# A value is asked about twice, once for its type and once for its stored form.
@lru_cache(maxsize=4096)
def _stored(text: str) -> str | None:
    if not _ACCEPTED.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text.replace(" +", "+").replace(" -", "-"))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return format_date(moment.astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def format_date(moment: datetime) -> str:
    """The form in which Iterable returns an instant; `moment` is in UTC."""
    return f"{moment.isoformat(' ', 'seconds')[:19]} +00:00"
