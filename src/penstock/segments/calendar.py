"""The project's calendar: days, spans and local times of one time zone, daylight saving included.

Results beyond the years 1 to 9999 stay at the edge of them.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from penstock.catalog.conditions import Span, Unit

FIRST = datetime(1, 1, 1, tzinfo=UTC)
LAST = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
_LONGEST_SHIFT = timedelta(hours=3)
_DAYS = {Unit.DAYS: 1, Unit.WEEKS: 7}
_MONTHS = {Unit.MONTHS: 1, Unit.YEARS: 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A time zone and the present instant in it."""

    zone: ZoneInfo
    now: datetime

    @property
    def today(self) -> date:
        """Today's date in the zone."""
        return self.now.astimezone(self.zone).date()

    def instant(self, moment: datetime) -> datetime:
        """Return the instant in UTC; a time without a zone is local, the first of two where it occurs twice."""
        aware = moment if moment.tzinfo else moment.replace(tzinfo=self.zone)
        try:
            return aware.astimezone(UTC)
        except OverflowError:
            return FIRST if moment.year == 1 else LAST

    def local(self, moment: datetime) -> datetime:
        """Return the local time without a zone."""
        if moment.tzinfo is None:
            return moment
        try:
            return moment.astimezone(self.zone).replace(tzinfo=None, fold=0)
        except OverflowError:
            return (FIRST if moment.year == 1 else LAST).replace(tzinfo=None)

    def shifted(self, span: Span, direction: int) -> datetime:
        """Return the instant that lies a span after (1) or before (-1) now.

        Hours are exact; days, weeks, months and years keep the local time of day.
        """
        if span.unit is Unit.HOURS:
            try:
                return self.now.astimezone(UTC) + timedelta(hours=direction * span.count)
            except OverflowError:
                return FIRST if direction < 0 else LAST
        local = self.now.astimezone(self.zone)
        day = shifted_day(local.date(), span, direction)
        return self.instant(datetime.combine(day, local.time()))

    def local_range(self, start: datetime, end: datetime) -> tuple[datetime, datetime]:
        """Return the lowest and the highest local time that a clock shows between two instants.

        They differ from the local times of the two where the clock is put back in between.
        """
        low, high = self.local(start), self.local(end)
        for turn in self._turns_back(start, end):
            low = min(low, self.local(turn))
            high = max(high, self.local(turn - timedelta(microseconds=1)))
        return low, high

    def _turns_back(self, start: datetime, end: datetime) -> list[datetime]:
        """Find the instants near either end of a range at which the clock is put back."""
        near_start = (start, start + min(_LONGEST_SHIFT, end - start))
        near_end = (end - min(_LONGEST_SHIFT, end - start), end)
        turns = (self._turn_back(*window) for window in (near_start, near_end))
        return [turn for turn in turns if turn is not None]

    def _turn_back(self, start: datetime, end: datetime) -> datetime | None:
        if self._offset(end) >= self._offset(start):
            return None
        offset = self._offset(end)
        while end - start > timedelta(microseconds=1):
            middle = start + (end - start) / 2
            start, end = (start, middle) if self._offset(middle) == offset else (middle, end)
        return end

    def _offset(self, instant: datetime) -> timedelta:
        return self.local(instant) - instant.astimezone(UTC).replace(tzinfo=None)


def shifted_day(day: date, span: Span, direction: int) -> date:
    """Return the day a span away; a day that its month lacks becomes the last of the month."""
    try:
        if span.unit in _DAYS:
            return day + timedelta(days=direction * span.count * _DAYS[span.unit])
        months = day.year * 12 + day.month - 1 + direction * span.count * _MONTHS[span.unit]
        year, month = divmod(months, 12)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    except (OverflowError, ValueError):
        return date.min if direction < 0 else date.max


def start_of(day: date) -> datetime:
    """Return the local time at which a day starts."""
    return datetime.combine(day, time.min)
