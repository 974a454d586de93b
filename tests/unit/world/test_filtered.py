"""What the world states of itself is exact."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from unittest import mock

import numpy as np
import pytest

from drybulb.world import build, chain, filtered, reader, regimes, weather
from drybulb.world.filtered import Filtered
from drybulb.world.spec import WorldSpec
from drybulb.world.weather import CityWeather
from tests.unit.world.conftest import CITIES, CONFIG
from tests.unit.world.counted import Counted

LATENCY = CONFIG.latency.model_dump()
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def stated() -> tuple[CityWeather, list[Filtered]]:
    """Twenty days of Chicago's markets."""
    spec = WorldSpec(date(2024, 3, 1), 40, 20, 4, LATENCY)
    drawn = weather.simulate(CITIES["chicago"], spec)
    return drawn, list(filtered.filtered(drawn, spec))


@pytest.mark.parametrize(("key", "seed"), [("los_angeles", 1), ("philadelphia", 2)])
def test_it_is_what_counting_every_path_gives(key: str, seed: int) -> None:
    """On a small lattice, with a degree taken off three days in ten, it is to 1e-9 what the rows of the tables give
    when every past and future is counted: after each kind of publication, of a last event and of one before it.
    """
    often = 0.3
    with (
        mock.patch.object(chain, "_LOWEST", -2.0),
        mock.patch.object(chain, "_HIGHEST", 1.5),
        mock.patch.object(weather, "sky_of", return_value=regimes.sky_of(CITIES["los_angeles"])),
        mock.patch.object(weather, "LOWERED", often),
        mock.patch.object(reader, "LOWERED", often),
        mock.patch.object(filtered, "LOWERED", often),
    ):
        spec = WorldSpec(date(2024, 6, 28), 4, 2, seed, LATENCY)
        drawn = weather.simulate(CITIES[key], spec)
        counted = Counted(drawn, build.published(drawn, spec), often)
        events = list(filtered.filtered(drawn, spec))
    # From the local midnight that begins the event's day [h]: before and after the outlook of the day before, with one
    # run heard, with all and yesterday's final report, after the preliminary report, with a run about the day after, at
    # the end.
    for event, hours in ((events[0], (-10.0, -4.0, 8.1, 16.5, 21.2, 24.0)), (events[1], (-1.0, 12.1))):
        offset = timedelta(hours=CITIES[key].standard_offset_hours)
        midnight = datetime.combine(drawn.days[event.index], datetime.min.time(), UTC) - offset
        for hour in hours:
            at = midnight + timedelta(hours=hour)
            now = np.searchsorted(event.known_at, (at - EPOCH) // timedelta(microseconds=1), side="right") - 1
            np.testing.assert_allclose(
                event.below[now], counted.below(event.index, at, event.degrees), rtol=0.0, atol=1e-9, err_msg=str(hour)
            )


def test_events_are_stated_from_before_the_open_to_after_the_close(stated: tuple[CityWeather, list[Filtered]]) -> None:
    """Each of the last twenty days in order, from 15 UTC of the day before at the latest to local midnight at its end,
    at the consensus - 6 … + 7.
    """
    drawn, events = stated
    assert [event.index for event in events] == list(range(20, 40))
    for event in events:
        midnight = datetime.combine(drawn.days[event.index], datetime.min.time(), UTC)
        first, last = (EPOCH + timedelta(microseconds=int(event.known_at[n])) for n in (0, -1))
        assert midnight - timedelta(hours=9, minutes=10) < first <= midnight - timedelta(hours=9)
        assert midnight + timedelta(hours=30) <= last
        assert (np.diff(event.known_at) > 0).all()
        np.testing.assert_array_equal(event.degrees, drawn.consensus[event.index] + np.arange(-6, 8))


def test_chances_rise_with_the_degree_and_end_certain(stated: tuple[CityWeather, list[Filtered]]) -> None:
    """All lie in 0 … 1 and never fall with the degree; at the end all is settled but the degree that may come off."""
    drawn, events = stated
    for event in events:
        assert event.below.min() >= 0.0
        assert event.below.max() <= 1.0 + 1e-12
        assert np.diff(event.below, axis=1).min() >= -1e-12
        highest = drawn.means[event.index].max()
        settled = np.where(event.degrees > highest, 1.0, np.where(event.degrees == highest, weather.LOWERED, 0.0))
        np.testing.assert_allclose(event.below[-1], settled, atol=1e-9)


def test_news_cannot_be_foreseen(stated: tuple[CityWeather, list[Filtered]]) -> None:
    """The sum of a chance's changes, weighed by where it stood, is zero within four of its own standard deviations."""
    _, events = stated
    for low, high in ((0.0, 0.5), (0.5, 1.0)):
        total, variance = 0.0, 0.0
        for event in events:
            change, before = np.diff(event.below[:, 6]), event.below[:-1, 6]
            held = (before > low) & (before <= high)
            total += change[held].sum()
            variance += (change[held] ** 2).sum()
        assert abs(total) < 4.0 * np.sqrt(variance)
        assert variance > 0.5


def test_how_the_filter_began_is_forgotten() -> None:
    """An event whose filter begins eight days before its eve, knowing nothing, is stated as by one that began with the
    world, to 1e-9.
    """
    long = WorldSpec(date(2024, 3, 1), 24, 2, 4, LATENCY)
    drawn = weather.simulate(CITIES["chicago"], long)
    with mock.patch.object(filtered, "FORGETS", 100):
        whole = list(filtered.filtered(drawn, long))
    for one, other in zip(whole, filtered.filtered(drawn, long), strict=True):
        np.testing.assert_allclose(one.below, other.below, rtol=0.0, atol=1e-9)
