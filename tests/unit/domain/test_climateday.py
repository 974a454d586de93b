"""The climate day: local standard midnight to midnight, whatever the clock on the wall says."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from drybulb.domain.climateday import ClimateDay
from drybulb.errors import DomainError, OutsideEvent


def test_summer_day_runs_from_one_to_one_by_the_clock() -> None:
    """Chicago's 4 July runs 06Z to 06Z, which is 01:00 to 01:00 on a summer clock."""
    day = ClimateDay(date(2024, 7, 4), -6)
    assert day.start == datetime(2024, 7, 4, 6, tzinfo=UTC)
    assert day.end == datetime(2024, 7, 5, 6, tzinfo=UTC)


def test_half_past_midnight_in_summer_belongs_to_the_day_before() -> None:
    """00:30 daylight time on 4 July in Chicago (05:30Z) is still 3 July."""
    assert ClimateDay.at(datetime(2024, 7, 4, 5, 30, tzinfo=UTC), -6).date == date(2024, 7, 3)


@pytest.mark.parametrize(
    ("instant", "lead"),
    [
        (datetime(2024, 7, 3, 6, tzinfo=UTC), 1),
        (datetime(2024, 7, 4, 5, 59, 59, tzinfo=UTC), 1),
        (datetime(2024, 7, 4, 6, tzinfo=UTC), 0),
        (datetime(2024, 7, 5, 5, 59, tzinfo=UTC), 0),
    ],
)
def test_lead_changes_at_local_standard_midnight(instant: datetime, lead: int) -> None:
    """Lead 1 is the climate day before the event, lead 0 its own day."""
    assert ClimateDay(date(2024, 7, 4), -6).lead_at(instant) == lead


@pytest.mark.parametrize("instant", [datetime(2024, 7, 3, 5, 59, tzinfo=UTC), datetime(2024, 7, 5, 6, tzinfo=UTC)])
def test_outside_both_days_is_an_error_that_names_the_day(instant: datetime) -> None:
    """An instant outside D-1 and D cannot be asked about."""
    with pytest.raises(OutsideEvent, match="2024-07-04"):
        ClimateDay(date(2024, 7, 4), -6).lead_at(instant)


def test_naive_instant_is_refused() -> None:
    """An instant without a zone is an error that shows how to write one."""
    with pytest.raises(DomainError, match="no time zone"):
        ClimateDay.at(datetime(2024, 7, 4, 6), -6)  # noqa: DTZ001


def test_hours_are_negative_on_the_day_before() -> None:
    """Hours count from the day's own midnight."""
    assert ClimateDay(date(2024, 7, 4), -6).hours_at(datetime(2024, 7, 3, 20, tzinfo=UTC)) == -10.0
