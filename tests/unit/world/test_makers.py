"""The makers of a world: what they take for fair, and quotes that never promise more than it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from drybulb.errors import ConfigError, DomainError
from drybulb.world.biases import SlowReaction, WrongCity
from drybulb.world.ladders import listed
from drybulb.world.makers import fair, pauses, quotes, thought
from drybulb.world.spec import MakerSpec
from tests.unit.world.stated import CITY, DAY, PLAIN, event, stated

UP = (1, 1, 1, 1, 1, 1)


def test_the_fair_price_is_the_stated_probability() -> None:
    """At open it is that of six coins to fall; when all fell up, the tail above 84 °F has it all."""
    prices = fair(stated(UP), event())
    assert prices.shape == (39 * 60 - 1, 6)
    # Of 64 ways: 74 °F in 1, 76 in 6, 78 in 15, 80 in 20, 82 in 15, 84 and 86 in 6 and 1.
    assert prices[0] * 64 == pytest.approx([1, 6, 15, 20, 15, 7])
    assert prices[-1] == pytest.approx([0, 0, 0, 0, 0, 1])
    assert prices.sum(axis=1) == pytest.approx(np.ones(len(prices)))


def test_a_release_is_in_the_price_at_the_end_of_its_minute() -> None:
    """What is published at half past a minute moves its end; what is published just as a minute ends, that very end."""
    changed = np.flatnonzero((np.diff(fair(stated((1, -1, 1, -1, 1, -1)), event()), axis=0) != 0).any(axis=1)) + 1
    # Coins fall 10.5, 200, 200.5, 1000.25, 1000.75 and 2000 minutes from the open; row n ends minute n + 1.
    assert changed.tolist() == [10, 199, 200, 1000, 1999]


@pytest.mark.parametrize("late", [MakerSpec(reaction_seconds=300), MakerSpec(biases=(SlowReaction(5),))])
def test_late_makers_quote_what_was_fair_before(late: MakerSpec) -> None:
    """Five minutes late, their price is the fair one of five minutes ago, and at open that of the open."""
    right, theirs = fair(stated(UP), event()), thought(stated(UP), event(), late)
    assert (theirs[5:] == right[:-5]).all()
    assert (theirs[:5] == right[0]).all()


@pytest.mark.parametrize(
    ("consensus", "degrees", "ways"),
    [
        # Highs are even: ≤75 has 74 °F, 76-77 has 76 °F, and so on; a degree too cold, ≤75 stands at P(high < 77).
        (80, 0.0, [1, 6, 15, 20, 15, 7]),
        (80, -1.0, [7, 15, 20, 15, 6, 1]),
        # Half a degree too cold, ≤75 stands between P(high < 76) and P(high < 77).
        (80, -0.5, [4, 10.5, 17.5, 17.5, 10.5, 4]),
        # ≤76 has 74 and 76 °F; a degree too warm, it stands at P(high < 76).
        (81, 0.0, [7, 15, 20, 15, 6, 1]),
        (81, 1.0, [1, 6, 15, 20, 15, 7]),
    ],
)
def test_makers_too_warm_shift_the_whole_ladder(consensus: int, degrees: float, ways: list[float]) -> None:
    """Makers x °F too warm take for P(high < k) what P(high < k - x) is, and between thresholds a mean of both."""
    kind = replace(PLAIN, biases=(WrongCity("somewhere", degrees=degrees),))
    assert thought(stated(UP), listed(CITY, DAY, consensus), kind)[0] * 64 == pytest.approx(ways)


def test_thresholds_that_are_not_stated_are_missed() -> None:
    """A ladder whose edges lie beyond the stated thresholds is refused with both."""
    short = stated(UP)
    cut = replace(short, degrees=short.degrees[2:], below=short.below[:, 2:])
    with pytest.raises(DomainError, match=r"edges 76 … 84 °F are beyond the stated thresholds 77 … 86"):
        fair(cut, event())


def test_an_open_of_which_nothing_is_known_is_refused() -> None:
    """Makers cannot open a market before the first publication."""
    known = stated(UP)
    with pytest.raises(DomainError, match="nothing is stated at its open"):
        fair(replace(known, known_at=known.known_at + 120_000_000), event())


def test_quotes_are_rounded_away_from_the_price() -> None:
    """Bid and ask are the half spread away and rounded on to whole cents; 0 and 100 are empty sides."""
    bid, ask = quotes(np.array([[0.004, 0.123, 0.355, 0.50, 0.985, 1.0]]), PLAIN)
    assert bid.tolist() == [[0, 10, 34, 48, 97, 98]]
    assert ask.tolist() == [[2, 14, 37, 52, 100, 100]]


@pytest.mark.parametrize("half_spread", [0.0, 0.5, 1.5])
def test_no_spread_promises_more_than_the_price(half_spread: float) -> None:
    """The bid is at most the price and the ask at least it and above the bid, at every price and half spread."""
    prices = np.linspace(0.0, 1.0, 10_001)[:, None]
    bid, ask = quotes(prices, replace(PLAIN, half_spread=half_spread))
    standing = bid > 0
    assert (bid[standing] <= prices[standing] * 100.0).all()
    assert (ask >= prices * 100.0)[ask < 100].all()
    assert (bid < ask).all()
    assert (bid.min(), ask.max()) == (0, 100)


def test_makers_step_back_while_the_price_moves() -> None:
    """A jump of 20 cents adds its share of a quarter to each side for five minutes, and nothing afterwards."""
    prices = np.full((20, 1), 0.40)
    prices[8:] = 0.60
    bid, ask = quotes(prices, replace(PLAIN, caution=0.25))
    assert (ask - bid)[:, 0].tolist() == [4] * 8 + [13 + 1] * 5 + [4] * 7


def test_pauses_come_as_often_and_last_as_long_as_asked() -> None:
    """Half a pause an hour, of 12 minutes and two in three with this side, leaves a side empty 6.5 % of the time."""
    spec = replace(PLAIN, pauses_per_hour=0.5, pause_minutes=12.0)
    no_bid, no_ask = pauses(200_000, 6, spec, np.random.default_rng(3))
    # 0.5 / 60 × 2 / 3 × 12 = 6.7 % with overlaps counted twice: 1 - exp(-0.0667) = 6.45 %.
    assert no_bid.mean() == pytest.approx(0.0645, abs=0.004)
    assert no_ask.mean() == pytest.approx(0.0645, abs=0.004)
    # A third of all pauses empty both sides, and independent ones meet: 3.3 % + 3.3 % × 3.3 %.
    assert (no_bid & no_ask).mean() == pytest.approx(0.0344, abs=0.004)


def test_without_pauses_sides_are_never_empty() -> None:
    """A chance of zero is none."""
    no_bid, no_ask = pauses(3000, 6, PLAIN, np.random.default_rng(3))
    assert not no_bid.any()
    assert not no_ask.any()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"half_spread": -0.5}, "half_spread of a world's makers is -0.5; give 0 or more"),
        ({"reaction_seconds": -1}, "reaction_seconds"),
        ({"pauses_per_hour": -0.1}, "pauses_per_hour"),
        ({"prints_per_hour": -2.0}, "prints_per_hour"),
        ({"caution": -1.0}, "caution"),
        ({"depth": 0}, "depth of a world's makers is 0; give 1 or more"),
        ({"pause_minutes": 0.5}, "pause_minutes"),
        ({"book_minutes": 0}, "book_minutes"),
    ],
)
def test_impossible_makers_are_refused(values: dict[str, Any], said: str) -> None:
    """Less than nothing of anything, or no depth at all, is an error that names the value and what to give."""
    with pytest.raises(ConfigError, match=said):
        MakerSpec(**values)
