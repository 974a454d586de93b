"""Law 4: a ladder tiles the integers, its probabilities sum to 1, and exactly one bracket wins."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from drybulb.domain import bracket as brackets
from drybulb.domain.distribution import TemperatureDistribution
from drybulb.errors import LadderError

CUTS = st.lists(st.integers(-40, 125), min_size=1, max_size=9, unique=True).map(sorted)
WEIGHTS = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=60).filter(lambda w: sum(w) > 1e-3)


def _listed(cuts: list[int]) -> list[tuple[str, float | None, float | None]]:
    """What the exchange would list for a ladder that starts a new bracket at every cut."""
    between = [("between", float(a), float(b - 1)) for a, b in pairwise(cuts)]
    return [("less", None, float(cuts[0])), *between, ("greater", float(cuts[-1] - 1), None)]


@given(CUTS, st.randoms(use_true_random=False), st.integers(-60, 140))
def test_one_bracket_wins(cuts: list[int], random: object, high: int) -> None:
    """Whatever the high, exactly one bracket of a listed ladder contains it."""
    legs = [brackets.Bracket.from_strikes(*leg) for leg in _listed(cuts)]
    ladder = brackets.Ladder.of(legs[::-1])
    assert sum(b.contains(high) for b in ladder.brackets) == 1
    assert ladder.brackets[ladder.winner(high)].contains(high)


@given(CUTS, st.data())
def test_a_ladder_short_of_a_leg_is_refused(cuts: list[int], data: st.DataObject) -> None:
    """A ladder with any one leg missing is never accepted."""
    legs = [brackets.Bracket.from_strikes(*leg) for leg in _listed(cuts)]
    missing = data.draw(st.integers(0, len(legs) - 1))
    try:
        brackets.Ladder.of(leg for i, leg in enumerate(legs) if i != missing)
    except LadderError:
        return
    raise AssertionError(f"a ladder without {legs[missing]} was accepted")


@given(CUTS, st.integers(-50, 100), WEIGHTS)
def test_bracket_probabilities_sum_to_one(cuts: list[int], low: int, weights: list[float]) -> None:
    """Bracket probabilities of any distribution over any ladder add up to one million millionths."""
    total = sum(weights)
    distribution = TemperatureDistribution.from_pmf(low, [w / total for w in weights])
    ladder = brackets.Ladder.of(brackets.Bracket.from_strikes(*leg) for leg in _listed(cuts))
    assert sum(round(p * 1_000_000) for p in ladder.probabilities(distribution)) == 1_000_000


@given(st.sampled_from(["less", "between", "greater"]), st.integers(-40, 120), st.integers(-60, 140))
def test_strikes_mean_what_the_exchange_says(strike_type: str, strike: int, high: int) -> None:
    """YES of a market wins exactly where its strike type says: below the cap, within, or above the floor."""
    floor = None if strike_type == "less" else strike
    cap = {"less": strike, "between": strike + 1, "greater": None}[strike_type]
    wins = {"less": high < strike, "between": strike <= high <= strike + 1, "greater": high > strike}[strike_type]
    assert brackets.Bracket.from_strikes(strike_type, floor, cap).contains(high) == wins
