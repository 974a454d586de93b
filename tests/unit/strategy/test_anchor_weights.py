"""Which weight is in force, and how it is fitted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from drybulb.errors import DomainError
from drybulb.strategy.anchor import pool
from drybulb.strategy.anchor_fit import GRID, Evidence, Fit, FitRules, Floats, expected_curve, fit, gain_curves
from drybulb.strategy.anchor_weights import MAX_AGE, PHASES, POOLED, Phase, Weight, Weights, monthly, phase_at

NOON = PHASES[3]
FIRST = datetime(2025, 1, 1, tzinfo=UTC)
RULES = FitRules(min_events=60, city_events=100, prior_events=50, coverage=0.90, replicates=100, seed=1)


def weight(known_at: datetime, value: float, city: str = POOLED, phase: Phase = NOON) -> Weight:
    """A weight of a phase."""
    return Weight(known_at, phase, city, value, value, value, 100, 0.01)


def test_phases_fill_both_days() -> None:
    """Every hour of both days is in one phase: 09 and 10 of the event day are in the third and the fourth."""
    assert all(phase_at(lead, hour).lead == lead for lead in (0, 1) for hour in range(24))
    assert [str(phase_at(*when)) for when in ((1, 15), (1, 16), (0, 9), (0, 10))] == [
        "D-1 00-16",
        "D-1 16-24",
        "D 00-10",
        "D 10-14",
    ]


def test_a_weight_is_in_force_from_when_it_was_known_until_the_next() -> None:
    """A second before it was known nobody's weight is in force; the newest known is, for two months."""
    second = FIRST + timedelta(days=31)
    weights = Weights((weight(second, 0.2), weight(FIRST, 0.1)))
    moments = [FIRST - timedelta(seconds=1), FIRST, second - timedelta(seconds=1), second, second + MAX_AGE]
    found = [weights.in_force(NOON, "miami", at) for at in moments]
    assert [row and row.weight for row in found] == [None, 0.1, 0.1, 0.2, 0.2]
    assert weights.in_force(NOON, "miami", second + MAX_AGE + timedelta(seconds=1)) is None
    assert weights.in_force(PHASES[0], "miami", second) is None


def test_a_citys_own_weight_comes_first() -> None:
    """Miami has its own weight, every other city that of all."""
    weights = Weights((weight(FIRST, 0.1), weight(FIRST, 0.3, "miami")))
    found = [weights.in_force(NOON, city, FIRST) for city in ("miami", "denver")]
    assert [row and row.weight for row in found] == [0.3, 0.1]


def test_refits_are_the_firsts_of_months() -> None:
    """From 15 November to 1 January: 1 December and 1 January."""
    found = monthly(datetime(2024, 11, 15, tzinfo=UTC), FIRST)
    assert found == [datetime(2024, 12, 1, tzinfo=UTC), FIRST]


def test_the_gain_is_that_of_the_pool() -> None:
    """At every weight the gain is the log of the pool less the log of the market, at 0 nothing."""
    belief, market = (0.7, 0.2, 0.1), (0.4, 0.4, 0.2)
    curve = gain_curves(belief, market)[0]
    wanted = [np.log(pool(belief, market, w)[0] / market[0]) for w in GRID]
    assert curve == pytest.approx(wanted, abs=1e-12)
    assert curve[0] == 0.0
    assert curve[-1] == pytest.approx(np.log(0.7 / 0.4))


def test_the_market_expects_no_gain_of_any_pool() -> None:
    """By its own probabilities the pool of half loses 0.112 nats: half of ln 0.64, halved, less ln(√0.4 + √0.1)."""
    gains = gain_curves((0.8, 0.2), (0.5, 0.5))
    expected = expected_curve(gains, (0.5, 0.5))
    assert expected[50] == pytest.approx(0.25 * np.log(0.64) - np.log(np.sqrt(0.4) + np.sqrt(0.1)))
    assert expected[0] == 0.0
    assert max(expected[1:]) < 0.0


