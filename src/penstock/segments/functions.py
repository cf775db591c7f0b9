"""The one table of the operators and functions of formulas: how many values each takes, and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from penstock.segments.calendar import Calendar
from penstock.segments.day_functions import (
    days_between,
    months_between,
    part_of_day,
    this_moment,
    today,
    years_between,
)
from penstock.segments.number_functions import (
    difference_of,
    of_one_number,
    product_of,
    quotient_of,
    rounded,
    same_places,
    sum_of,
    whole_places,
)
from penstock.segments.rows import Value
from penstock.segments.text_functions import (
    concatenated,
    end_of_text,
    first_known,
    joined_texts,
    length_of,
    of_one_text,
    replaced,
)

Build = Callable[[Sequence[Value], Calendar], Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function of `least` to `most` values; `build` gives its value and raises Refusal."""

    build: Build
    least: int
    most: int
    help: str
    example: str


def _timeless(build: Callable[[Sequence[Value]], Value]) -> Build:
    return lambda given, _: build(given)


def _spec(build: Build, takes: tuple[int, int], help_text: str, example: str) -> Function:
    least, most = takes
    return Function(build=build, least=least, most=most, help=help_text, example=example)


MANY = 100
"""So many values may a function take that takes several."""
OPERATORS: Mapping[str, Function] = {
    "+": _spec(_timeless(sum_of), (2, 2), "The sum.", "net + tax"),
    "-": _spec(_timeless(difference_of), (1, 2), "The difference, or the negative of one number.", "total - tax"),
    "*": _spec(_timeless(product_of), (2, 2), "The product.", "price * 1.2"),
    "/": _spec(_timeless(quotient_of), (2, 2), "The quotient; unknown where divided by zero.", "spent / orders"),
    "&": _spec(_timeless(concatenated), (2, 2), "One text after the other.", "city & ', ' & country"),
}
FUNCTIONS: Mapping[str, Function] = {
    "round": _spec(
        _timeless(rounded), (1, 2), "The number rounded, to so many places after the point.", "round(spent / 3, 2)"
    ),
    "floor": _spec(
        _timeless(of_one_number("floor", exp.Floor, whole_places)), (1, 1), "Rounded down.", "floor(score)"
    ),
    "ceiling": _spec(
        _timeless(of_one_number("ceiling", exp.Ceil, whole_places)), (1, 1), "Rounded up.", "ceiling(score)"
    ),
    "abs": _spec(_timeless(of_one_number("abs", exp.Abs, same_places)), (1, 1), "Without its sign.", "abs(balance)"),
    "first_known": _spec(
        _timeless(first_known), (2, MANY), "The first of the values that is known.", "first_known(mobile, phone)"
    ),
    "join": _spec(
        _timeless(joined_texts),
        (2, MANY),
        "The texts that are known and not empty, with the first one in between.",
        "join(' ', first_name, last_name)",
    ),
    "upper": _spec(_timeless(of_one_text("upper", exp.Upper)), (1, 1), "In capital letters.", "upper(country)"),
    "lower": _spec(_timeless(of_one_text("lower", exp.Lower)), (1, 1), "In small letters.", "lower(email)"),
    "trim": _spec(_timeless(of_one_text("trim", exp.Trim)), (1, 1), "Without blanks at both ends.", "trim(city)"),
    "left": _spec(_timeless(end_of_text("left", exp.Left)), (2, 2), "The first so many characters.", "left(zip, 2)"),
    "right": _spec(
        _timeless(end_of_text("right", exp.Right)), (2, 2), "The last so many characters.", "right(iban, 4)"
    ),
    "length": _spec(_timeless(length_of), (1, 1), "How many characters it has.", "length(name)"),
    "replace": _spec(
        _timeless(replaced), (3, 3), "With the second text replaced by the third.", "replace(phone, ' ', '')"
    ),
    "days_between": _spec(
        days_between, (2, 2), "Days from the first to the second.", "days_between(last_order_at, today())"
    ),
    "months_between": _spec(
        months_between, (2, 2), "Full months from the first to the second.", "months_between(signed_up, today())"
    ),
    "years_between": _spec(
        years_between, (2, 2), "Full years from the first to the second.", "years_between(born, today())"
    ),
    "year": _spec(part_of_day("year"), (1, 1), "The year.", "year(signed_up)"),
    "month": _spec(part_of_day("month"), (1, 1), "The month, 1 to 12.", "month(born)"),
    "day": _spec(part_of_day("day"), (1, 1), "The day of the month.", "day(born)"),
    "today": _spec(today, (0, 0), "Today's date.", "today()"),
    "now": _spec(this_moment, (0, 0), "This moment.", "now()"),
}
