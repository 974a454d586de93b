"""Shares: chosen by what events gained, not rows; smaller where in doubt; no jump when a part of the day ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from drybulb.forecast import shares
from drybulb.forecast.model import Floats
from drybulb.forecast.shares import EDGES, GRADES, Shares
from tests.unit.forecast.made import rows

#: An hour in the middle of each part of the day.
MIDDLES = (-18.0, -6.0, 3.0, 8.0, 12.0, 16.0, 21.0)


def _rows(*given: tuple[str, int, float]) -> pl.DataFrame:
    """Rows of a station, a day of the year and an hour."""
    first = date(2024, 1, 1)
    return rows(*({"station": s, "day": first + timedelta(days=day), "hours": hours} for s, day, hours in given))


def _scores(*best: float) -> Floats:
    """Log scores that are 0 at one grade a row and rise by 1 a unit of share away from it."""
    found: Floats = np.abs(np.array(GRADES)[None, :] - np.array(best)[:, None])
    return found


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A station has shares of its own from three events."""
    monkeypatch.setattr(shares, "MIN_EVENTS", 3)


def test_the_share_of_the_best_score_is_taken_in_each_part() -> None:
    """Each part of the day has the share that scored best in it; the middle of a part has it whole."""
    best = (0.0, 0.25, 0.5, 0.75, 1.0, 0.5, 0.25)
    asked = _rows(*(("KMIA", 0, hours) for hours in MIDDLES))
    found = Shares.fit(asked, _scores(*best))
    assert found.values["*"] == best
    assert found.at(asked) == pytest.approx(best)


def test_an_hour_belongs_to_the_part_it_begins() -> None:
    """At 6 h sharp a row is of the part from 6 to 10 h, a moment before of the one before it."""
    found = Shares.fit(_rows(("KMIA", 0, 5.99), ("KMIA", 1, 6.0)), _scores(1.0, 0.5))
    assert found.values["*"][2:4] == (1.0, 0.5)


def test_each_event_counts_once() -> None:
    """Nine rows of one event that want all do not outvote two events of the same day, of one row each, that want 0."""
    asked = _rows(*[("KMIA", 0, 12.0)] * 9, ("KPHL", 0, 12.0), ("KAUS", 0, 12.0))
    assert Shares.fit(asked, _scores(*[1.0] * 9, 0.0, 0.0)).values["*"] == (0.0,) * 7


def test_of_shares_that_score_the_same_the_smaller_is_taken() -> None:
    """Of a quarter and a half, equally good, the quarter; where nothing makes a difference, nothing is taken."""
    tie = np.array([[3.0, 1.0, 1.0, 2.0, 3.0]])
    assert Shares.fit(_rows(("KMIA", 0, 12.0)), tie).values["*"] == (0.25,) * 7
    assert Shares.fit(_rows(("KMIA", 0, 12.0)), np.ones((1, 5))).values["*"] == (0.0,) * 7


def test_a_part_without_rows_takes_the_nearest() -> None:
    """Known from −24 to −12 h and from 10 to 14 h: each part between takes the nearer of them, in doubt the earlier."""
    asked = _rows(("KMIA", 0, -20.0), ("KMIA", 0, 11.0))
    assert Shares.fit(asked, _scores(1.0, 0.25)).values["*"] == (1.0, 1.0, 1.0, 0.25, 0.25, 0.25, 0.25)


@pytest.mark.usefixtures("few")
def test_a_station_of_few_events_takes_the_share_of_all() -> None:
    """Three events of KMIA want a quarter, two of KPHL all: KPHL takes the quarter that is best for all five, as does a
    stranger.
    """
    asked = _rows(*(("KMIA", day, 12.0) for day in range(3)), ("KPHL", 0, 12.0), ("KPHL", 0, 12.5), ("KPHL", 1, 12.0))
    found = Shares.fit(asked, _scores(0.25, 0.25, 0.25, 1.0, 1.0, 1.0))
    # A quarter costs 2 · 0.75 of 5, all of it 3 · 0.75 of 5.
    assert found.of("KPHL") == found.of("KXYZ") == (0.25,) * 7


@pytest.mark.usefixtures("few")
def test_a_station_of_enough_events_has_its_own_where_it_has_them() -> None:
    """Three events of KMIA want all at 12 h, four of KPHL nothing; at 16 h KMIA has one event and the share of all."""
    asked = _rows(
        *(("KMIA", day, 12.0) for day in range(3)),
        ("KMIA", 0, 16.0),
        *(("KPHL", day, hours) for day in range(4) for hours in (12.0, 16.0)),
    )
    found = Shares.fit(asked, _scores(*[1.0] * 4, *[0.0] * 8))
    assert found.of("KMIA")[4:6] == (1.0, 0.0)
    assert found.of("KPHL") == found.of("*") == (0.0,) * 7


def test_no_share_jumps() -> None:
    """Between the middles of two parts the share goes in a straight line; beyond the first and the last it is even."""
    found = Shares({"*": (1.0, 0.5, 0.0, 0.0, 1.0, 0.5, 0.25)})
    asked = [
        (-23.9, 1.0),
        (-18.0, 1.0),
        (-12.0, 0.75),
        (-6.0, 0.5),
        (10.0, 0.5),
        (9.0, 0.25),
        (18.5, 0.375),
        (23.9, 0.25),
    ]
    at = found.at(_rows(*(("KMIA", 0, hours) for hours, _ in asked)))
    assert at == pytest.approx([share for _, share in asked])
    step = 0.01
    fine = np.arange(EDGES[0], EDGES[-1], step)
    steep = np.abs(np.diff(found.at(_rows(*(("KMIA", 0, float(hours)) for hours in fine)))))
    # The steepest way is from 0 at 8 h to 1 at 12 h.
    assert steep.max() == pytest.approx(step / 4.0, abs=1e-9)


def test_each_row_has_the_share_of_its_station() -> None:
    """In a batch of several stations each row has its own station's share, a stranger that of all."""
    found = Shares({"*": (0.5,) * 7, "KMIA": (1.0,) * 7, "KPHL": (0.0,) * 7})
    asked = _rows(("KPHL", 0, 1.0), ("KXYZ", 0, 2.0), ("KMIA", 0, 3.0), ("KPHL", 0, 4.0))
    assert found.at(asked).tolist() == [0.0, 0.5, 1.0, 0.0]


def test_shares_survive_being_written() -> None:
    """Shares come back from JSON, and whole ones take everything everywhere."""
    written: Mapping[str, Sequence[Any]] = {"*": [0, 0.25, 0.5, 0.75, 1, 1, 1], "KMIA": [1] * 7}
    found = Shares.from_json(written)
    assert found.to_json() == {name: list(map(float, values)) for name, values in written.items()}
    assert Shares.from_json(found.to_json()) == found
    assert Shares.whole().of("KXYZ") == (1.0,) * 7