def test_a_leg_of_no_price_is_refused() -> None:
    """A market that gives a leg nothing cannot be pooled, and is named."""
    with pytest.raises(DomainError, match="gives leg 1 a probability of 0"):
        gain_curves((0.5, 0.5), (1.0, 0.0))


def _settled(belief: Floats, market: Floats, won: NDArray[Any]) -> list[Evidence]:
    """An event a day of one belief and one market."""
    gains = gain_curves(tuple(belief), tuple(market))
    return [Evidence(day, tuple(market), int(leg), gains) for day, leg in enumerate(won)]


def _fit(chance: float, belief: float, events: int) -> tuple[float, float | None, float]:
    """Fit on two-legged events priced even: the first leg wins with ``chance``, and is believed ``belief``."""
    won = np.random.default_rng(7).random(events) >= chance
    found = fit(_settled(np.array([belief, 1 - belief]), np.array([0.5, 0.5]), won), RULES)
    return found.weight, found.fitted, found.gain


def test_a_belief_that_knows_more_is_weighed() -> None:
    """A belief of 80 % that is right beside an even market has nearly all the weight, and its lower bound a part."""
    weighed, fitted, gain = _fit(0.8, 0.8, 300)
    assert fitted is not None
    assert 0.5 < weighed < fitted
    assert gain > 0.1


def test_a_belief_that_knows_nothing_is_not() -> None:
    """A belief of 80 % in what is even has the weight 0, and the pool gains nothing."""
    assert _fit(0.5, 0.8, 300)[0::2] == (0.0, 0.0)


def test_too_few_events_are_a_pass() -> None:
    """Fifty-nine events give no weight, however right the belief was; sixty do."""
    assert _fit(0.8, 0.8, 59) == (0.0, None, 0.0)
    assert _fit(0.8, 0.8, 60)[0] > 0.0


#: A ladder, the belief that leaves its last leg out, and one that knows where the market errs.
MARKET = np.array([0.60, 0.38, 0.02])
CUT, KNOWN = np.array([0.61, 0.39, 0.0]), np.array([0.72, 0.26, 0.02])


def _histories(
    belief: Floats, truth: Floats, events: int, prior_events: int, histories: int = 200
) -> tuple[list[Fit], float]:
    """Fits of a belief about MARKET, whose legs win as the truth has it, and the mean true gain of their pools."""
    rng = np.random.default_rng(20251122)
    gains = gain_curves(tuple(belief), tuple(MARKET))
    rules = replace(RULES, prior_events=prior_events)
    drawn = rng.choice(truth.size, p=truth, size=(histories, events))
    fits = [fit(_settled(belief, MARKET, won), rules) for won in drawn]
    places = [round(100 * found.weight) for found in fits]
    return fits, float(expected_curve(gains, tuple(truth))[places].mean())


def _weighed(fits: list[Fit]) -> float:
    return float(np.mean([found.weight > 0.0 for found in fits]))


def test_a_belief_that_cuts_the_tail_off_has_no_weight() -> None:
    """A leg at 2 c wins in none of sixty events three times in ten; who says 0 is weighed then, not beside fifty."""
    alone, lost = _histories(CUT, MARKET, 60, 0)
    beside, spared = _histories(CUT, MARKET, 60, 50)
    assert _weighed(alone) > 0.2
    assert lost < -0.005
    assert _weighed(beside) <= 0.05
    assert spared > -0.0005


def test_a_belief_that_knows_where_the_market_errs_is_kept() -> None:
    """With two hundred events, fifty more by the market notwithstanding, it is weighed in most histories, and gains."""
    fits, gain = _histories(KNOWN, KNOWN, 200, 50, histories=50)
    assert _weighed(fits) > 0.9
    assert gain > 0.01


def test_the_order_of_events_changes_no_weight() -> None:
    """The same events from the last to the first are fitted to the last bit the same."""
    events = _settled(KNOWN, MARKET, np.random.default_rng(3).choice(3, p=KNOWN, size=200))
    assert fit(events, RULES) == fit(events[::-1], RULES)
