"""YAML text → nodes with their places. Bounds what a file can cost: depth and repetition by aliases.

It is built on the parser's events, not on constructed objects: so every value has its line, no tag can
make an object, and depth costs no Python stack.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from penstock.catalog.merging import mapping_of
from penstock.catalog.nodes import Items, Node, Scalar
from penstock.catalog.plain_values import plain_value
from penstock.catalog.problems import Problems
from penstock.catalog.syntax import explained
from penstock.errors import Location

MOST_LEVELS = 1_200
MOST_REPEATED = 100_000
"""How many nodes aliases may repeat, in all."""

_CORE_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("map", "seq", "str")}


class _UnreadableError(Exception):
    """Ends the reading of a file; the problem has been noted."""


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not been seen; `size` counts its nodes, `height` its levels."""

    is_list: bool
    anchor: str | None
    location: Location
    children: list[Node] = field(default_factory=list)
    size: int = 1
    height: int = 1


@dataclass(frozen=True, slots=True)
class _Anchored:
    node: Node
    size: int
    height: int


def compose(text: str, file: Path, problems: Problems) -> Node | None:
    """Return the file's one document; None if it is empty or cannot be read, which is noted."""
    composer = _Composer(file, problems)
    try:
        return composer.compose(text)
    except YAMLError as error:
        mistake = explained(error, text)
        problems.refuse(Location(file=file, line=mistake.line), "yaml_syntax", mistake.message, mistake.fix)
    except _UnreadableError:
        pass
    return None


class _Composer:
    def __init__(self, file: Path, problems: Problems) -> None:
        self._file = file
        self._problems = problems
        self._open: list[_Open] = []
        self._anchors: dict[str, _Anchored] = {}
        self._root: Node | None = None
        self._documents = 0
        self._repeated = 0

    def compose(self, text: str) -> Node | None:
        events: Iterator[Event] = YAML(typ="safe", pure=True).parse(text)
        for event in events:
            match event:
                case DocumentStartEvent():
                    self._start_document(event)
                case CollectionStartEvent():
                    self._start_collection(event)
                case CollectionEndEvent():
                    self._end_collection()
                case ScalarEvent():
                    self._add_scalar(event)
                case AliasEvent():
                    self._add_alias(event)
        return self._root

    def _place(self, event: Event) -> Location:
        return Location(file=self._file, line=event.start_mark.line + 1)

    def _stop(self, event: Event, code: str, message: str, fix: str) -> _UnreadableError:
        self._problems.refuse(self._place(event), code, message, fix)
        return _UnreadableError()

    def _start_document(self, event: Event) -> None:
        self._documents += 1
        if self._documents > 1:
            raise self._stop(
                event,
                "yaml_documents",
                "A second YAML document starts here; a project file is one document.",
                "Remove the line `---`, or put what follows it into a file of its own.",
            )

    def _start_collection(self, event: CollectionStartEvent) -> None:
        self._check_tag(event, event.tag)
        if len(self._open) >= MOST_LEVELS:
            raise self._too_deep(event)
        is_list = isinstance(event, SequenceStartEvent)
        self._open.append(_Open(is_list, event.anchor, self._place(event)))

    def _too_deep(self, event: Event) -> _UnreadableError:
        return self._stop(
            event,
            "yaml_too_deep",
            f"The file is nested more than {MOST_LEVELS:,} levels deep.",
            "Flatten it: split the conditions over several segments, for example.",
        )

    def _end_collection(self) -> None:
        done = self._open.pop()
        node: Node
        if done.is_list:
            node = Items(items=tuple(done.children), location=done.location)
        else:
            node = mapping_of(done.children, done.location, self._problems)
        self._add(node, done.size, done.height, done.anchor)

    def _add_scalar(self, event: ScalarEvent) -> None:
        self._check_tag(event, event.tag)
        written: str = event.value
        if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in written):
            raise self._stop(
                event,
                "yaml_syntax",
                "There is an escape here for a character that text cannot contain.",
                "Remove the escape that starts with a backslash.",
            )
        unquoted = event.style is None and event.tag is None
        value = plain_value(written) if unquoted else written
        self._add(Scalar(value=value, written=written, location=self._place(event)), 1, 1, event.anchor)

    def _add_alias(self, event: AliasEvent) -> None:
        target = self._anchors.get(event.anchor)
        if target is None:
            inside = any(part.anchor == event.anchor for part in self._open)
            what = "refers to the very thing that it stands in" if inside else "has no anchor above it"
            raise self._stop(
                event,
                "yaml_alias",
                f"The alias (a word that starts with `*`) {what}.",
                "Define its anchor (`&` and the word) above this line, or put the text in quotes.",
            )
        self._repeated += target.size
        if self._repeated > MOST_REPEATED:
            raise self._stop(
                event,
                "yaml_too_large",
                f"Aliases repeat more than {MOST_REPEATED:,} values in this file.",
                "Use fewer aliases (`*name`).",
            )
        if len(self._open) + target.height > MOST_LEVELS:
            raise self._too_deep(event)
        self._add(target.node, target.size, target.height, None)

    def _add(self, node: Node, size: int, height: int, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = _Anchored(node, size, height)
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        parent.children.append(node)
        parent.size += size
        parent.height = max(parent.height, height + 1)

    def _check_tag(self, event: NodeEvent, tag: str | None) -> None:
        if tag is not None and tag not in _CORE_TAGS:
            self._problems.refuse(
                self._place(event),
                "yaml_tag",
                "A tag (a word that starts with `!`) stands here; project files use none.",
                "Leave the tag out, or put text that starts with `!` in quotes.",
            )
