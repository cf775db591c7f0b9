"""A segment broken down by a field: how many members have which value, or lie in which range."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from penstock import clock
from penstock.catalog.problems import nearest
from penstock.errors import ConfigurationError
from penstock.fields import NUMBERS, TIMES, Field, Kind, is_whole
from penstock.operations.project import Project
from penstock.operations.reading import OpenModel, members_query, readable
from penstock.operations.segments import opened_segment
from penstock.segments.breakdown import (
    NOT_A_NUMBER,
    broken_down_type,
    ranges_query,
    spread_query,
    values_query,
)
from penstock.segments.calendar import Calendar
from penstock.segments.compile import calendar_of
from penstock.segments.ranges import Bound, day_bounds, number_bounds

MOST = 20
"""So many values are told; of more, the commonest, or ranges."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Members that have a value, as text, or one in a range that begins at `start` and ends before `end`."""

    name: str
    records: int
    is_range: bool = False
    start: str | None = None
    end: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """Members by the values of a field, the commonest first, or by ranges in their order."""

    field: Field
    members: int
    groups: tuple[Group, ...]
    other_values: int
    """Values that are not among the groups."""
    others: int | None
    """Members who have one of these; None for lists, of which a member may have one in a group as well."""
    without: int
    """Members without a value."""


def break_down(project: Project, name: str, field_name: str) -> Breakdown:
    """Break a segment down. Raises ConfigurationError, SourceError."""
    with opened_segment(project, name) as (opened, segment):
        field = _field(opened, field_name)
        now = clock.now()
        members = members_query(project, segment, opened, now, (field.name,))
        opened.lend()
        asking = _Asking(project, opened, members, field, calendar_of(project.catalog.settings.timezone, now))
        return asking.answer()


def _field(opened: OpenModel, name: str) -> Field:
    field = opened.fields.get(name)
    if field is None:
        near = nearest(name, opened.fields)
        raise ConfigurationError(
            f"Model `{opened.model.name}` has no field `{name}`.{f' Did you mean `{near}`?' if near else ''}",
            fix=f"Use one of: {', '.join(f'`{each}`' for each in opened.fields)}.",
            code="unknown_field",
        )
    if broken_down_type(field.type) is None:
        raise ConfigurationError(
            f"`{name}` is {field.type}, of which there are no values to count.",
            fix="Choose a field of texts, numbers, booleans, dates or times, or a list of them.",
            code="no_breakdown",
        )
    return field


class _Asking:
    def __init__(
        self, project: Project, opened: OpenModel, members: exp.Select, field: Field, calendar: Calendar
    ) -> None:
        self._project = project
        self._opened = opened
        self._members = members
        self._field = field
        self._calendar = calendar

    def answer(self) -> Breakdown:
        """Ask for the values; for ranges only if there are too many."""
        by_value = self._by_value()
        if not by_value.other_values or self._field.type.kind not in NUMBERS | TIMES:
            return by_value
        bounds = self._bounds()
        return self._by_range(by_value, bounds) if bounds else by_value

    def _rows(self, query: exp.Select) -> list[tuple[object, ...]]:
        return self._opened.query(readable(query, self._project, self._opened))

    def _by_value(self) -> Breakdown:
        rows = self._rows(values_query(self._members, self._field, MOST))
        values = [(value, int(str(records))) for value, records, _, _ in rows]
        without = sum(records for value, records in values if value is None)
        groups = [Group(name=str(value), records=records) for value, records in values if value is not None][:MOST]
        is_list = self._field.type.kind is Kind.LIST
        total = int(str(rows[0][3])) if rows else 0
        different = int(str(rows[0][2])) - (rows[0][0] is None) if rows else 0
        return Breakdown(
            field=self._field,
            members=self._count() if is_list else total,
            groups=tuple(groups),
            other_values=different - len(groups),
            others=None if is_list else total - without - sum(group.records for group in groups),
            without=without,
        )

    def _count(self) -> int:
        query = exp.select(exp.Count(this=exp.Star())).from_(self._members.copy().subquery("penstock_members"))
        return int(str(self._rows(query)[0][0]))

    def _bounds(self) -> tuple[Bound, ...]:
        """Return the bounds of ranges; none if the values lie where there are none."""
        low, high = self._rows(spread_query(self._members, self._field))[0]
        if low is None:
            return ()
        try:
            if self._field.type.kind in NUMBERS:
                return number_bounds(Decimal(str(low)), Decimal(str(high)), whole=is_whole(self._field.type))
            return day_bounds(self._day(str(low)), self._day(str(high)))
        except (ValueError, InvalidOperation):  # years before 1 or after 9999, or infinity
            return ()

    def _day(self, text: str) -> date:
        if self._field.type.kind is Kind.DATE:
            return date.fromisoformat(text)
        return self._calendar.local(datetime.fromisoformat(text)).date()

    def _by_range(self, by_value: Breakdown, bounds: tuple[Bound, ...]) -> Breakdown:
        rows = self._rows(ranges_query(self._members, self._field, bounds, self._calendar))
        records = {None if place is None else int(str(place)): int(str(number)) for place, number in rows}
        groups = [Group(name="NaN", records=records[NOT_A_NUMBER])] if NOT_A_NUMBER in records else []
        for place in range(len(bounds) + 1):
            start = bounds[place - 1] if place else None
            end = bounds[place] if place < len(bounds) else None
            if place in records or (start and end):
                groups.append(_range(start, end, records.get(place, 0), self._field))
        return Breakdown(
            field=self._field,
            members=by_value.members,
            groups=tuple(groups),
            other_values=0,
            others=0,
            without=records.get(None, 0),
        )


def _range(start: Bound | None, end: Bound | None, records: int, field: Field) -> Group:
    times = field.type.kind in TIMES
    if start is None:
        name = f"{'before' if times else 'below'} {end.said if end else ''}"
    else:
        name = start.name if end else f"{start.said} {'and later' if times else 'and above'}"
    return Group(
        name=name,
        records=records,
        is_range=True,
        start=start.text if start else None,
        end=end.text if end else None,
    )
