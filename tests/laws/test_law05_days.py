"""Law 5: climate days tile time without gap or overlap through both clock changes, in every city."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from drybulb.app import config
from drybulb.domain import climateday

CITIES = list(config.load().cities().values())
INSTANTS = st.datetimes(datetime(2005, 1, 1), datetime(2035, 1, 1)).map(lambda t: t.replace(tzinfo=UTC))  # noqa: DTZ001


@given(st.sampled_from(CITIES), st.dates(date(2005, 1, 1), date(2035, 1, 1)))
def test_days_meet(city: object, day: date) -> None:
    """A climate day ends exactly where the next begins and is 24 hours long, in every city and season."""
    offset = city.standard_offset_hours  # type: ignore[attr-defined]
    today = climateday.ClimateDay(day, offset)
    assert today.end == today.next().start
    assert today.start == today.previous().end
    assert today.end - today.start == timedelta(hours=24)


@given(st.sampled_from(CITIES), INSTANTS)
def test_every_instant_has_one_day(city: object, instant: datetime) -> None:
    """Every instant lies in exactly the climate day that is named for it."""
    offset = city.standard_offset_hours  # type: ignore[attr-defined]
    day = climateday.ClimateDay.at(instant, offset)
    assert day.contains(instant)
    assert not day.previous().contains(instant)
    assert not day.next().contains(instant)


def test_no_clock_change_moves_a_day() -> None:
    """Through every clock change of 2020 to 2030 local standard midnight stays where winter has it, in every city."""
    for city in CITIES:
        zone = ZoneInfo(city.time_zone)
        for n in range(365 * 10):
            day = date(2020, 1, 1) + timedelta(days=n)
            start = climateday.ClimateDay(day, city.standard_offset_hours).start.astimezone(zone)
            saving = start.dst() or timedelta()
            assert start.replace(tzinfo=None) - saving == datetime(day.year, day.month, day.day), city.key  # noqa: DTZ001
