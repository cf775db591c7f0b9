"""Shapes made of other shapes: a mapping with known keys, a mapping with free keys, a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from penstock.catalog.nodes import Items, Node, Pair, Pairs, Scalar, kind_of, shortened
from penstock.catalog.problems import choose_from, listed, nearest
from penstock.catalog.reading import Entry, Reading, Value, capitalised
from penstock.catalog.shapes import JsonSchema, Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key of a record: what may stand under it, what for, and an example of it."""

    name: str
    shape: Shape
    help: str
    example: str
    required: bool = False
    default: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A mapping with known keys.

    `exactly_one` names a group of keys of which one must be written, `at_least_one` one of which one or more must.
    `later` names keys of later versions and
    says what is there instead. A `lenient` record passes over other keys: it stands in where it is not
    known what else belongs there.
    """

    keys: tuple[Key, ...]
    exactly_one: tuple[str, ...] = ()
    at_least_one: tuple[str, ...] = ()
    later: Mapping[str, str] = field(default_factory=dict)
    lenient: bool = False

    def read(self, node: Node, reading: Reading) -> Entry | None:
        """Return the entry; its values are those that hold."""
        if not isinstance(node, Pairs):
            reading.wrong(node, f"a mapping with {listed(key.name for key in self.keys)}", quote=False)
            return None
        known = {key.name: key for key in self.keys}
        free = self._free(node)
        values: dict[str, Value] = {}
        for pair in node.pairs:
            key = known.get(pair.key)
            if key is None:
                if not self.lenient:
                    self._refuse_key(pair, free, reading)
                continue
            value = key.shape.read(pair.value, reading.under(key.name, f"{key.name}: {key.example}"))
            if value is not None:
                values[key.name] = Value(value=value, location=pair.location)
        self._check_missing(node, free, reading)
        places = {pair.key: pair.location for pair in node.pairs}
        return Entry(location=node.location, values=values, places=places)

    def _refuse_key(self, pair: Pair, free: list[str], reading: Reading) -> None:
        if pair.key in self.later:
            reading.problems.refuse(
                pair.location,
                "not_available",
                f"`{pair.key}` of {reading.subject} is not available in this version.",
                self.later[pair.key],
            )
            return
        names = [key.name for key in self.keys]
        fix = choose_from(pair.key, names, none="Remove it.", guess_from=free)
        reading.problems.refuse(
            pair.location, "unknown_key", f"{capitalised(reading.subject)} has no key `{pair.key[:60]}`.", fix
        )

    def _names(self) -> frozenset[str]:
        return frozenset(key.name for key in self.keys) | self.later.keys()

    def _free(self, node: Pairs) -> list[str]:
        """Return the keys that are not written; a guess that is written already would be no help."""
        written = {pair.key for pair in node.pairs}
        return [key.name for key in self.keys if key.name not in written]

    def _check_missing(self, node: Pairs, free: list[str], reading: Reading) -> None:
        # A key that was probably meant has been suggested at the misspelt one.
        known = self._names()
        unknown = () if self.lenient else [pair.key for pair in node.pairs if pair.key not in known]
        misspelt = {nearest(key, free) for key in unknown}
        for key in self.keys:
            if key.required and key.name in free and key.name not in misspelt:
                reading.refuse(
                    node,
                    "missing_key",
                    f"{capitalised(reading.subject)} has no `{key.name}`: {_lowered(key.help)}",
                    f"Add it, as in `{key.name}: {key.example}`.",
                )
        group = self.exactly_one or self.at_least_one
        if not group:
            return
        chosen = [pair for pair in node.pairs if pair.key in group]
        either = " or ".join(f"`{name}`" for name in group)
        if not chosen and misspelt.isdisjoint(group):
            reading.refuse(
                node,
                "missing_key",
                f"{capitalised(reading.subject)} has neither {either.replace(' or ', ' nor ')}.",
                f"Add one of them: {either}.",
            )
        if self.exactly_one:
            self._check_conflict(chosen, reading)

    def _check_conflict(self, chosen: list[Pair], reading: Reading) -> None:
        for pair in chosen[1:]:
            reading.problems.refuse(
                pair.location,
                "conflicting_keys",
                f"{capitalised(reading.subject)} has both `{chosen[0].key}` and `{pair.key}`; only one can hold.",
                "Remove one of the two.",
            )

    def schema(self) -> JsonSchema:
        """Return the JSON Schema."""
        schema: JsonSchema = {
            "type": "object",
            "properties": {key.name: _key_schema(key) for key in self.keys},
            "additionalProperties": False,
        }
        required = [key.name for key in self.keys if key.required]
        if required:
            schema["required"] = required
        if self.exactly_one:
            schema["oneOf"] = [{"required": [name]} for name in self.exactly_one]
        if self.at_least_one:
            schema["anyOf"] = [{"required": [name]} for name in self.at_least_one]
        return schema


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeKeys:
    """A mapping whose keys the author chooses."""

    item: Shape
    noun: str

    def read(self, node: Node, reading: Reading) -> dict[str, Value] | None:
        """Return the values that hold, by key; None if there are some and none holds."""
        if not isinstance(node, Pairs):
            reading.wrong(node, self.noun, quote=False)
            return None
        values: dict[str, Value] = {}
        for pair in node.pairs:
            if not pair.key.strip():
                reading.problems.refuse(
                    pair.location, "unknown_key", f"A key of {reading.title} is blank.", "Give it a name."
                )
                continue
            value = self.item.read(pair.value, reading.under(f"{reading.key}.{pair.key[:60]}", ""))
            if value is not None:
                values[pair.key] = Value(value=value, location=pair.location)
        return values if values or not node.pairs else None

    def schema(self) -> JsonSchema:
        """Return the JSON Schema."""
        return {"type": "object", "additionalProperties": self.item.schema()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOf:
    """A list of things of one shape; one that is a mapping is named in messages by its `name`."""

    item: Shape
    noun: str
    item_noun: str = "an item"

    def read(self, node: Node, reading: Reading) -> tuple[Value, ...] | None:
        """Return the items that hold; None if there are some and none holds."""
        if not isinstance(node, Items):
            reading.wrong(node, self.noun, quote=False)
            return None
        values = []
        for item in node.items:
            value = self.item.read(item, self._named(item, reading))
            if value is not None:
                values.append(Value(value=value, location=item.location))
        return tuple(values) if values or not node.items else None

    def _named(self, item: Node, reading: Reading) -> Reading:
        name = item.get("name") if isinstance(item, Pairs) else None
        if not isinstance(name, Scalar):
            return reading
        subject = f"{self.item_noun} `{shortened(name.written)}` of {reading.subject}"
        return replace(reading, subject=subject, key="")

    def schema(self) -> JsonSchema:
        """Return the JSON Schema."""
        return {"type": "array", "items": self.item.schema()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortOrLong:
    """Either one word or a mapping that says more."""

    short: Shape
    long: Record

    def read(self, node: Node, reading: Reading) -> object | None:
        """Return what the word says, or the entry of the mapping."""
        if isinstance(node, Pairs):
            return self.long.read(node, inside(reading))
        return self.short.read(node, reading)

    def schema(self) -> JsonSchema:
        """Return the JSON Schema."""
        return {"anyOf": [self.short.schema(), self.long.schema()]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A record that stands under a key of another."""

    record: Record

    def read(self, node: Node, reading: Reading) -> Entry | None:
        """Return the entry."""
        if not isinstance(node, Pairs):
            reading.wrong(node, f"a mapping, not {kind_of(node)}", quote=False)
            return None
        return self.record.read(node, inside(reading))

    def schema(self) -> JsonSchema:
        """Return the JSON Schema."""
        return self.record.schema()


def inside(reading: Reading) -> Reading:
    """Return the reading of what stands in a mapping under a key."""
    return Reading(
        problems=reading.problems,
        names=reading.names,
        subject=reading.title,
        environment=reading.environment,
    )


def _key_schema(key: Key) -> JsonSchema:
    described: JsonSchema = {**key.shape.schema(), "description": key.help}
    if key.default is not None:
        described["default"] = key.default
    return described


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
