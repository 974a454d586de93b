"""Law 25: what is chosen for a window of a walk is chosen from what was known before it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.adapters.registry import Registry
from drybulb.app import config, walked_models, walked_select, walked_windows
from drybulb.app.walked_choice import Chosen, Selection, Unproven
from drybulb.app.walked_windows import Step, Window
from drybulb.domain.distribution import Belief, TemperatureDistribution
from drybulb.engine.fills import Fills
from drybulb.forecast.training import NAME
from drybulb.research.lookahead import Tampering, tampered
from tests.made_lake import CITY, FIRST, fair_lake

DAYS = 6
SETTINGS = config.load().model_copy(update={"calendar": ()})
SELECTION = Selection(4, (0.0, 2.0), "hybrid", Fills.TAKER, Unproven.KEEP)
_HOMES: list[tempfile.TemporaryDirectory[str]] = []


class Level:
    """Believes the same of every day, so that there is much to trade."""

    def beliefs(self, requests: pl.DataFrame, source: str) -> list[Belief]:
        """A flat belief over the ladder for every request."""
        level = TemperatureDistribution.from_pmf(30, [0.1] * 10)
        return [Belief(city, day, at, level, source, "level") for city, day, at in requests.iter_rows()]


class Corrupted(Lake):
    """A lake of which every table is tampered with after an instant."""

    def __init__(self, lake: Lake, window: Window, how: Tampering) -> None:
        super().__init__(lake.path)
        self.lake = lake
        self.known = window.opens_at - timedelta(microseconds=1)
        self.how = how

    def read(
        self,
        table: str,
        keys: Iterable[str] | None = None,
        start: date | None = None,
        end: date | None = None,
        columns: list[str] | None = None,
    ) -> pl.DataFrame:
        """Rows of a table, tampered with."""
        rows = tampered(table, self.lake.read(table, keys, start, end), self.known, self.how)
        return rows if columns is None else rows.select(columns)


@cache
def _lake() -> Lake:
    """Six fair days of Chicago; each is paid at noon UTC of the next day, hours after the next window could open."""
    _HOMES.append(tempfile.TemporaryDirectory())
    return fair_lake(Path(_HOMES[-1].name), seed=25, days=DAYS, minutes=50)


def _windows() -> list[Window]:
    cities = config.load().cities().values()
    return walked_windows.windows(FIRST + timedelta(days=3), FIRST + timedelta(days=5), Step.parse("1d"), cities)


def _choice(lake: Lake, window: Window) -> Chosen:
    return walked_select.choose(lake, SETTINGS, window, CITY, SELECTION, Level())


def test_what_is_chosen_for_a_window_knows_nothing_of_it() -> None:
    """Rows known later deleted, changed or contradicted in every table at once: the choice and all it saw stay."""
    for window in _windows()[1:]:
        chosen = _choice(_lake(), window)
        assert chosen.days
        assert any(gain for gains in chosen.gains.values() for gain in gains.values())
        for how in Tampering:
            assert _choice(Corrupted(_lake(), window, how), window) == chosen


def test_a_choice_sees_the_days_whose_payout_was_known_before_its_window() -> None:
    """All of them, no day of the window, and none that was paid after it opened though it lies before."""
    paid = _lake().read("settlements", [CITY]).group_by("day").agg(pl.col("known_at").max()).sort("day")
    for window in _windows():
        first, last = window.selection(SELECTION.days)
        assert last < window.start <= window.end
        known = [day for day, at in paid.iter_rows() if first <= day <= last and at < window.opens_at]
        assert list(_choice(_lake(), window).days) == known
        assert max(known) == window.start - timedelta(days=3)


def test_the_models_of_a_window_know_nothing_of_it() -> None:
    """Whatever is trained and stored later, a window is served by the model that was the newest when it opened."""
    with tempfile.TemporaryDirectory() as folder:
        lake, (window, *_) = Lake(folder), _windows()
        old = window.opens_at - timedelta(days=9)
        Registry(lake.path).save(NAME, {"number": 0}, old, old)
        served = walked_models.served(lake, SETTINGS, window)
        for later in (timedelta(hours=1), timedelta(days=30)):
            Registry(lake.path).save(NAME, {"later": later.days}, window.opens_at + later, window.opens_at + later)
        assert not isinstance(served, str)
        assert walked_models.served(lake, SETTINGS, window) == served
        stored = walked_models.stored_before(lake, window.opens_at)
        assert stored == [f"{NAME}/{served.id}"]
