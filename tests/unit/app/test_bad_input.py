"""What no order may come of: each bad input is an error, or a refusal that is counted, with the value in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from math import inf, nan
from pathlib import Path

import pytest

from drybulb.app import config
from drybulb.domain.distribution import TemperatureDistribution
from drybulb.domain.fees import FeeRule, FeeSchedule
from drybulb.domain.ledger import Account
from drybulb.engine.ports import LadderQuote
from drybulb.engine.session import step
from drybulb.engine.state import State
from drybulb.errors import ConfigError, DomainError, DrybulbError, FeeError, LedgerError
from drybulb.strategy.decision import Reason
from drybulb.strategy.flat import Flat
from drybulb.strategy.making import Maker
from drybulb.strategy.policy import Policy
from drybulb.strategy.taking import BeliefPolicy
from tests.trading import CHARGES, believed, ladder, listing, quote, rules, state

LISTED = listing()
NAME = LISTED.event.ticker
GOOD = ladder(LISTED, "16:00", quote(46, 50), quote(29, 31), quote(9, 25))
POLICIES: dict[str, Callable[[], Policy]] = {
    "taker": lambda: BeliefPolicy("made", rules()),
    "maker": lambda: Maker("made", rules()),
    "flat": lambda: Flat("flat", rules()),
}


@pytest.fixture(params=list(POLICIES.values()), ids=list(POLICIES))
def made(request: pytest.FixtureRequest) -> State:
    """A state that believes 60, 30 and 10 % and has ordered nothing."""
    begun = state([LISTED], request.param())
    step(begun, believed(LISTED, "15:59", 0.6, 0.3, 0.1))
    return begun


def refused(made: State, shown: LadderQuote) -> dict[Reason, tuple[str, float | None, float | None]]:
    """The first refusal of each reason after a ladder on which nothing is ordered."""
    assert step(made, shown) == []
    counted = made.open_events[NAME].refusals
    return {reason: (one.first.ticker, one.first.seen, one.first.bound) for reason, one in counted.items()}


def test_the_good_input_is_traded(made: State) -> None:
    """Without anything bad the same belief and ladder are ordered on, so that the refusals below show something."""
    assert step(made, GOOD)


@pytest.mark.parametrize(
    ("probabilities", "reason", "seen", "bound"),
    [
        ((nan, 0.3, 0.1), Reason.BAD_PROBABILITIES, None, 1.0),
        ((inf, 0.3, 0.1), Reason.BAD_PROBABILITIES, None, 1.0),
        ((1.2, -0.3, 0.1), Reason.BAD_PROBABILITIES, 1.2, 1.0),
        ((0.6, 0.3, 0.0), Reason.BAD_PROBABILITIES, 0.9, 1.0),
        ((0.6, 0.4), Reason.MISSING_LEG, 2, 3),
    ],
)
def test_probabilities_that_are_none(
    made: State, probabilities: tuple[float, ...], reason: Reason, seen: float | None, bound: float
) -> None:
    """NaN, infinity, above 1, a sum of 0.9 and a leg too few are refused with the value that is wrong."""
    made.open_events[NAME].probabilities = probabilities
    found = refused(made, GOOD)
    assert list(found) == [reason]
    assert found[reason] == (NAME, seen if seen is None else pytest.approx(seen), bound)


@pytest.mark.parametrize(
    ("chance", "words"), [(nan, "finite"), (inf, "finite"), (-0.1, "not negative"), (0.5, "sum to 0.8, not 1")]
)
def test_a_belief_that_is_none_is_not_made(chance: float, words: str) -> None:
    """A distribution of NaN, infinity, less than nothing, or a sum that is not 1 is an error that says which."""
    with pytest.raises(DomainError, match=words):
        TemperatureDistribution.from_pmf(40, [chance, 0.3])


def test_a_crossed_book(made: State) -> None:
    """A bid of 52 above an ask of 50 is refused in that market."""
    crossed = ladder(LISTED, "16:00", quote(52, 50))
    assert refused(made, crossed)[Reason.CROSSED] == (f"{NAME}-0", None, None)


def test_an_empty_book(made: State) -> None:
    """Where nobody bids or asks there is no edge for who takes, and no place to wait for who makes."""
    found = refused(made, ladder(LISTED, "16:00"))
    assert found in ({Reason.NO_EDGE: (NAME, None, None)}, {Reason.ONE_SIDED: (f"{NAME}-0", 0, 2)})


def test_a_ladder_without_one_of_its_legs(made: State) -> None:
    """Two quotes of three markets are no ladder."""
    assert refused(made, replace(GOOD, quotes=GOOD.quotes[:2])) == {Reason.MISSING_LEG: (NAME, 2, 3)}


def test_a_negative_balance(made: State) -> None:
    """A microdollar less than nothing stops all trading; no account opens with it."""
    made.account.cash = -1
    assert refused(made, GOOD) == {Reason.CASH: (NAME, -1, 0)}
    with pytest.raises(LedgerError, match="not -1"):
        Account(-1)


def test_a_day_that_no_fee_rule_covers(made: State) -> None:
    """Rules from 2025 on do not charge an order of 2024: the error names series and day, and nothing was ordered."""
    later = FeeSchedule((FeeRule.parse("*", date(2025, 1, 1), "quadratic", "1", "cent"),))
    uncovered = replace(made, charges=replace(CHARGES, schedule=later, _rules={}, _one_fill={}))
    with pytest.raises(FeeError, match=r"KXHIGHCHI.*2024-11-20"):
        step(uncovered, GOOD)
    assert (uncovered.open_events[NAME].orders, uncovered.take_records()) == ({}, [])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[risk]\nmax_trade_usd = 0\n", r"risk\.max_trade_usd: .*; it is 0$"),
        ("[risk]\nmax_positions = 0\n", r"risk\.max_positions: .*; it is 0$"),
        ("[strategy]\nbankroll_usd = -5\n", r"strategy\.bankroll_usd.*-5"),
        ("[strategy]\nmin_edge_cents = [nan, 5.0]\n", r"strategy\.min_edge_cents.*nan"),
        ("[[fees]]\nseries = '*'\nfrom = 2030-01-01\nfee_type = 'flat'\n", "fees"),
    ],
)
def test_settings_that_are_none(text: str, words: str, tmp_path: Path) -> None:
    """A limit of 0, a bankroll below it, an edge that is no number and an unknown fee are refused as they are read."""
    file = tmp_path / "drybulb.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=words) as error:
        config.load(file)
    assert isinstance(error.value, DrybulbError)
