"""The blocks [risk] and [caps]: limits above 0, none above its cap, every city in at most one region."""

from __future__ import annotations

from pathlib import Path

import pytest

from drybulb.app import config
from drybulb.app.risk_block import LimitValues
from drybulb.errors import ConfigError


def faults(folder: Path, text: str) -> str:
    """What the configuration says against ``text``."""
    file = folder / "drybulb.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as refused:
        config.load(file)
    return str(refused.value)


@pytest.mark.parametrize("name", LimitValues.model_fields)
def test_a_limit_or_cap_of_nothing_is_refused(name: str, tmp_path: Path) -> None:
    """A limit of 0 and a cap below 0 are refused by their names, with what they have to be."""
    said = faults(tmp_path, f"[risk]\n{name} = 0\n[caps]\n{name} = -5\n")
    assert f"risk.{name}: Input should be greater than 0" in said
    assert f"caps.{name}: Input should be greater than 0" in said


@pytest.mark.parametrize("value", ["true", '"3"', "3.0", "nan"])
@pytest.mark.parametrize("block", ["risk", "caps"])
def test_a_limit_is_a_whole_number_as_it_stands(block: str, value: str, tmp_path: Path) -> None:
    """Neither true for 1 nor text or a fraction for a number: a limit is not guessed."""
    for name in ("max_trade_usd", "max_positions"):
        said = faults(tmp_path, f"[{block}]\n{name} = {value}\n")
        assert f"{block}.{name}: Input should be a valid integer" in said


def test_a_limit_above_its_cap_is_refused(tmp_path: Path) -> None:
    """A limit above the operator's cap is refused with both; with a higher cap it is taken."""
    said = faults(tmp_path, "[risk]\nmax_event_usd = 751\n")
    assert said == "[risk] max_event_usd = 751 is above [caps] max_event_usd = 750; lower it, or raise the cap"
    file = tmp_path / "drybulb.toml"
    file.write_text("[risk]\nmax_event_usd = 751\n[caps]\nmax_event_usd = 751\n")
    assert config.load(file).risk.max_event_usd == 751


def test_a_cap_below_the_limit_in_force_is_refused(tmp_path: Path) -> None:
    """An operator who lowers a cap below the default limit is told, not ignored."""
    assert "[risk] max_drawdown_usd = 2000 is above [caps] max_drawdown_usd = 1500" in faults(
        tmp_path, "[caps]\nmax_drawdown_usd = 1500\n"
    )


def test_a_region_has_cities_each_in_no_other(tmp_path: Path) -> None:
    """A region of a city that is none, and a city in two regions, are refused."""
    assert "[risk.regions] names 'gotham', no city" in faults(tmp_path, '[risk.regions]\nold = ["gotham"]\n')
    assert "[risk.regions] has 'miami' twice" in faults(tmp_path, '[risk.regions]\nwest = ["denver", "miami"]\n')
