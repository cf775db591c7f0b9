"""A formula becomes an expression: operators and functions over the fields of a row, each with the types it takes.

Whatever is calculated from something unknown is unknown, except by `first_known` and `join`.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from penstock.catalog.calculations import Calculation, Call, Constant, FieldValue
from penstock.catalog.computed import Calculated
from penstock.errors import Location, Problem
from penstock.segments.calendar import Calendar
from penstock.segments.functions import FUNCTIONS, OPERATORS
from penstock.segments.rows import WRONG, Rows, Value
from penstock.segments.values import Refusal, constant


def calculated(formula: Calculated, rows: Rows, calendar: Calendar, location: Location) -> Value | Problem:
    """Return the value of a formula over rows."""
    try:
        return _Calculator(rows=rows, calendar=calendar).value(formula.calculation)
    except _MadeOfWrongError:
        return WRONG
    except Refusal as refusal:
        message = f"The formula `{formula.text[:60]}`: {refusal.what}."
        return Problem(code="bad_formula", message=message, fix=refusal.fix, location=location)


class _MadeOfWrongError(Exception):
    """A field that is used cannot be computed itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Calculator:
    rows: Rows
    calendar: Calendar

    def value(self, calculation: Calculation) -> Value:
        """Return the value of a part of a formula. Raises Refusal."""
        match calculation:
            case FieldValue(field=name):
                return self._field(name)
            case Constant(value=value):
                return constant(value)
            case Call():
                return self._called(calculation)

    def _field(self, name: str) -> Value:
        fields = self.rows.fields
        if name not in fields:
            near = get_close_matches(name, fields, n=1)
            raise Refusal(
                f"`{name}` is not a field of model `{self.rows.shape.model.name}`",
                f"Did you mean `{near[0]}`?" if near else f"The fields are {', '.join(sorted(fields))}.",
            )
        if self.rows.type_of(name) is WRONG.type:
            raise _MadeOfWrongError
        return Value(sql=self.rows.column(name), type=self.rows.type_of(name))

    def _called(self, call: Call) -> Value:
        function = FUNCTIONS.get(call.function) or OPERATORS.get(call.function)
        if function is None:
            near = get_close_matches(call.function, FUNCTIONS, n=1)
            raise Refusal(
                f"there is no function `{call.function}`",
                f"Did you mean `{near[0]}`?" if near else f"The functions are {', '.join(FUNCTIONS)}.",
            )
        if not function.least <= len(call.arguments) <= function.most:
            raise Refusal(f"`{call.function}` is not given what it takes", f"Write it as in `{function.example}`.")
        return function.build([self.value(argument) for argument in call.arguments], self.calendar)
