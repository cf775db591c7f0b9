"""What may be shown of texts that come from outside: without secrets, without control characters, and short."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from urllib.parse import quote

LONGEST_QUOTE = 300
"""Characters kept of a destination's own words."""

REDACTED = "[secret]"

SHORTEST_SECRET = 6
"""Shorter ones guard nothing, and taking them out would garble every text."""

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


class Redactor:
    """Takes the values of secrets out of texts, in whatever case and in the encodings in which they travel."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = sorted(
            {form for secret in secrets if len(secret) >= SHORTEST_SECRET for form in _forms(secret)},
            key=len,
            reverse=True,
        )
        self._secrets = re.compile("|".join(map(re.escape, forms)), re.IGNORECASE) if forms else None

    def redact(self, text: str) -> str:
        """Return the text with every secret replaced."""
        return text if self._secrets is None else self._secrets.sub(REDACTED, text)

    def quote(self, text: str) -> str:
        """Return a destination's words fit for a message: redacted before they are cut, on one line."""
        words = " ".join(_UNPRINTABLE.sub(" ", self.redact(text)).split())
        return words if len(words) <= LONGEST_QUOTE else words[: LONGEST_QUOTE - 1] + "…"


def _forms(secret: str) -> tuple[str, ...]:
    return secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode()
