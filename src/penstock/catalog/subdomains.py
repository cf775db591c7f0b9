"""The shape of a subdomain: the account's own part of an address such as `acme.zendesk.com`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from penstock.catalog.nodes import Node, Scalar, shortened
from penstock.catalog.reading import Reading, capitalised
from penstock.catalog.shapes import REFERENCE_SCHEMA, JsonSchema, filled

_LABEL: Final = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subdomain:
    """What stands before `domain`; a whole address is refused with the part to keep."""

    domain: str

    def read(self, node: Node, reading: Reading) -> str | None:
        """Return the subdomain in lower case."""
        written = node.value if isinstance(node, Scalar) else None
        if isinstance(node, Scalar) and isinstance(written, int) and not isinstance(written, bool):
            written = node.written
        if not isinstance(written, str) or not written.strip():
            reading.wrong(node, self.expected, quote=False)
            return None
        text = filled(written, node, reading)
        if text is None:
            return None
        if re.fullmatch(_LABEL, text.strip()):
            return text.strip().lower()
        self._refuse(written, node, reading)
        return None

    @property
    def expected(self) -> str:
        """What it is, in words."""
        return f"a subdomain, the part before `.{self.domain}`"

    def _refuse(self, written: str, node: Node, reading: Reading) -> None:
        host = _host(written)
        fix = f"Write it as in `{reading.example}`."
        found = ""
        # What comes from a variable or could hold a password is not quoted.
        if "${" not in written and "@" not in written:
            found = f", but here it is `{shortened(written)}`"
            label = host.removesuffix(f".{self.domain}")
            if re.fullmatch(_LABEL, label):
                fix = f"Write `{reading.key}: {label}`."
            elif "." in host:
                fix = f"Write only what stands before `.{self.domain}`; an address of your own goes into `base_url`."
        message = f"{capitalised(reading.title)} must be {self.expected}{found}."
        reading.refuse(node, "bad_subdomain", message, fix)

    def schema(self) -> JsonSchema:
        """Return the JSON Schema."""
        return {"anyOf": [{"type": "string", "pattern": f"^{_LABEL}$"}, REFERENCE_SCHEMA]}


def _host(text: str) -> str:
    """Return the host of an address, however much of it was pasted."""
    return re.sub(r"^[a-z]+://", "", text.strip().lower()).split("/", maxsplit=1)[0].partition(":")[0]
