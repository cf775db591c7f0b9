"""Ranges into which many different numbers or times are put: at round bounds, a few to look at.

They are laid between two values that nearly all others lie between, so that one far away does not stretch them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Context, Decimal, localcontext

RANGES = 24
"""So many ranges of times at most lie between the first bound and the last."""
_NUMBERS = 10
"""About so many ranges of numbers."""
_STEPS = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))
_EXACT = Context(prec=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Where a range begins, also as it is told; `name` is that of the whole range that begins there."""

    at: Decimal | date
    said: str
    name: str

    @property
    def text(self) -> str:
        """The value as text."""
        return _number(self.at) if isinstance(self.at, Decimal) else self.at.isoformat()


def number_bounds(low: Decimal, high: Decimal, *, whole: bool) -> tuple[Bound, ...]:
    """Return bounds in even steps of 1, 2 or 5 times a power of ten, from `low` or below to one above `high`."""
    with localcontext(_EXACT):
        step = _step((high - low) / _NUMBERS, whole=whole)
        at = (low / step).to_integral_value(ROUND_FLOOR) * step
        count = int(((high - at) / step).to_integral_value(ROUND_FLOOR)) + 2
        starts = [at + number * step for number in range(count)]
        return tuple(Bound(at=at, said=_number(at, ","), name=_name(at, at + step, whole=whole)) for at in starts)


def _step(least: Decimal, *, whole: bool) -> Decimal:
    if least <= 0:
        return Decimal(1)
    power = Decimal(10) ** least.adjusted()
    step = next(each * power for each in _STEPS if each * power >= least)
    return max(step, Decimal(1)) if whole else step


def _name(at: Decimal, end: Decimal, *, whole: bool) -> str:
    if not whole:
        return f"{_number(at, ',')} to below {_number(end, ',')}"
    return _number(at, ",") if end - at == 1 else f"{_number(at, ',')} to {_number(end - 1, ',')}"


def _number(value: Decimal, separator: str = "") -> str:
    text = format(value, f"{separator}f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def day_bounds(low: date, high: date) -> tuple[Bound, ...]:
    """Return the beginnings of all days, months, quarters, years or decades from `low` to the first after `high`.

    It is the smallest of them of which there are not too many; none if there are too many decades.
    """
    for unit in (_days, _months, _quarters, _years, _decades):
        found = unit(low, high)
        if found:
            return found
    return ()


def _days(low: date, high: date) -> tuple[Bound, ...]:
    count = (high - low).days + 1
    if count > RANGES or high == date.max:
        return ()
    days = [low + timedelta(days=number) for number in range(count + 1)]
    return tuple(Bound(at=day, said=day.isoformat(), name=day.isoformat()) for day in days)


def _months(low: date, high: date) -> tuple[Bound, ...]:
    return _periods(low, high, 1, lambda first: f"{first:%Y-%m}")


def _quarters(low: date, high: date) -> tuple[Bound, ...]:
    return _periods(low, high, 3, lambda first: f"{first:%Y} Q{first.month // 3 + 1}")


def _years(low: date, high: date) -> tuple[Bound, ...]:
    return _periods(low, high, 12, lambda first: f"{first:%Y}")


def _decades(low: date, high: date) -> tuple[Bound, ...]:
    return _periods(low, high, 120, lambda first: f"{first:%Y} to {first.year + 9}")


def _periods(low: date, high: date, months: int, name: Callable[[date], str]) -> tuple[Bound, ...]:
    """Return the beginnings of periods of so many months, the first of them at the beginning of the year 0."""
    first, last = (low.year * 12 + low.month - 1) // months, (high.year * 12 + high.month - 1) // months
    if last - first >= RANGES or first * months < 12 or (last + 1) * months > date.max.year * 12:
        return ()
    starts = [
        date(month // 12, month % 12 + 1, 1) for month in range(first * months, (last + 1) * months + 1, months)
    ]
    return tuple(Bound(at=day, said=day.isoformat(), name=name(day)) for day in starts)
