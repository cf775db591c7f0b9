"""The activation as the model knows it, and as the project's file says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_PROJECT = """
sources:
  - {{name: shop, type: duckdb, path: shop.duckdb}}
models:
  - {{name: customers, source: shop, table: customers, kind: users, primary_key: id}}
segments:
  - {{name: members, model: customers, where: {{field: member, is: true}}}}
destinations:
  - {destination}
activations:
  - name: everybody
    segment: members
    destination: there
    service: users
    match: {{{match_key}: {match_field}}}
{policies}
    fields:
{fields}
settings: {{timezone: Europe/Paris}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A field of the destination; `columns` may be mapped to it, `custom` is told under `custom_attributes`.

    `set_once`: the destination sets it when it creates a user and never replaces it.
    """

    name: str
    columns: tuple[str, ...]
    custom: bool = False
    set_once: bool = False


@dataclass(slots=True, kw_only=True)
class FieldMap:
    """Which columns are mapped to which targets, with the targets' rules."""

    targets: Mapping[str, Target]
    columns: dict[str, str] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)
    policies: Sequence[str] = ()
    """Lines of the activation, `mode` and `leave` among them."""
    mode: str
    leave: str

    def write(self, folder: Path, *, destination: str, match_key: str) -> None:
        """Write the project's file."""
        named = {name: column for name, column in self.columns.items() if not self.targets[name].custom}
        fields = [f"      {name}: {self._source(name, column)}" for name, column in named.items()]
        policies = [*self.policies]
        custom = [name for name in self.columns if name not in named]
        if custom:
            policies.append(f"custom_attributes: [{', '.join(custom)}]")
        text = _PROJECT.format(
            destination=destination,
            match_key=match_key,
            match_field="email" if match_key == "email" else "external",
            policies="\n".join(f"    {line}" for line in policies),
            fields="\n".join(fields),
        )
        (folder / "penstock.yaml").write_text(text)

    def _source(self, name: str, column: str) -> str:
        return f"{{from: {column}, {rule}}}" if (rule := self.rules.get(name)) else column

    @property
    def cleared(self) -> set[str]:
        """Targets of which an empty value is sent as well."""
        return {name for name, rule in self.rules.items() if rule == "empty: clear"}

    @property
    def never_emptied(self) -> set[str]:
        """Targets to which no empty value is ever sent."""
        return {name for name, rule in self.rules.items() if rule == "when: not_empty"}
