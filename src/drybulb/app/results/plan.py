"""What the page of results is about: the windows, who is scored in them, and which policies are replayed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from drybulb.adapters.lake import Lake
from drybulb.app.config import Config
from drybulb.strategy.decision_clock import DecisionClock

#: Forecasters laid beside the market and S, in the order of the tables.
OURS = ("hybrid", "global", "city", "S", "emos")
#: Who else is scored: what each of ours must be better than.
BASELINES = ("climatology", "persistence", "guidance_error")
#: Pairs are differences of a name with all that are not here and with those before it here.
COMPARED = ("S", "emos", "global", "city", "hybrid")
#: Policies that trade a forecaster's beliefs; each is replayed in both protocols.
TRADED = ("hybrid", "global", "city", "S", "emos", "climatology")
#: Policies without a belief: nothing at all, and the probe of crossed minutes.
BLIND = ("never", "crossed")
#: The protocol of the system whose plan drybulb began from: one decision on each of an event's two days.
TWO_DECISIONS = (DecisionClock(1, time(10)), DecisionClock(0, time(10)))

#: Between what the models may know and the first event day [d]: an embargo of two days, and the day before the event.
_APART = timedelta(days=3)
_POLLED = "poll"


@dataclass(frozen=True, slots=True)
class Window:
    """Event days that are scored with models that know nothing of them.

    Attributes:
        start: first event day.
        end: last event day, inclusive.
        cities: keys of the cities scored.
    """

    start: date
    end: date
    cities: tuple[str, ...]

    @property
    def until(self) -> datetime:
        """Nothing known later trained a model: noon UTC three days before the first event day."""
        return datetime.combine(self.start - _APART, time(12), UTC)


def archive_window(config: Config) -> Window:
    """Return the months in which the archive has prints of four cities, all configured cities asked."""
    return Window(date(2024, 11, 20), date(2025, 2, 28), tuple(config.city))


def polled_window(lake: Lake, config: Config) -> Window | None:
    """Return the days of the events that were quoted by polls; None where a lake has no polls.

    Args:
        lake: the tables.
        config: the cities.
    """
    days: list[date] = []
    cities = []
    for key in config.city:
        quotes = lake.read("quotes", [key], columns=["ticker", "day", "source"])
        polled = [day for day, source in quotes.select("day", "source").iter_rows() if source == _POLLED]
        if polled:
            cities.append(key)
            days += (min(polled), max(polled))
    return Window(min(days), max(days), tuple(cities)) if days else None
