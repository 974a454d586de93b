"""Law 13, of the anchor's weights: none is fitted on what was not known, and none counts before it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from drybulb.app.anchor_evidence import USABLE, Pairing, Quoted
from drybulb.app.anchor_walk import Outcomes, Walk
from drybulb.domain.bracket import Bracket, Ladder
from drybulb.frames.schema import empty
from drybulb.strategy.anchor_fit import Fit, FitRules
from drybulb.strategy.anchor_weights import PHASES, POOLED, Weight, Weights
from tests.unit.forecast.made import MIAMI

FIRST = date(2024, 1, 1)
EVENTS = 40
UNTIL = datetime(2024, 2, 1, tzinfo=UTC)
LADDER = Ladder((Bracket(None, 79), Bracket(80, None)))
RULES = FitRules(min_events=10, city_events=100, prior_events=10, coverage=0.90, replicates=20, seed=1)


def _pairs() -> list[Pairing]:
    """One ladder a day at noon, priced even; the warm leg is believed 80 %."""
    days = [FIRST + timedelta(days=n) for n in range(EVENTS)]
    noon = [datetime(day.year, day.month, day.day, 17, tzinfo=UTC) for day in days]
    return [
        Pairing(Quoted("miami", day, at, 0, str(PHASES[3]), USABLE, LADDER, (0.5, 0.5)), (0.2, 0.8))
        for day, at in zip(days, noon, strict=True)
    ]


def _official(*, is_corrupted: bool) -> pl.DataFrame:
    """A warm day four times in five, known the next morning; of what is known later anything may be said."""
    rows = []
    for number in range(EVENTS):
        day = FIRST + timedelta(days=number)
        known = datetime(day.year, day.month, day.day, 14, tzinfo=UTC) + timedelta(days=1)
        base = {"station": MIAMI.station, "day": day, "is_final": True, "source": "made", "known_from": "latency"}
        is_wrong = is_corrupted and known > UNTIL
        rows.append({**base, "high": 70 if is_wrong or number % 5 == 0 else 85, "version": 1, "known_at": known})
        if is_corrupted:
            rows.append({**base, "high": 70, "version": 2, "known_at": max(known, UNTIL) + timedelta(seconds=1)})
    return pl.DataFrame(rows, schema=empty("official").schema)


def _fitted(*, is_corrupted: bool) -> dict[tuple[int, str, str], Fit]:
    outcomes = Outcomes(_official(is_corrupted=is_corrupted), empty("settlements"), {"miami": MIAMI})
    return Walk(_pairs(), outcomes, RULES).fit(UNTIL)


def test_outcomes_known_later_change_no_weight() -> None:
    """Highs and corrections known after the instant of a fit, whatever they say, change nothing of its weights."""
    found = _fitted(is_corrupted=False)
    # The thirty-first of January was known on the first of February at 14Z.
    assert [fit.events for fit in found.values()] == [30]
    assert found[0, str(PHASES[3]), POOLED].weight > 0.0
    assert _fitted(is_corrupted=True) == found


@given(st.lists(st.integers(-40, 40), min_size=1, max_size=6, unique=True), st.integers(-50, 50))
def test_no_weight_is_in_force_before_it_was_known(days: list[int], now: int) -> None:
    """Whatever refits there are, the weight in force is never one that was known later."""
    rows = [Weight(UNTIL + timedelta(days=day), PHASES[3], POOLED, 0.5 + day / 100, None, None, 0, 0.0) for day in days]
    at = UNTIL + timedelta(days=now)
    found = Weights(tuple(rows)).in_force(PHASES[3], "miami", at)
    assert found is None or found.known_at <= at
