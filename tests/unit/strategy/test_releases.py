"""The information calendar: when a window is open, when the last one ended, and when the next one starts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from drybulb.errors import DomainError
from drybulb.strategy.releases import Release, Releases, Window
from tests.trading import at

METAR = Release("metar", is_standard=False, hours=(), minute=53, before=3, after=11)
GUIDANCE = Release("guidance", is_standard=False, hours=(17, 23), minute=0, before=5, after=5)
EVENING = Release("preliminary", is_standard=True, hours=(16,), minute=20, before=5, after=80, cities=("denver",))
CALENDAR = Releases([METAR, GUIDANCE, EVENING], {"chicago": -6, "denver": -7})


@pytest.mark.parametrize(
    ("clock", "starts", "ends"),
    [
        ("15:49:59", None, None),
        ("15:50", "15:50", "16:04"),
        ("16:03:59", "15:50", "16:04"),
        ("16:04", None, None),
    ],
)
def test_a_window_is_open_from_its_start_to_before_its_end(clock: str, starts: str | None, ends: str | None) -> None:
    """Three minutes ahead of :53 the window of every hour opens, and eleven past it, it is over."""
    window = None if starts is None or ends is None else Window("metar", at(starts), at(ends))
    assert CALENDAR.window("chicago", at(clock)) == window


def test_of_several_the_one_that_ends_last() -> None:
    """At 17:02 the hourly window ends at 17:04, that of guidance at 17:05."""
    assert CALENDAR.window("chicago", at("17:02")) == Window("guidance", at("16:55"), at("17:05"))


def test_standard_time_is_the_citys() -> None:
    """16:20 in Denver's standard time is 23:20 UTC; Chicago is not told of it."""
    assert CALENDAR.window("denver", at("23:20")) == Window(
        "preliminary", at("23:15"), at("23:15") + timedelta(minutes=85)
    )
    assert CALENDAR.window("chicago", at("23:20")) is None


@pytest.mark.parametrize(
    ("clock", "ended", "starts"),
    [
        ("16:30", "16:04", "16:50"),
        ("16:04", "16:04", "16:50"),
        ("16:50", "16:04", "16:55"),
        ("17:04:30", "17:04", "17:50"),
        ("17:05", "17:05", "17:50"),
    ],
)
def test_the_last_end_and_the_next_start(clock: str, ended: str, starts: str) -> None:
    """An end counts from its own instant on, a start only before it, though another window be open."""
    assert CALENDAR.last_end("chicago", at(clock)) == at(ended)
    assert CALENDAR.next_start("chicago", at(clock)) == at(starts)
    assert CALENDAR.orders_end("chicago", at(clock)) == at(starts) - timedelta(seconds=1)


def test_windows_go_through_midnight() -> None:
    """At 00:01 the window that opened at 23:50 the day before is open; at 00:10 it ended six minutes ago."""
    yesterday = at("23:50") - timedelta(days=1)
    assert CALENDAR.window("chicago", at("00:01")) == Window("metar", yesterday, at("00:04"))
    assert CALENDAR.last_end("chicago", at("00:10")) == at("00:04")
    assert CALENDAR.next_start("chicago", at("23:58")) == at("00:50") + timedelta(days=1)


def test_how_long_it_has_been_over_is_an_age() -> None:
    """What was made at an end is as old as that end, to the last digit, at any instant after it."""
    for seconds in (0, 1, 37, 59.123456, 1799.999999):
        now = at("16:04") + timedelta(seconds=seconds)
        assert CALENDAR.since_end("chicago", now) == (now - at("16:04")).total_seconds() / 60.0


def test_ends_at_which_nothing_goes_on() -> None:
    """From 16:04 to before 18:04 a belief is wanted at 16:04 and 17:05: at 17:04 guidance is not read yet."""
    assert list(CALENDAR.ends("chicago", at("16:04"), at("18:04"))) == [at("16:04"), at("17:05")]
    assert list(CALENDAR.ends("chicago", at("16:04:01"), at("17:05"))) == []


def test_without_releases_nothing_is_near() -> None:
    """An empty calendar has no windows, no ends and no starts."""
    empty = Releases()
    now = at("16:53")
    assert (empty.window("miami", now), empty.last_end("miami", now), empty.next_start("miami", now)) == (None,) * 3
    assert list(empty.ends("miami", now, now + timedelta(days=2))) == []


def test_releases_that_are_none_are_refused() -> None:
    """Minute 60, hour 24, a window of nothing, and standard time of a city that has none are refused, by name."""
    for hours, minute, before, after in (((), 60, 1, 1), ((24,), 0, 1, 1), ((), 0, 0, 0), ((), 0, 1, -1)):
        with pytest.raises(DomainError, match="release x"):
            Release("x", is_standard=True, hours=hours, minute=minute, before=before, after=after)
    with pytest.raises(DomainError, match="miami"):
        Releases([Release("x", is_standard=True, hours=(), minute=0, before=1, after=1)]).window("miami", at("00:00"))
