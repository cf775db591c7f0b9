"""Suggested relations as YAML to paste, each with what speaks for it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from penstock.catalog.entities import Relation
from penstock.cli.wording import printable
from penstock.counting import counted, were
from penstock.operations.suggesting import Checked

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MEANS_OTHERWISE = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
NONE = "No relation is suggested: what foreign keys and names say is there already, or says nothing."


def suggestions_page(found: Sequence[Checked]) -> str:
    """Write YAML of the models, each with the relations to add."""
    if not found:
        return NONE
    lines = ["# Put the lines that are true under `relations` of their model.", "models:"]
    for model in dict.fromkeys(each.suggestion.model.name for each in found):
        lines += [f"  - name: {_scalar(model)}", "    relations:"]
        for each in found:
            if each.suggestion.model.name == model:
                lines += [f"      # from {_reason(each)}", f"      - {_flow(_plain(each.suggestion.relation))}"]
    return "\n".join(lines)


def suggestion_document(each: Checked) -> dict[str, object]:
    """Write a suggestion as JSON values."""
    return {
        "model": each.suggestion.model.name,
        "relation": _plain(each.suggestion.relation),
        "from": each.suggestion.known_from,
        "values": each.values,
        "found": each.found,
    }


def _reason(each: Checked) -> str:
    source = "a foreign key" if each.suggestion.known_from == "foreign key" else "names"
    if not each.values:
        return f"{source}; there are no values yet to look for in the other model"
    return f"{source}; {each.found:,} of {counted(each.values, 'different value')} {were(each.found)} found there"


def _plain(relation: Relation) -> dict[str, object]:
    written: dict[str, object] = {"name": relation.name, "model": relation.model}
    if relation.many:
        written["many"] = True
    if relation.through is None:
        return {**written, "on": dict(relation.on)}
    through = relation.through
    return {**written, "through": {"table": through.table, "on": dict(through.on), "to": dict(through.to)}}


def _flow(value: object) -> str:
    if isinstance(value, Mapping):
        pairs = (f"{_scalar(str(key)) if key != 'on' else key}: {_flow(inner)}" for key, inner in value.items())
        return "{" + ", ".join(pairs) + "}"
    return "true" if value is True else _scalar(str(value))


def _scalar(text: str) -> str:
    bare = _BARE.fullmatch(text) and text.lower() not in _MEANS_OTHERWISE
    return text if bare else json.dumps(printable(text), ensure_ascii=False)
