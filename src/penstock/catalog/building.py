"""Entries that hold → the catalog's entities. Only called when nothing was refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

from penstock.catalog.computed_building import build_computed, condition_of
from penstock.catalog.declaration import DestinationSpec, SettingSpec
from penstock.catalog.entities import (
    Destination,
    Model,
    ModelKind,
    Relation,
    Segment,
    Settings,
    Source,
    Split,
    Through,
    Top,
)
from penstock.catalog.reading import Entry


def build_source(name: str, entry: Entry, root: Path) -> Source:
    """Return the source; its path is seen from the project's folder."""
    return Source(
        name=name,
        type=entry.required("type"),
        path=root / (entry.text("path") or ""),
        url=entry.text("url") or "",
        location=entry.location,
    )


def build_model(name: str, entry: Entry) -> Model:
    """Return the model."""
    relations = [item.value for item in entry.items("relations")]
    computed = [item.value for item in entry.items("computed")]
    return Model(
        name=name,
        source=entry.required("source"),
        table=entry.text("table"),
        sql=entry.text("sql"),
        kind=ModelKind(entry.text("kind") or ModelKind.CUSTOM),
        primary_key=entry.required("primary_key"),
        time=entry.text("time"),
        relations=tuple(_relation(relation) for relation in relations if isinstance(relation, Entry)),
        computed=tuple(build_computed(each) for each in computed if isinstance(each, Entry)),
        formerly=entry.text("formerly"),
        location=entry.location,
    )


def _relation(entry: Entry) -> Relation:
    return Relation(
        name=entry.required("name"),
        model=entry.required("model"),
        many=bool(entry.flag("many")),
        on=_equal_fields(entry, "on"),
        through=_through(entry),
        location=entry.location,
    )


def _through(entry: Entry) -> Through | None:
    through = entry.part("through")
    if through is None:
        return None
    return Through(table=through.required("table"), on=_equal_fields(through, "on"), to=_equal_fields(through, "to"))


def _equal_fields(entry: Entry, key: str) -> Mapping[str, str]:
    return MappingProxyType({own: str(other.value) for own, other in entry.mapping(key).items()})


def build_segment(name: str, entry: Entry) -> Segment:
    """Return the segment."""
    return Segment(
        name=name,
        model=entry.required("model"),
        where=condition_of(entry),
        top=_top(entry),
        split=_split(entry, "split"),
        hold_out=_split(entry, "hold_out"),
        formerly=entry.text("formerly"),
        location=entry.location,
    )


def _top(entry: Entry) -> Top | None:
    top = entry.part("top")
    if top is None:
        return None
    number = top.whole("number")
    if number is None:
        raise KeyError("number")
    return Top(number=number, by=top.required("by"), lowest=bool(top.flag("lowest")), location=top.location)


def _split(entry: Entry, key: str) -> Split | None:
    split = entry.part(key)
    if split is None:
        return None
    return Split(
        salt=split.required("salt"),
        low=split.decimal("from") or Decimal(0),
        high=split.decimal("to") or Decimal(0),
        location=split.location,
    )


def build_destination(name: str, entry: Entry, spec: DestinationSpec) -> Destination:
    """Return the destination, the defaults of its type filled in."""
    return Destination(
        name=name,
        type=spec.type,
        settings=_settings(entry, spec.settings),
        secrets=frozenset(_secret_names(spec.settings)),
        lines=MappingProxyType(dict(entry.places)),
        formerly=entry.text("formerly"),
        location=entry.location,
    )


def _settings(entry: Entry, specs: Iterable[SettingSpec]) -> Mapping[str, object]:
    settings: dict[str, object] = {}
    for spec in specs:
        value = entry.values[spec.name].value if spec.name in entry.values else spec.default
        if isinstance(value, Entry):
            variant = next(each for each in spec.variants if each.name == value.text("type"))
            value = MappingProxyType({"type": variant.name, **_settings(value, variant.settings)})
        if value is not None:
            settings[spec.name] = value
    return MappingProxyType(settings)


def _secret_names(specs: Iterable[SettingSpec]) -> Iterator[str]:
    for spec in specs:
        if spec.secret:
            yield spec.name
        for variant in spec.variants:
            yield from (f"{spec.name}.{name}" for name in _secret_names(variant.settings))


def build_settings(entry: Entry | None) -> Settings:
    """Return the settings; what is not written has its default."""
    defaults = Settings()
    if entry is None:
        return defaults
    return Settings(
        timezone=entry.text("timezone") or defaults.timezone,
        max_first_run=entry.whole("max_first_run") or defaults.max_first_run,
        memory=entry.text("memory") or defaults.memory,
        threads=entry.whole("threads"),
    )
