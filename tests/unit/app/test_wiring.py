"""From settings to parts: units, thresholds of a city, policies by name."""

from __future__ import annotations

from pathlib import Path

from drybulb.app import config, wiring
from drybulb.domain.fees import MemberType
from drybulb.strategy.policy import BeliefPolicy, Gates, NeverTrade, Threshold
from drybulb.strategy.probe import CrossedMinutes
from drybulb.strategy.risk import Limits
from tests.trading import usd

CONFIG = config.load()


def test_limits_in_microdollars() -> None:
    """The defaults are $50 a trade, $500 a day, $1,000 open, 20 positions, 3 per event."""
    assert wiring.limits(CONFIG) == Limits(usd(50), usd(500), usd(1000), 20, 3)


def test_policies_by_name() -> None:
    """`never` and `crossed` look at no belief; any other name is a forecaster's."""
    assert isinstance(wiring.policy(CONFIG, "never"), NeverTrade)
    assert isinstance(wiring.policy(CONFIG, "crossed"), CrossedMinutes)
    trades = wiring.policy(CONFIG, "S")
    assert isinstance(trades, BeliefPolicy)
    assert trades.name == "S"
    assert [wiring.needs_beliefs(name) for name in ("never", "crossed", "S")] == [False, False, True]


def test_thresholds_of_a_city(tmp_path: Path) -> None:
    """A city's own edge replaces the general one, in centicents, and keeps the general fraction."""
    file = tmp_path / "drybulb.toml"
    file.write_text("[strategy.city.denver]\nmin_edge_cents = [4.0, 6.5]\n")
    made = wiring.policy(config.load(file), "S")
    assert isinstance(made, BeliefPolicy)
    assert made.thresholds["denver"] == (Threshold(400.0, 0.25), Threshold(650.0, 0.15))
    assert made.thresholds["miami"] == (Threshold(300.0, 0.25), Threshold(500.0, 0.15))
    assert made.gates == Gates(60, 5, 1000, 30, 15)


def test_charges() -> None:
    """The configured member and time zone, and every fee block."""
    made = wiring.charges(CONFIG)
    assert made.member is MemberType.NON_DIRECT
    assert str(made.zone) == "America/New_York"
    assert len(made.schedule.rules) == len(CONFIG.fees)


def test_a_new_run_has_its_bankroll_in_cash() -> None:
    """Ten thousand dollars, nothing held, and orders that live as long as configured."""
    costs = wiring.charges(CONFIG)
    short = CONFIG.model_copy(update={"backtest": CONFIG.backtest.model_copy(update={"order_lifetime_min": 2})})
    made = wiring.new_state(short, {}, NeverTrade(), costs)
    assert (made.account.cash, made.account.counts) == (usd(10_000), {})
    assert made.rules.order_lifetime.total_seconds() == 120
