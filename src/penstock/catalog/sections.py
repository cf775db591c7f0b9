"""Gathers the sections of all files, reads each named thing by its table of keys, and checks the names."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from penstock.catalog.declaration import DestinationSpec
from penstock.catalog.destination_keys import destination_record
from penstock.catalog.environment import Environment
from penstock.catalog.keys import ENTITIES, SECTIONS, SETTINGS, SOURCE, SOURCES
from penstock.catalog.nodes import Items, Node, Pair, Pairs, Scalar, kind_of, shortened
from penstock.catalog.problems import Problems, choose_from
from penstock.catalog.reading import Entry, Names, Reading
from penstock.catalog.records import Record
from penstock.errors import Location


class Section(StrEnum):
    """The sections that list named things."""

    SOURCES = "sources"
    MODELS = "models"
    SEGMENTS = "segments"
    DESTINATIONS = "destinations"
    ACTIVATIONS = "activations"

    @property
    def noun(self) -> str:
        """What one thing of the section is called."""
        return self.value.removesuffix("s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What all files say, section by section."""

    items: Mapping[Section, tuple[Node, ...]]
    settings: tuple[Node, ...]

    def names(self, section: Section) -> Collection[str]:
        """Return the names written in the section, whatever else may be wrong there."""
        found = (name_of(item) for item in self.items[section])
        # A dictionary keeps the order and is quick to look in.
        return dict.fromkeys(name for name in found if name is not None).keys()


def split(documents: Sequence[Pairs], problems: Problems) -> Parts:
    """Sort what the files say into sections; unknown ones are noted."""
    items: dict[Section, list[Node]] = {section: [] for section in Section}
    settings: list[Node] = []
    for document in documents:
        for pair in document.pairs:
            if pair.key not in SECTIONS:
                problems.refuse(
                    pair.location,
                    "unknown_key",
                    f"A project file has no key `{shortened(pair.key)}`.",
                    choose_from(pair.key, SECTIONS, none=""),
                )
            elif isinstance(pair.value, Scalar) and pair.value.value is None:
                continue
            elif pair.key == "settings":
                settings.append(pair.value)
            else:
                items[Section(pair.key)].extend(_listed(pair, problems))
    return Parts(items={section: tuple(found) for section, found in items.items()}, settings=tuple(settings))


def _listed(pair: Pair, problems: Problems) -> tuple[Node, ...]:
    if isinstance(pair.value, Items):
        return pair.value.items
    problems.refuse(
        pair.value.location,
        "wrong_type",
        f"`{pair.key}` must be a list, but here it is {kind_of(pair.value)}.",
        "Start each entry with `- name: …`.",
    )
    return ()


def name_of(item: Node) -> str | None:
    """Return the name that the item gives itself, if it is text."""
    name = item.get("name") if isinstance(item, Pairs) else None
    return name.value if isinstance(name, Scalar) and isinstance(name.value, str) else None


def read_sections(
    parts: Parts,
    names: Names,
    destination_types: Mapping[str, DestinationSpec],
    environment: Environment,
    problems: Problems,
) -> dict[Section, dict[str, Entry]]:
    """Return the entries of every section by name; what is wrong with them is noted."""
    found: dict[Section, dict[str, Entry]] = {}
    for section in Section:
        with_environment = section in (Section.SOURCES, Section.DESTINATIONS)
        entries: dict[str, Entry] = {}
        for item in parts.items[section]:
            reading = Reading(
                problems=problems,
                names=names,
                subject=_subject(section, item),
                environment=environment if with_environment else None,
            )
            entry = _record_for(section, item, destination_types, environment).read(item, reading)
            name = entry.text("name") if entry else None
            if entry is None or name is None:
                continue
            if name in entries:
                _refuse_twin(section, name, entry.place("name"), entries[name].place("name"), problems)
            else:
                entries[name] = entry
        _check_former_names(section, entries, problems)
        found[section] = entries
    return found


def _record_for(
    section: Section,
    item: Node,
    destination_types: Mapping[str, DestinationSpec],
    environment: Environment,
) -> Record:
    chosen = item.get("type") if isinstance(item, Pairs) else None
    written = environment.filled(chosen.written).text if isinstance(chosen, Scalar) else ""
    if section is Section.SOURCES:
        return SOURCES.get(written, SOURCE)
    if section is not Section.DESTINATIONS:
        return ENTITIES[section]
    return destination_record(tuple(destination_types), destination_types.get(written))


def _subject(section: Section, item: Node) -> str:
    name = name_of(item)
    return f"{section.noun} `{shortened(name)}`" if name else f"an entry of `{section}`"


def _refuse_twin(section: Section, name: str, place: Location, first: Location, problems: Problems) -> None:
    problems.refuse(
        place,
        "duplicate_name",
        f"There is another {section.noun} called `{name}`, at {first}.",
        "Give one of them another name.",
    )


def _check_former_names(section: Section, entries: Mapping[str, Entry], problems: Problems) -> None:
    claimed: dict[str, str] = {}
    for name, entry in entries.items():
        former = entry.text("formerly")
        if former is None:
            continue
        if former in entries:
            problems.refuse(
                entry.place("formerly"),
                "former_name_in_use",
                f"{section.noun.capitalize()} `{name}` says that it was called `{former}`,"
                f" but another {section.noun} has that name now.",
                "Remove `formerly`, or the entry with the old name.",
            )
        elif former in claimed:
            problems.refuse(
                entry.place("formerly"),
                "former_name_in_use",
                f"Both `{claimed[former]}` and `{name}` say that they were called `{former}`.",
                "Only one of them can take its place.",
            )
        claimed.setdefault(former, name)


def read_settings(parts: Parts, names: Names, problems: Problems) -> Entry | None:
    """Return the project's settings, which may be spread over files, each once; None if there are none."""
    merged: Entry | None = None
    for node in parts.settings:
        reading = Reading(problems=problems, names=names, subject="`settings`")
        entry = SETTINGS.read(node, reading.under("", "settings: {timezone: Europe/Paris}"))
        if entry is None:
            continue
        merged = entry if merged is None else _both(merged, entry, problems)
    return merged


def _both(first: Entry, second: Entry, problems: Problems) -> Entry:
    for key in second.places.keys() & first.places.keys():
        problems.refuse(
            second.place(key),
            "duplicate_key",
            f"The setting `{key}` is already set at {first.place(key)}.",
            "Keep one of the two.",
        )
    return Entry(
        location=first.location,
        values={**second.values, **first.values},
        places={**second.places, **first.places},
    )
