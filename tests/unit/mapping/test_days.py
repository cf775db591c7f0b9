"""A date and time as a day: on the calendar of the project's time zone."""

from __future__ import annotations

import pytest

from penstock.mapping.conversions import Target
from tests.unit.mapping.conftest import Convert

PARIS, AUCKLAND, LOS_ANGELES = "Europe/Paris", "Pacific/Auckland", "America/Los_Angeles"


@pytest.mark.parametrize(
    ("expression", "timezone", "day"),
    [
        ("TIMESTAMP '2026-01-31 23:30:00'", "UTC", "2026-01-31"),
        ("TIMESTAMP '2026-01-31 23:30:00'", AUCKLAND, "2026-01-31"),
        ("TIMESTAMP_NS '2026-01-31 23:30:00'", PARIS, "2026-01-31"),
        ("TIMESTAMPTZ '2026-01-31 23:30:00+00'", "UTC", "2026-01-31"),
        ("TIMESTAMPTZ '2026-01-31 23:30:00+00'", PARIS, "2026-02-01"),
        ("TIMESTAMPTZ '2026-07-31 22:30:00+00'", PARIS, "2026-08-01"),
        ("TIMESTAMPTZ '2026-01-01 02:00:00+00'", LOS_ANGELES, "2025-12-31"),
        ("DATE '2026-01-31'", LOS_ANGELES, "2026-01-31"),
    ],
)
def test_the_day_of_a_time(convert: Convert, expression: str, timezone: str, day: str) -> None:
    sent = convert(expression, target=Target.DATE, timezone=timezone)
    assert (sent.text, sent.is_refused) == (f'"{day}"', False)


@pytest.mark.parametrize("type_", ["TIMESTAMP", "TIMESTAMPTZ"])
@pytest.mark.parametrize("timezone", ["UTC", PARIS])
def test_nothing_stays_nothing(convert: Convert, type_: str, timezone: str) -> None:
    sent = convert(f"NULL::{type_}", target=Target.DATE, timezone=timezone)
    assert (sent.text, sent.is_refused) == (None, False)


@pytest.mark.parametrize(
    ("expression", "timezone"),
    [
        ("'infinity'::TIMESTAMP", "UTC"),
        ("'infinity'::TIMESTAMPTZ", PARIS),
        ("'-infinity'::TIMESTAMPTZ", "UTC"),
        ("TIMESTAMP '10000-01-01 00:00:00'", "UTC"),
        ("TIMESTAMPTZ '9999-12-31 23:30:00+00'", PARIS),
        ("TIMESTAMPTZ '0001-01-01 01:00:00+00'", LOS_ANGELES),
    ],
)
def test_days_outside_the_years_1_to_9999_are_refused(convert: Convert, expression: str, timezone: str) -> None:
    sent = convert(expression, target=Target.DATE, timezone=timezone)
    assert (sent.text, sent.is_refused) == (None, True)


@pytest.mark.parametrize(("value", "text"), [("NULL", "false"), ("true", "true"), ("false", "false")])
def test_null_is_false_where_the_destination_has_no_empty_yes_or_no(convert: Convert, value: str, text: str) -> None:
    assert convert(f"{value}::BOOLEAN", null_is_false=True).text == text
