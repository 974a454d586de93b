"""How a sweep shares the bankroll among its cities, and where it says that none has earned a budget."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import jsonschema
import pytest

from drybulb.app import config, swept_budgets
from drybulb.app.proposal import check_proposal
from drybulb.app.strategy_block import CityStrategy
from drybulb.app.swept_budgets import NONE_EARNED, Budgets, budgets, proposed_budget
from drybulb.app.swept_proposal import proposal
from drybulb.app.swept_tables import sentences, shared

CONFIG = config.load()  # a bankroll of $10,000, $150 of it in an event, $400 in a region, Kelly 0.25 and 0.15
FIRST = date(2024, 11, 20)
SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "reference" / "schemas" / "sweep.json").read_text())
Gains = Mapping[date, float]


def days(*pattern: float, times: int = 20, first: date = FIRST) -> Gains:
    """A pattern of gains again and again, a day each [dollars]."""
    return {first + timedelta(n): gain for n, gain in enumerate(pattern * times)}


STEADY = days(3.0, 3.0)
LOSING = days(-2.0, 1.0)


def low_of(found: Budgets, city: str) -> float:
    """The lower end of a city's interval [dollars]."""
    low: float = found.cities[city].a_day["ci90"][0]
    return low


def document(found: Budgets, *carried: str) -> dict[str, Any]:
    """As much of a document as budgets are shown and proposed from."""
    one = {"name": "e3-3-w1-f0.1", "min_edge_cents": [3.0, 3.0], "weight": 1.0, "kelly_fraction": 0.1}
    gained = {
        "pnl_per_day": {"mean": 3.0, "ci90": [2.0, 4.0]},
        "pnl_usd": 120.0,
        "fills": 40,
        "fees_usd": 1.0,
        "max_drawdown_usd": 2.0,
        "less_configured": {"mean": 1.0, "ci90": [0.5, 1.5]},
        "worth": {"event_days": 40, "days_traded": 40, "verdict": "earns", "reason": "so it is"},
    }
    row = {**one, **gained}
    city = {
        "screened": [],
        "replayed": [{**row, "name": "configured", "kelly_fraction": [0.25, 0.15]}, row],
        "best": one["name"],
        "tried": None,
    }
    said = {key: {**city, "carried": key in carried, "against": ["luck"]} for key in found.cities}
    return {
        "window": ["2024-11-20", "2024-12-29"],
        "forecaster": "S",
        "fills": "taker",
        "cities": said,
        "budgets": found.to_json(),
    }


def test_a_mean_counts_at_its_lower_end_over_what_was_at_stake() -> None:
    """$1 or $5 a day: the interval's lower end over $150, not the mean; at risk aversion 1 / 0.15."""
    found = budgets(CONFIG, {"denver": ("a", days(1.0, 5.0)), "miami": ("b", STEADY)})
    assert found.risk_aversion == pytest.approx(1 / 0.15)
    assert 1.0 < low_of(found, "denver") <= 3.0
    assert found.cities["denver"].counted == pytest.approx(low_of(found, "denver") / 150)
    assert found.cities["miami"].counted == pytest.approx(3.0 / 150)
    # Twenty times 1 and 5: squares of 2 over 39, each over 150 squared; the steady one never varies.
    assert found.covariance[0][0] == pytest.approx(160 / 39 / 150**2)
    assert found.covariance[1] == pytest.approx((0.0, 0.0))


def test_a_share_is_the_lower_end_over_variance_and_aversion() -> None:
    """Below its cap, which a bankroll of $150 puts at 1: what counts over risk aversion and variance."""
    settings = CONFIG.model_copy(update={"strategy": CONFIG.strategy.model_copy(update={"bankroll_usd": 150})})
    noisy = days(*([-148.0] * 4 + [150.0] * 10))
    own = budgets(settings, {"denver": ("a", noisy), "miami": None}).cities["denver"]
    # Twenty times 4 and 10: (4 * 10 / 14 ** 2) of (298 / 150) squared, over 279 of 280.
    assert own.counted > 0.0
    assert own.share == pytest.approx(own.counted * 0.15 / (40 / 14**2 * (298 / 150) ** 2 * 280 / 279))
    assert own.budget == pytest.approx(own.share, abs=1e-4)
    assert own.share < 0.1


def test_the_caps_are_an_event_and_a_region_over_the_bankroll() -> None:
    """Four cities that gain alike may have 4 % in all at stake, 1 % each of at most 1.5 %: two thirds of a budget."""
    found = budgets(CONFIG, dict.fromkeys(("austin", "chicago", "denver", "miami"), ("a", STEADY)))
    assert (found.cap_each, found.cap_in_all) == (0.015, 0.04)
    assert [one.share for one in found.cities.values()] == pytest.approx([0.01] * 4)
    assert [one.budget for one in found.cities.values()] == [0.6667] * 4
    two = budgets(CONFIG, dict.fromkeys(("austin", "chicago"), ("a", STEADY)))
    assert [one.budget for one in two.cities.values()] == [1.0, 1.0]


