"""Suggested relations as YAML to paste, each with what speaks for it."""

from __future__ import annotations

from collections.abc import Sequence

from penstock.catalog.relation_writing import relation_document, relation_yaml, scalar_yaml
from penstock.counting import counted, were
from penstock.operations.suggesting import Checked

NONE = "No relation is suggested: what foreign keys and names say is there already, or says nothing."


def suggestions_page(found: Sequence[Checked]) -> str:
    """Write YAML of the models, each with the relations to add."""
    if not found:
        return NONE
    lines = ["# Put the lines that are true under `relations` of their model.", "models:"]
    for model in dict.fromkeys(each.suggestion.model.name for each in found):
        lines += [f"  - name: {scalar_yaml(model)}", "    relations:"]
        for each in found:
            if each.suggestion.model.name == model:
                lines += [f"      # from {reason_of(each)}", f"      - {relation_yaml(each.suggestion.relation)}"]
    return "\n".join(lines)


def suggestion_document(each: Checked) -> dict[str, object]:
    """Write a suggestion as JSON values."""
    return {
        "model": each.suggestion.model.name,
        "relation": relation_document(each.suggestion.relation),
        "from": each.suggestion.known_from,
        "values": each.values,
        "found": each.found,
    }


def reason_of(each: Checked) -> str:
    """Say what speaks for a suggestion."""
    source = "a foreign key" if each.suggestion.known_from == "foreign key" else "names"
    if not each.values:
        return f"{source}; there are no values yet to look for in the other model"
    return f"{source}; {each.found:,} of {counted(each.values, 'different value')} {were(each.found)} found there"


def question(each: Checked) -> str:
    """Ask whether a relation is to be added."""
    what = relation_yaml(each.suggestion.relation)
    return f"{each.suggestion.model.name}: {what}\n  from {reason_of(each)}\n  Add it?"


def added_page(added: Sequence[Checked], *, of: int) -> str:
    """Tell what was added of so many suggestions."""
    if not of:
        return NONE
    lines = [f"Added {len(added):,} of {counted(of, 'suggested relation')}{'.' if not added else ':'}"]
    for each in added:
        place = each.suggestion.model.location.file
        lines.append(f"  {place}: {each.suggestion.relation.name} of {each.suggestion.model.name}")
    return "\n".join(lines)
