"""Adding relations to a project file as text: everything else in it stays as it is, byte for byte.

The text goes in where the parser says that the model ends; then both texts are read, and they must differ by exactly
what was to be added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from penstock.catalog.composing import compose
from penstock.catalog.nodes import Items, Node, Pair, Pairs, Scalar
from penstock.catalog.problems import Problems

_KEY = "relations"


class NotAddableError(Exception):
    """Nothing was added: the model is written in a way that leaves no place where only that would change."""


@dataclass(slots=True)
class _Part:
    """A node's place in the text: where it starts, where its last character ends, and what it is made of."""

    event: Event
    start: int
    column: int
    end: int
    children: list[_Part] = field(default_factory=list)

    @property
    def is_flow(self) -> bool:
        return isinstance(self.event, CollectionStartEvent) and bool(self.event.flow_style)

    def under(self, key: str) -> tuple[_Part, _Part] | None:
        """Return the key and the value of a mapping."""
        if not isinstance(self.event, MappingStartEvent):
            return None
        pairs = zip(self.children[::2], self.children[1::2], strict=True)
        return next((pair for pair in pairs if pair[0].text == key), None)

    @property
    def text(self) -> str | None:
        return str(self.event.value) if isinstance(self.event, ScalarEvent) else None


def with_relation(text: str, model: str, relation: str) -> str:
    """Return the text of a file with a relation, written as YAML in one line, added to a model in it.

    Raises NotAddableError.
    """
    try:
        item = _model(_parsed(text), model)
    except YAMLError as error:
        raise NotAddableError from error
    if item is None:
        raise NotAddableError
    added = _added(text, item, relation)
    before, after = _composed(text), _composed(added)
    wanted = _composed(relation)
    if before is None or after is None or wanted is None or not _same(_with(before, model, wanted), after):
        raise NotAddableError
    return added


def _parsed(text: str) -> _Part | None:
    root: _Part | None = None
    opened: list[_Part] = []
    for event in YAML(typ="safe", pure=True).parse(text):
        if isinstance(event, CollectionEndEvent):
            part = opened.pop()
            if part.is_flow:
                part.end = event.end_mark.index
            else:
                part.end = max((child.end for child in part.children), default=part.end)
        elif isinstance(event, NodeEvent):
            mark = event.start_mark
            part = _Part(event=event, start=mark.index, column=mark.column, end=event.end_mark.index)
            if opened:
                opened[-1].children.append(part)
            elif root is None:
                root = part
            if isinstance(event, CollectionStartEvent):
                opened.append(part)
    return root


def _model(root: _Part | None, name: str) -> _Part | None:
    models = root.under("models") if root else None
    for item in models[1].children if models else ():
        found = item.under("name")
        if found and found[1].text == name:
            return item
    return None


def _added(text: str, item: _Part, relation: str) -> str:
    there = item.under(_KEY)
    if there is None:
        if item.is_flow:
            return _inserted(text, item.children[-1].end, f", {_KEY}: [{relation}]")
        indent = " " * item.column
        return _lines_after(text, item.end, [f"{indent}{_KEY}:", f"{indent}  - {relation}"])
    key, value = there
    if isinstance(value.event, ScalarEvent) and not value.event.value and not item.is_flow:
        return _lines_after(text, key.end, [f"{' ' * key.column}  - {relation}"])
    if isinstance(value.event, ScalarEvent | AliasEvent | MappingStartEvent):
        raise NotAddableError
    if value.is_flow:
        if not value.children:
            return _inserted(text, value.start + 1, relation)
        return _inserted(text, value.children[-1].end, f", {relation}")
    return _lines_after(text, value.end, [f"{' ' * value.column}- {relation}"])


def _inserted(text: str, at: int, what: str) -> str:
    return f"{text[:at]}{what}{text[at:]}"


def _lines_after(text: str, at: int, lines: list[str]) -> str:
    """Put lines after the one in which something ends, as the file ends its lines."""
    newline = "\r\n" if "\r\n" in text else "\n"
    end = at if at and text[at - 1] == "\n" else text.find("\n", at) + 1
    if not end:  # the last line does not end in a line break
        return text + "".join(f"{newline}{line}" for line in lines)
    return _inserted(text, end, "".join(f"{line}{newline}" for line in lines))


def _composed(text: str) -> Node | None:
    problems = Problems()
    node = compose(text, Path("file"), problems)
    return None if problems.refusals() else node


def _with(root: Node, model: str, relation: Node) -> Node:
    """Return what a file says, with the relation at the end of those of the model."""
    if not isinstance(root, Pairs):
        return root
    return _changed(root, "models", lambda models: _in_model(models, model, relation))


def _in_model(models: Node | None, name: str, relation: Node) -> Node:
    if not isinstance(models, Items):
        raise NotAddableError
    return replace(
        models, items=tuple(_to_model(each, relation) if _is_called(each, name) else each for each in models.items)
    )


def _is_called(node: Node, name: str) -> bool:
    found = node.get("name") if isinstance(node, Pairs) else None
    return isinstance(found, Scalar) and found.value == name


def _to_model(model: Node, relation: Node) -> Node:
    if not isinstance(model, Pairs):
        raise NotAddableError
    there = model.get(_KEY)
    items = there.items if isinstance(there, Items) else ()
    relations = Items(items=(*items, relation), location=model.location)
    if there is None:
        pair = Pair(key=_KEY, value=relations, location=model.location)
        return replace(model, pairs=(*model.pairs, pair))
    return _changed(model, _KEY, lambda _: relations)


def _changed(pairs: Pairs, key: str, change: Callable[[Node], Node]) -> Pairs:
    return replace(
        pairs,
        pairs=tuple(replace(each, value=change(each.value)) if each.key == key else each for each in pairs.pairs),
    )


def _same(one: Node, other: Node) -> bool:
    return all(a == b for a, b in zip_longest(_spelled(one), _spelled(other)))


def _spelled(root: Node) -> Iterator[object]:
    """Yield what a document says, without the places; depth costs no stack."""
    waiting: list[Node | str] = [root]
    while waiting:
        node = waiting.pop()
        match node:
            case Scalar():
                yield ("scalar", repr(node.value))
            case Items():
                yield ("list", len(node.items))
                waiting.extend(reversed(node.items))
            case Pairs():
                yield ("mapping", len(node.pairs))
                for pair in reversed(node.pairs):
                    waiting += [pair.value, pair.key]
            case _:
                yield ("key", node)
