"""The shape of a secret: always `${NAME}`. What stands there instead is never quoted."""

from __future__ import annotations

from dataclasses import dataclass

from penstock.catalog.environment import Environment, only_reference
from penstock.catalog.nodes import Node, Scalar
from penstock.catalog.reading import Reading, capitalised
from penstock.catalog.shapes import REFERENCE_SCHEMA, JsonSchema, filled


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A key, a token, an address with a password; `variable` is the name to suggest, such as `ITERABLE_API_KEY`."""

    variable: str
    of_source: bool = False
    """Whether those need it as well who connect to no destination; it may be missing then, for not all of them do."""

    def read(self, node: Node, reading: Reading) -> str | None:
        """Return the secret."""
        value = node.value if isinstance(node, Scalar) else False
        title = capitalised(reading.title)
        if value is None or value == "":
            reading.refuse(node, "wrong_type", f"{title} is empty.", self._fix(reading))
            return None
        if not isinstance(value, str) or not only_reference(value):
            message = f"{title} is a secret, and it is written here in clear."
            reading.refuse(node, "secret_in_clear", message, self._fix(reading))
            return None
        environment = reading.environment
        if environment is not None and not environment.with_secrets and not self._needed(value, environment):
            return ""
        secret = filled(value, node, reading)
        if secret is not None and not secret.isprintable():
            # Such a value cannot be sent in a header, and the error of the HTTP library would show it.
            reading.refuse(
                node,
                "bad_variable",
                f"{title} comes from `{value}`, which holds a line break or another invisible character.",
                f"Export it again as one line, as in `export {value[2:-1]}=…`.",
            )
            return None
        return secret

    def _needed(self, value: str, environment: Environment) -> bool:
        return self.of_source and not environment.filled(value).missing

    def _fix(self, reading: Reading) -> str:
        return (
            f'Write `{reading.key}: "${{{self.variable}}}"` and set the variable before you start Penstock,'
            f" as in `export {self.variable}=…`."
        )

    def schema(self) -> JsonSchema:
        """Return the JSON Schema."""
        return {**REFERENCE_SCHEMA, "pattern": f"^{REFERENCE_SCHEMA['pattern']}$"}
