"""A relation as it stands in a project file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from penstock.catalog.entities import Relation

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MEANS_OTHERWISE = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def relation_document(relation: Relation) -> dict[str, object]:
    """Return a relation as the values of a project file."""
    written: dict[str, object] = {"name": relation.name, "model": relation.model}
    if relation.many:
        written["many"] = True
    if relation.through is None:
        return {**written, "on": dict(relation.on)}
    through = relation.through
    return {**written, "through": {"table": through.table, "on": dict(through.on), "to": dict(through.to)}}


def relation_yaml(relation: Relation) -> str:
    """Return a relation as YAML in one line."""
    return _flow(relation_document(relation), names=True)


def _flow(value: object, *, names: bool) -> str:
    """`names`: the keys are those of a relation, and not names of columns."""
    if not isinstance(value, Mapping):
        return "true" if value is True else scalar_yaml(str(value))
    pairs = (
        f"{key if names else scalar_yaml(str(key))}: {_flow(inner, names=names and key == 'through')}"
        for key, inner in value.items()
    )
    return f"{{{', '.join(pairs)}}}"


def scalar_yaml(text: str) -> str:
    """Return a text as YAML, in quotes where it would be taken for something else."""
    bare = _BARE.fullmatch(text) and text.lower() not in _MEANS_OTHERWISE
    return text if bare else json.dumps(text, ensure_ascii=not text.isprintable())
