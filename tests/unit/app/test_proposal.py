"""Proposals of a search: a city's block with its evidence, and not a word about anything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from drybulb.app import config
from drybulb.app.proposal import check_proposal, proposed_block
from drybulb.errors import ConfigError


def test_a_proposal_is_a_block_under_its_evidence(tmp_path: Path) -> None:
    """The block says the values to the last digit below its evidence, and the configuration takes it as it is."""
    text = proposed_block(
        "miami", {"min_edge_cents": (4.0, 6.5), "weight": 0.3}, ["+1.2 c a contract\n90 %: 0.1 to 2.3", "81 days"]
    )
    assert text == (
        "# +1.2 c a contract\n# 90 %: 0.1 to 2.3\n# 81 days\n"
        "[strategy.city.miami]\nmin_edge_cents = [4.0, 6.5]\nweight = 0.3\n"
    )
    file = tmp_path / "drybulb.toml"
    file.write_text(text)
    own = config.load(file).strategy.city["miami"]
    assert check_proposal(text) == {"miami": own}
    assert (own.min_edge_cents, own.weight, own.budget) == ((4.0, 6.5), 0.3, None)


@pytest.mark.parametrize("key", ["max_trade_usd", "bankroll_usd", "cooldown_min", "min_edge"])
def test_a_key_that_no_city_has_is_refused(key: str) -> None:
    """A limit, a value of all cities, or a misspelt one is refused by its name."""
    with pytest.raises(ConfigError, match=rf"\[strategy.city.miami\] of the proposal: {key}: Extra inputs"):
        proposed_block("miami", {key: 1.0}, ["because"])


@pytest.mark.parametrize(
    ("city", "values", "evidence", "fault"),
    [
        ("miami", {"weight": 1.5}, ["because"], "weight: Input should be less than or equal to 1"),
        ("miami", {"weight": float("nan")}, ["because"], "weight: Input should be a finite number"),
        ("miami", {"weight": 0.5}, [" "], "needs evidence and values; it has 0 and 1"),
        ("miami", {}, ["because"], "needs evidence and values; it has 1 and 0"),
        ("miami]\n[caps", {"weight": 0.5}, ["because"], "is no key"),
        ("miami", {"weight = 1\n[caps]\nmax_trade_usd": 9000.0}, ["because"], "Extra inputs are not permitted"),
    ],
)
def test_what_is_no_proposal_is_refused(city: str, values: dict[str, float], evidence: list[str], fault: str) -> None:
    """A value out of range, no evidence, no value, or a city or key that would open another table is refused."""
    with pytest.raises(ConfigError, match=fault):
        proposed_block(city, values, evidence)


@pytest.mark.parametrize("table", ["risk", "caps", "risk.regions", "strategy.drawdown", "fees", "city.miami"])
def test_a_proposal_says_nothing_of_limits_and_caps(table: str) -> None:
    """Any table beside [strategy.city.X] is refused, [risk] and [caps] before all."""
    text = f"[strategy.city.miami]\nweight = 0.5\n[{table}]\nx = 1\n"
    above = table if table.startswith("strategy") else table.partition(".")[0]
    with pytest.raises(ConfigError, match=rf"may not say \[{above}\]; it may say \[strategy.city.X\] alone"):
        check_proposal(text)


def test_a_proposal_of_nothing_is_refused() -> None:
    """No TOML, no table, and a value where a table belongs are refused."""
    with pytest.raises(ConfigError, match="is not TOML"):
        check_proposal("[strategy")
    with pytest.raises(ConfigError, match=r"needs a table \[strategy"):
        check_proposal("")
    with pytest.raises(ConfigError, match=r"needs a table \[strategy.city"):
        check_proposal("[strategy]\ncity = 1\n")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[strategy.city."Miami "]\nweight = 0.5\n', "city 'Miami ' is no key"),
        ("[strategy.city.atlantis]\nweight = 0.5\n", r"\[strategy.city.atlantis\] .* names no city; known: miami"),
        ("[strategy.city.miami]\n", r"\[strategy.city.miami\] of the proposal says nothing"),
        ("[strategy.city]\n", r"needs a block \[strategy.city.X\]; it has none"),
        ("[strategy.city.miami]\nmin_edge_cents = [3.0, -0.5]\n", r"min_edge_cents = \[3.0, -0.5\]; give 0 or more"),
    ],
)
def test_a_block_of_a_proposal_is_looked_at(text: str, fault: str) -> None:
    """A city that is no key or not known, an empty block, and an edge below nothing are refused by name and value."""
    with pytest.raises(ConfigError, match=fault):
        check_proposal(text, ["miami"])
