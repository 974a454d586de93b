"""Which slice is named: the one in which prices are wrong, not one that shares rows with it, and none where none is."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest

from drybulb.app.mispriced import Mispriced, find
from tests.unit.app.price_rows import Floats, Prices, price_rows

EVENTS = 120


def dear_bracket(city: str, chances: Floats) -> Floats:
    """Bracket 3 is 5 ¢ too dear."""
    moved: Floats = chances + 0.05 * (np.arange(6) == 2)
    return moved


def dear_city(city: str, chances: Floats) -> Floats:
    """Every bracket of Miami is 5 ¢ too dear."""
    return chances + 0.05 * (city == "miami")


def dear_longshots(city: str, chances: Floats) -> Floats:
    """What is worth less than 10 ¢, but something, is 5 ¢ too dear."""
    return chances + 0.05 * ((chances > 0.005) & (chances < 0.1))


def warm_city(city: str, chances: Floats) -> Floats:
    """Chicago is priced as if a tenth of each bracket's chance were in the one above it."""
    if city != "chicago":
        return chances
    moved = 0.1 * chances
    moved[:, -1] = 0.0
    return chances - moved + np.roll(moved, 1, axis=1)


def slow(city: str, chances: Floats) -> Floats:
    """Prices are those before the release."""
    return np.vstack([chances[:1], chances[:-1]])


@cache
def found(prices: Prices | None = None, seed: int = 1, events: int = EVENTS) -> Mispriced:
    """What is found in made prices."""
    return find(price_rows(seed, events) if prices is None else price_rows(seed, events, prices), seed=1)


@pytest.mark.parametrize(
    ("prices", "words"),
    [
        (dear_bracket, ("bracket 3 is ", "too dear", "in both cities")),
        (dear_city, ("every bracket of Miami is ", "too dear")),
        (dear_longshots, ("longshots ", "too dear", "in both cities")),
        (warm_city, ("the ladder of Chicago is ", "too warm")),
        (slow, ("0–5 min after a METAR are ", "they are slow", "in both cities")),
    ],
)
def test_what_is_wrong_is_named_and_not_what_shares_its_rows(prices: Prices, words: tuple[str, ...]) -> None:
    """With the truth for a belief the first slice named is the planted one, and payouts do not refute it."""
    made = found(prices)
    assert made.believed is not None
    said = made.sentence(made.believed)
    assert all(word in said for word in words), said
    assert not made.is_belief_refuted


def test_the_size_of_the_error_is_that_planted() -> None:
    """A bracket planted 5 ¢ too dear is found to be so, and when it is taken out nothing is left."""
    made = found(dear_bracket)
    assert made.believed is not None
    ((place, mean, low, high),) = made.believed.named
    assert made.slices[place].name == "bracket 3"
    assert (mean, low, high) == pytest.approx((-5.0, -5.0, -5.0))


def test_payouts_alone_find_it_with_enough_events() -> None:
    """Without a belief, 500 events name one of two brackets of which one was given up to 20 ¢ of the other's price."""

    def moved(city: str, chances: Floats) -> Floats:
        taken = np.minimum(0.2, chances[:, [3]])
        prices: Floats = chances + taken * (np.arange(6) == 2) - taken * (np.arange(6) == 3)
        return prices

    made = found(moved, events=500)
    said = made.sentence(made.paid)
    assert said.startswith(("bracket 3 is ", "bracket 4 is ")), said
    assert ("too dear" in said) == said.startswith("bracket 3")


def test_right_prices_leave_nothing_standing() -> None:
    """Over ten worlds with right prices payouts name something no more often than the level allows."""
    named = [bool(found(seed=seed, events=60).paid.named) for seed in range(10)]
    assert sum(named) <= 2
    believed = found().believed
    assert believed is not None
    assert found().sentence(believed) == "no slice stands"


def test_long_shots_that_never_came_in_are_not_thought_dear() -> None:
    """Forty events whose bracket of 3 ¢ never won are no evidence: three events in ten would show as much."""
    rows = price_rows(1, 80).with_columns(
        mid=pl.when(pl.col("place") == 1).then(3.0).otherwise("mid"),
        value=pl.when(pl.col("place") == 1).then(3.0).otherwise("value"),
        payout=pl.when(pl.col("place") == 1).then(0.0).otherwise("payout"),
        belief=pl.lit(None, dtype=pl.Float64),
        is_usable=pl.col("place") == 1,
    )
    made = find(rows, seed=1)
    assert made.paid.interval.high[made.slices.index(next(s for s in made.slices if s.name == "bracket 1"))] == -3.0
    assert made.paid.named == []


def test_a_belief_that_payouts_refute_is_said_to_be_wrong() -> None:
    """Who gives every bracket of Miami 10 ¢ too little is refuted by 500 events, and named where."""
    rows = price_rows(1, 500).with_columns(belief=pl.col("belief") - 10.0 * (pl.col("city") == "miami"))
    made = find(rows, seed=1)
    assert made.is_belief_refuted
    assert made.unpaid is not None
    said = made.sentence(made.unpaid)
    assert said.startswith("every bracket of Miami is ")
    assert said.endswith("too low")


def test_a_belief_is_borne_out_only_where_payouts_could_refute_it() -> None:
    """Of a thousand events payouts know a bracket to within 5 ¢ and bear out who says so; of eighty they do not."""
    assert found(dear_bracket, events=1000).is_belief_borne_out
    assert found(dear_bracket, events=80).believed is not None
    assert not found(dear_bracket, events=80).is_belief_borne_out
    assert not found(events=80).is_belief_borne_out


def test_an_error_that_is_the_same_every_day_is_sure() -> None:
    """Five cents too dear in every row leave no doubt, though nothing varies."""
    rows = price_rows(1, 80).with_columns(belief=pl.col("mid") - 5.0 * (pl.col("place") == 3))
    made = find(rows, seed=1)
    assert made.believed is not None
    assert made.sentence(made.believed).startswith("bracket 3 is 5.0 ¢ [5.0, 5.0] too dear")


def test_few_events_are_shown_and_not_tested() -> None:
    """Nine events have means and intervals, and no p-value."""
    made = found(dear_bracket, events=9)
    assert np.isnan(made.paid.adjusted).all()
    assert made.paid.counts[0].tolist()[2] == 9
    assert made.sentence(made.paid) == "no slice has the 10 events and 5 days that a test needs"
