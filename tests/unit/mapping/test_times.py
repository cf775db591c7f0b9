"""Dates and times: which instant is meant, and what no destination could read."""

from __future__ import annotations

import pytest

from penstock.mapping.conversions import Target
from tests.unit.mapping.conftest import Convert

PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("DATE '2024-02-29'", '"2024-02-29"'),
        ("DATE '0001-01-01'", '"0001-01-01"'),
        ("DATE '9999-12-31'", '"9999-12-31"'),
        ("NULL::DATE", None),
    ],
)
def test_dates(convert: Convert, expression: str, text: str | None) -> None:
    sent = convert(expression)
    assert (sent.text, sent.is_refused) == (text, False)


@pytest.mark.parametrize("expression", ["DATE '0044-03-15 (BC)'", "DATE '10000-01-01'", "'infinity'::DATE"])
@pytest.mark.parametrize("target", [Target.DATE, Target.INSTANT])
def test_dates_outside_the_years_1_to_9999_are_refused(convert: Convert, expression: str, target: Target) -> None:
    sent = convert(expression, target=target)
    assert (sent.text, sent.is_refused) == (None, True)


@pytest.mark.parametrize("type_", ["TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"])
@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2024-01-15 12:00:00", "2024-01-15 11:00:00 +00:00"),
        ("2024-07-15 12:00:00", "2024-07-15 10:00:00 +00:00"),
        ("2024-03-31 01:59:59", "2024-03-31 00:59:59 +00:00"),
        ("2024-03-31 03:00:00", "2024-03-31 01:00:00 +00:00"),
        ("2024-10-27 03:00:00", "2024-10-27 02:00:00 +00:00"),
        ("1969-12-31 23:59:59", "1969-12-31 22:59:59 +00:00"),
    ],
)
def test_a_time_without_zone_is_one_of_the_project(convert: Convert, type_: str, local: str, utc: str) -> None:
    assert convert(f"'{local}'::{type_}", timezone=PARIS).text == f'"{utc}"'


@pytest.mark.parametrize("local", ["2024-10-27 02:30:00", "2024-03-31 02:30:00"])
def test_times_that_occur_twice_or_never_are_one_instant_near_by(convert: Convert, local: str) -> None:
    hour = convert(f"TIMESTAMP '{local}'", timezone=PARIS).value[11:16]
    assert hour in {"00:30", "01:30"}


def test_sub_seconds_are_cut_off_also_before_1970(convert: Convert) -> None:
    assert convert("TIMESTAMP '2024-01-01 00:00:00.999999'").text == '"2024-01-01 00:00:00 +00:00"'
    assert convert("TIMESTAMPTZ '1969-12-31 23:59:59.5+00'").text == '"1969-12-31 23:59:59 +00:00"'


def test_a_time_with_zone_is_that_instant_whatever_the_project_says(convert: Convert) -> None:
    assert convert("TIMESTAMPTZ '2024-07-15 12:00:00+02'", timezone=PARIS).text == '"2024-07-15 10:00:00 +00:00"'


def test_a_date_as_instant_is_midnight_in_the_projects_zone(convert: Convert) -> None:
    sent = convert("DATE '2024-07-15'", target=Target.INSTANT, timezone=PARIS)
    assert sent.text == '"2024-07-14 22:00:00 +00:00"'


@pytest.mark.parametrize(
    ("expression", "timezone"),
    [
        ("'infinity'::TIMESTAMP", "UTC"),
        ("'-infinity'::TIMESTAMPTZ", "UTC"),
        ("(TIMESTAMP '0044-03-15 (BC) 00:00:00')::TIMESTAMPTZ", "UTC"),
        ("[(TIMESTAMP '0044-03-15 (BC) 00:00:00')::TIMESTAMPTZ]", "UTC"),
        ("TIMESTAMPTZ '10000-01-01 00:00:00+00'", "UTC"),
        ("TIMESTAMP '290000-01-01 00:00:00'", PARIS),
        ("TIMESTAMP '9999-12-31 23:30:00'", "America/New_York"),
        ("TIMESTAMP '0001-01-01 00:05:00'", PARIS),
        ("DATE '0001-01-01'", PARIS),
        ("[TIMESTAMP '9999-12-31 23:30:00']", "America/New_York"),
        ("{'at': TIMESTAMP '0001-01-01 00:05:00'}", PARIS),
        ("[TIMESTAMPTZ 'infinity']", "UTC"),
    ],
)
def test_instants_outside_the_years_1_to_9999_are_refused(convert: Convert, expression: str, timezone: str) -> None:
    target = Target.INSTANT if expression.startswith("DATE") else None
    sent = convert(expression, target=target, timezone=timezone)
    assert (sent.text, sent.is_refused) == (None, True)


@pytest.mark.parametrize("type_", ["TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP_NS"])
def test_null_is_null_and_not_refused(convert: Convert, type_: str) -> None:
    sent = convert(f"NULL::{type_}", timezone=PARIS)
    assert (sent.text, sent.is_refused) == (None, False)


def test_a_time_of_day_is_text(convert: Convert) -> None:
    assert convert("TIME '12:34:56'").text == '"12:34:56"'
