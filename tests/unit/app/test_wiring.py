"""From settings to parts: units, thresholds of a city, policies by name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from drybulb.app import config, wiring
from drybulb.domain.fees import MemberType
from drybulb.errors import ConfigError
from drybulb.strategy.anchored import Anchored
from drybulb.strategy.execution import Execution
from drybulb.strategy.limits import Limits
from drybulb.strategy.making import Maker
from drybulb.strategy.own_market import OwnMarket
from drybulb.strategy.policy import Gates, NeverTrade, Threshold
from drybulb.strategy.probe import CrossedMinutes
from drybulb.strategy.sizing import Drawdown
from drybulb.strategy.taking import BeliefPolicy
from tests.trading import usd

CONFIG = config.load()


def test_limits_in_microdollars() -> None:
    """The defaults are $50 a trade, $150 an event, $400 a region, $500 a day, $1,000 open, $2,000 below the highest."""
    assert wiring.limits(CONFIG) == Limits(
        max_trade=usd(50),
        max_event=usd(150),
        max_region=usd(400),
        max_daily_loss=usd(500),
        max_open_exposure=usd(1000),
        max_drawdown=usd(2000),
        max_positions=20,
        max_positions_per_event=3,
        regions={
            "chicago": "central",
            "austin": "central",
            "miami": "east",
            "philadelphia": "east",
            "denver": "west",
            "los_angeles": "west",
        },
    )


def test_policies_by_name() -> None:
    """`never`, `crossed` and `market` look at no belief; any other name is a forecaster's."""
    assert isinstance(wiring.policy(CONFIG, "never"), NeverTrade)
    assert isinstance(wiring.policy(CONFIG, "crossed"), CrossedMinutes)
    trades = wiring.policy(CONFIG, "S")
    assert isinstance(trades, BeliefPolicy)
    assert trades.name == "S"
    assert isinstance(wiring.policy(CONFIG, "market"), OwnMarket)
    assert [wiring.needs_beliefs(name) for name in ("never", "crossed", "market", "S")] == [False, False, False, True]


@pytest.mark.parametrize("name", ["S", "market", "anchored"])
def test_what_is_believed_is_taken_or_made(name: str) -> None:
    """The same names trade by taking or by orders that wait, as asked."""
    for execution in Execution:
        made = wiring.policy(CONFIG, name, execution=execution)
        assert isinstance(made, BeliefPolicy | Maker | OwnMarket | Anchored)
        assert (made.name, made.execution) == (name, execution)


def test_thresholds_of_a_city(tmp_path: Path) -> None:
    """A city's own edge replaces the general one, in centicents, and keeps the general fraction."""
    file = tmp_path / "drybulb.toml"
    file.write_text("[strategy.city.denver]\nmin_edge_cents = [4.0, 6.5]\n")
    made = wiring.policy(config.load(file), "S")
    assert isinstance(made, BeliefPolicy)
    assert made.rules.cities["denver"].thresholds == (Threshold(400.0, 0.25), Threshold(650.0, 0.15))
    assert made.rules.cities["miami"].thresholds == (Threshold(300.0, 0.25), Threshold(500.0, 0.15))
    assert made.rules.cities["denver"].making == (Threshold(150.0, 0.25), Threshold(250.0, 0.15))
    assert made.rules.gates == Gates(60, 5, 1000, 30, 15)


def test_what_else_a_policy_trades_by(tmp_path: Path) -> None:
    """Hysteresis, lot, drawdown, budget and weight, of a city its own; `anchored` has a weight of its own."""
    file = tmp_path / "drybulb.toml"
    file.write_text(
        '[strategy]\ncontract_step = "0.01"\nbudget = 0.5\n[strategy.drawdown]\nshare = 0.7\nchance = 0.1\n'
        "[strategy.city.denver]\nweight = 0.0\n"
    )
    settings = config.load(file)
    rules = wiring.rules(settings)
    assert (rules.hysteresis, rules.step, rules.drawdown) == (100.0, 1, Drawdown(0.7, 0.1))
    assert [(rules.cities[city].budget, rules.cities[city].weight) for city in ("miami", "denver")] == [
        (0.5, 1.0),
        (0.5, 0.0),
    ]
    anchored = wiring.policy(settings, "anchored")
    assert isinstance(anchored, Anchored)
    assert isinstance(anchored.policy, BeliefPolicy)
    assert anchored.policy.rules.cities["denver"].weight == 1.0


def test_the_default_calendar_covers_every_stations_report() -> None:
    """From 50 minutes past to before 4 past: reports are of :51 to :54, and are known ten minutes later."""
    made, latency = wiring.releases(CONFIG), timedelta(seconds=CONFIG.latency.metar)
    hour = datetime(2024, 12, 1, 20, tzinfo=UTC)
    for city in CONFIG.city:
        for minute in (51, 53, 54):
            reported = hour + timedelta(minutes=minute)
            window = made.window(city, reported)
            assert window is not None
            assert window.starts < reported
            assert reported + latency <= window.ends
        assert made.last_end(city, hour + timedelta(minutes=30)) == hour + timedelta(minutes=4)


def test_the_default_calendar_covers_guidance_and_the_evenings_report() -> None:
    """MOS of 12Z is known at 17Z; the high so far comes out between 16:20 and 17:40 of local standard time."""
    made = wiring.releases(CONFIG)
    at = datetime(2024, 12, 1, tzinfo=UTC)
    starts, ends = at + timedelta(hours=16, minutes=55), at + timedelta(hours=17, minutes=5)
    assert made.window("miami", at + timedelta(hours=17)) == ("guidance", starts, ends)
    for key, city in CONFIG.city.items():
        for minute in (16 * 60 + 20, 17 * 60 + 39):
            found = made.window(key, at + timedelta(hours=-city.standard_offset_hours, minutes=minute))
            assert found is not None


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


def test_the_lot_of_a_run(tmp_path: Path) -> None:
    """Fees are bounded for fills of whole contracts, or of hundredths where those trade."""
    file = tmp_path / "drybulb.toml"
    file.write_text('[strategy]\ncontract_step = "0.01"\n')
    made = [wiring.new_state(c, {}, NeverTrade(), wiring.charges(c)) for c in (CONFIG, config.load(file))]
    assert [state.rules.lot for state in made] == [100, 1]


def test_the_flat_policy_refuses_what_it_would_not_heed(tmp_path: Path) -> None:
    """Orders that wait and a weight beside the market are refused by name and value, and what to do is said."""
    with pytest.raises(ConfigError, match=r"flat takes and never waits; .* --fills taker"):
        wiring.policy(CONFIG, "flat", execution=Execution.MAKER)
    file = tmp_path / "drybulb.toml"
    file.write_text("[strategy.city.denver]\nweight = 0.5\n")
    with pytest.raises(ConfigError, match=r"weight of denver is 0\.5; set it to 1, or trade hybrid"):
        wiring.policy(config.load(file), "flat")
