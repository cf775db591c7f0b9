"""The key of a user field that is made for a model field."""

from __future__ import annotations

import re
import unicodedata


def derived_key(name: str) -> str:
    """Return the key for a field of that name, empty where the name has no letter or digit to make one of.

    Letters in lower case and without accents, digits, and `_` for everything else; a key must not consist of digits
    alone, so such a one begins with `field_`.
    """
    plain = unicodedata.normalize("NFKD", name.strip()).lower()
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    key = re.sub(r"[^a-z0-9_]+", "_", plain)
    if not re.search(r"[a-z0-9]", key):
        return ""
    if key != name:
        key = key.strip("_")
    return f"field_{key}" if key.isdigit() else key
