"""An activation's entry → the activation, checked against what its destination's service offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from penstock.catalog.declaration import DestinationSpec, ServiceSpec
from penstock.catalog.entities import Activation, FieldMapping, Leave, Mode, When
from penstock.catalog.field_mappings import field_mappings
from penstock.catalog.problems import Problems, choose_from, listed
from penstock.catalog.reading import Entry

_INSERT = {True: Mode.UPSERT, False: Mode.UPDATE}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationBuilder:
    """Builds activations; `destinations` gives the type of each, None where the type is unknown."""

    destinations: Mapping[str, DestinationSpec | None]
    problems: Problems

    def build(self, name: str, entry: Entry) -> Activation | None:
        """Return the activation; None if it cannot be, which is noted."""
        fields = field_mappings(name, entry, self.problems)
        recreate = bool(entry.flag("recreate"))
        mode = self._mode(name, entry)
        spec = self.destinations.get(entry.text("destination") or "")
        service = None if spec is None else self._service(name, entry, spec)
        match = self._match(name, entry, service)
        leave = Leave(entry.text("leave") or Leave.KEEP)
        if service is not None:
            self._check_mode(name, entry, service, mode)
            self._check_leave(name, entry, service, leave)
            self._check_recreate(name, entry, service, mode, recreate=recreate)
            self._check_types(name, service, fields)
            self._check_rules(name, service, fields)
        self._warn_of_schedule(name, entry)
        destination = entry.text("destination")
        if service is None or match is None or destination is None or not fields:
            return None
        return Activation(
            name=name,
            model=entry.text("model"),
            segment=entry.text("segment"),
            destination=destination,
            service=service.name,
            match_key=match[0],
            match_field=match[1],
            mode=mode,
            fields=fields,
            leave=leave,
            recreate=recreate,
            formerly=entry.text("formerly"),
            location=entry.location,
        )

    def _service(self, name: str, entry: Entry, spec: DestinationSpec) -> ServiceSpec | None:
        written = entry.text("service")
        if written is None:
            return None
        names = [service.name for service in spec.services]
        if written in names:
            return spec.service(written)
        self.problems.refuse(
            entry.place("service"),
            "unknown_service",
            f"Activation `{name}` sends to the service `{written}`, which {spec.label} does not have.",
            choose_from(written, names, none="This version offers no service there."),
        )
        return None

    def _match(self, name: str, entry: Entry, service: ServiceSpec | None) -> tuple[str, str] | None:
        match = entry.mapping("match")
        written = "match" in entry.values
        if written and len(match) != 1:
            self.problems.refuse(
                entry.place("match"),
                "bad_match",
                f"`match` of activation `{name}` must have exactly one entry, but it has {len(match)}.",
                "Keep the identifier that names one user and no other, as in `match: {email: email}`.",
            )
        if len(match) != 1 or service is None:
            return None
        key, field = next(iter(match.items()))
        names = [spec.name for spec in service.match_keys]
        if key in names:
            return key, str(field.value)
        self.problems.refuse(
            field.location,
            "unknown_match_key",
            f"Activation `{name}` matches on `{key}`, which is no identifier of the service `{service.name}`.",
            choose_from(key, names, none="This version offers no identifier there."),
        )
        return None

    def _mode(self, name: str, entry: Entry) -> Mode:
        insert, written = entry.flag("insert"), entry.text("mode")
        by_insert = None if insert is None else _INSERT[insert]
        mode = Mode(written) if written else by_insert or Mode.UPSERT
        if by_insert is not None and by_insert is not mode:
            self.problems.refuse(
                entry.place("mode"),
                "conflicting_keys",
                f"Activation `{name}` says `insert: {str(insert).lower()}`, which means `mode: {by_insert}`,"
                f" and also `mode: {mode}`.",
                "Keep one of the two keys.",
            )
        return mode

    def _check_mode(self, name: str, entry: Entry, service: ServiceSpec, mode: Mode) -> None:
        if mode in service.modes:
            return
        key = "mode" if "mode" in entry.values else "insert"
        insert = entry.flag("insert")
        said = f"mode: {mode}" if key == "mode" or insert is None else f"insert: {str(insert).lower()}"
        self.problems.refuse(
            entry.place(key),
            "not_available",
            f"Activation `{name}` says `{said}`, which is not available for the service `{service.name}`"
            " in this version.",
            f"Available: {', '.join(_told(choice) for choice in service.modes)}.",
        )

    def _check_leave(self, name: str, entry: Entry, service: ServiceSpec, leave: Leave) -> None:
        if leave in service.leaves:
            return
        self.problems.refuse(
            entry.place("leave"),
            "not_available",
            f"Activation `{name}` says `leave: {leave}`, which is not available for the service"
            f" `{service.name}` in this version.",
            f"Available: {listed(service.leaves)}.",
        )

    def _check_recreate(self, name: str, entry: Entry, service: ServiceSpec, mode: Mode, *, recreate: bool) -> None:
        if recreate and mode is not Mode.UPSERT:
            what = "creates nobody" if mode is Mode.UPDATE else "sends nobody again who was created"
            self.problems.refuse(
                entry.place("recreate"),
                "conflicting_keys",
                f"Activation `{name}` says `recreate: true`, but `mode: {mode}` {what}.",
                "Keep one of the two keys.",
            )
        elif recreate and not service.recreates:
            self.problems.refuse(
                entry.place("recreate"),
                "not_available",
                f"Activation `{name}` says `recreate: true`, which is not available for the service"
                f" `{service.name}` in this version.",
                "Remove it.",
            )

    def _check_types(self, name: str, service: ServiceSpec, fields: tuple[FieldMapping, ...]) -> None:
        for mapping in fields:
            if mapping.type is None or mapping.type in service.attribute_types:
                continue
            available = listed(service.attribute_types)
            self.problems.refuse(
                mapping.location,
                "not_available",
                f"Activation `{name}` asks for the type `{mapping.type}` for `{mapping.target}`, which is not"
                f" available for the service `{service.name}` in this version.",
                f"Available: {available}. Without `type` the field's own type decides."
                if available
                else "Remove `type`: the field's own type decides.",
            )

    def _check_rules(self, name: str, service: ServiceSpec, fields: tuple[FieldMapping, ...]) -> None:
        for mapping in fields:
            if mapping.when is When.ONLY_IF_EMPTY and not service.reads_values:
                self.problems.refuse(
                    mapping.location,
                    "not_available",
                    f"Activation `{name}` says `when: only_if_empty` for `{mapping.target}`, which is not available"
                    f" for the service `{service.name}` in this version.",
                    "Remove it: a field is then sent whenever its value has changed.",
                )

    def _warn_of_schedule(self, name: str, entry: Entry) -> None:
        if "schedule" in entry.values:
            self.problems.warn(
                entry.place("schedule"),
                "schedule_not_started",
                f"This version does not start runs by itself, so the schedule of activation `{name}` has no effect.",
                f"Let cron or another scheduler start `penstock run {name}`.",
            )


def _told(mode: Mode) -> str:
    aliases = {Mode.UPSERT: " (`insert: true`)", Mode.UPDATE: " (`insert: false`)"}
    return f"`mode: {mode}`{aliases.get(mode, '')}"