def test_a_budget_is_a_part_of_that_in_force() -> None:
    """Replayed at a budget of a half, a city at its cap keeps it; the aversion is of the smallest fraction."""
    own = CityStrategy(budget=0.5, kelly_fraction=(0.1, 0.2))
    strategy = CONFIG.strategy.model_copy(update={"city": {"miami": own}})
    settings = CONFIG.model_copy(update={"strategy": strategy})
    found = budgets(settings, {"denver": ("a", STEADY), "miami": ("b", STEADY)})
    assert [one.budget for one in found.cities.values()] == [1.0, 0.5]
    assert found.risk_aversion == pytest.approx(10.0)


def test_only_days_that_all_cities_have_count() -> None:
    """Of forty days each, ten days apart, thirty are shared; a city that never traded takes none away."""
    later = days(5.0, 5.0, first=FIRST + timedelta(10))
    found = budgets(CONFIG, {"denver": ("a", STEADY), "miami": ("b", later), "austin": None})
    assert found.days == 30
    assert [one.share > 0.0 for one in found.cities.values()] == [True, True, False]
    apart = budgets(CONFIG, {"denver": ("a", STEADY), "miami": ("b", days(5.0, first=FIRST + timedelta(11)))})
    assert (apart.days, apart.sentence) == (20, NONE_EARNED)


def test_a_city_that_earned_nothing_gets_nothing_even_as_a_hedge() -> None:
    """A loss on every day that the other gains would lower the variance; its share is 0 all the same."""
    found = budgets(CONFIG, {"denver": ("a", days(149.0, 1.0)), "miami": ("b", days(-149.0, 140.0))})
    assert found.covariance[0][1] < 0.0
    assert low_of(found, "denver") > 0.0 > low_of(found, "miami")
    assert (found.cities["miami"].share, found.cities["miami"].budget) == (0.0, None)
    assert found.cities["denver"].share > 0.0


@pytest.mark.parametrize(
    "best",
    [
        {"denver": ("a", LOSING), "miami": ("b", days(-1.0, 1.0))},
        {"denver": None, "miami": None},
        {"denver": ("a", days(3.0, times=29)), "miami": None},
        {"denver": ("a", {FIRST: 3.0}), "miami": ("b", {FIRST: 3.0})},
        {"denver": ("a", {FIRST: 3.0}), "miami": ("b", {FIRST + timedelta(1): 3.0})},
    ],
)
def test_where_no_mean_is_clear_of_zero_no_city_has_a_budget(best: dict[str, tuple[str, Gains] | None]) -> None:
    """Losses, no trades, too few days or none in common: every share is 0, and one sentence says so."""
    found = budgets(CONFIG, best)
    assert [(one.share, one.budget) for one in found.cities.values()] == [(0.0, None)] * 2
    assert found.sentence == "no city has earned a budget; [strategy] budget stays"
    jsonschema.validate(found.to_json(), SCHEMA["properties"]["budgets"])


def test_a_budget_is_proposed_only_where_the_evidence_carries_it() -> None:
    """Both cities have a share; the block of the one carried has a budget that a config reads, the other has none."""
    made = document(budgets(CONFIG, {"denver": ("a", STEADY), "miami": ("b", STEADY)}), "denver")
    text = proposal(made)
    assert (proposed_budget(made, "denver"), proposed_budget(made, "miami")) == (1.0, None)
    assert check_proposal(text)["denver"].budget == 1.0
    assert text.count("\nbudget = ") == text.count("budget =") == 1
    none = document(budgets(CONFIG, {"denver": ("a", LOSING), "miami": ("b", LOSING)}), "denver")
    assert check_proposal(proposal(none))["denver"].budget is None
    alone = {**made, "budgets": None}
    assert check_proposal(proposal(alone))["denver"].budget is None


def test_the_table_and_its_sentence() -> None:
    """A row a city with what counts, its share in percent and its budget; nothing at all of a single city."""
    found = budgets(CONFIG, {"denver": ("a", STEADY), "miami": ("b", LOSING), "austin": None})
    made = document(found)
    jsonschema.validate(json.loads(json.dumps(made["budgets"])), SCHEMA["properties"]["budgets"])
    (section,) = shared(made)
    assert section.title == "Budgets, on 40 event days that all cities have"
    assert section.rows[0] == ("Denver", "a", "3.00 … 3.00", "2.00", "1.50", "1")
    assert section.rows[2] == ("Austin", "–", "0.00 … 0.00", "0.00", "0.00", "–")
    assert list(sentences(made))[-1] == (
        "Share of the bankroll that one event may have at stake: Denver 1.50 %; the others have earned nothing."
    )
    assert list(shared({**made, "budgets": None})) == []


def test_shares_are_those_of_the_strategy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stakes are divided by `drybulb.strategy.budgets`, with a cap of 0 for a city that earned nothing."""
    answer = mock.Mock(return_value=(0.003, 0.0))
    monkeypatch.setattr(swept_budgets, "shares", answer)
    found = budgets(CONFIG, {"denver": ("a", STEADY), "miami": ("b", LOSING)})
    mean, _, _, caps, in_all = answer.call_args.args
    assert (mean[1], caps, in_all) == (0.0, [0.015, 0.0], 0.04)
    assert found.cities["denver"].budget == 0.2
