"""Configuration: defaults, the user's file over them, and refusals that name the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from drybulb.app.config import default_text, load
from drybulb.errors import ConfigError

SEVENTH = """
[city.new_york]
code = "NY"
name = "New York"
station = "KNYC"
series = "KXHIGHNY"
standard_offset_hours = -5
time_zone = "America/New_York"
ghcn = "USW00094728"
latitude = 40.77898
longitude = -73.96925
elevation_m = 42.7
"""


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "drybulb.toml"
    path.write_text(text)
    return path


def test_the_six_cities_and_their_standard_offsets() -> None:
    """The table holds the six cities with the station that settles each."""
    table = {k: (c.station, c.standard_offset_hours) for k, c in load().cities().items()}
    assert table == {
        "chicago": ("KMDW", -6),
        "austin": ("KAUS", -6),
        "denver": ("KDEN", -7),
        "los_angeles": ("KLAX", -8),
        "miami": ("KMIA", -5),
        "philadelphia": ("KPHL", -5),
    }


def test_a_seventh_city_is_one_block(tmp_path: Path) -> None:
    """One [city.X] block adds a city and leaves the others."""
    cities = load(_file(tmp_path, SEVENTH)).cities()
    assert len(cities) == 7
    assert cities["new_york"].series == "KXHIGHNY"


FEES = """
[[fees]]
series = "KXHIGHNY"
from = 2021-01-01
fee_type = "quadratic"
multiplier = "MULTIPLIER"
rounding = "cent"
"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[risk]\nmax_trade_usd = 0\n", "risk.max_trade_usd"),
        ("[risk]\nmax_trades = 3\n", "risk.max_trades"),
        ("[models]\nmin_events = 0\n", "models.min_events"),
        ("[models]\nmax_loss = -0.01\n", "models.max_loss"),
        ("[riks]\nx = 1\n", "riks"),
        ("[strategy.city.boston]\nmin_edge_cents = [1.0, 1.0]\n", "boston"),
        (SEVENTH.replace("KNYC", "NYC"), "NYC"),
        (SEVENTH.replace("America/New_York", "US/Gotham"), "Gotham"),
        ("[risk\n", "not TOML"),
        ("[strategy]\nkelly_fraction = [0.25, 0.039]\n", "strategy.kelly_fraction.1: Input should be greater"),
        (
            "[strategy.drawdown]\nshare = 0.99\nchance = 0.1\n",
            "strategy.drawdown: .*share 0.99, chance 0.1 asks for risk",
        ),
        (FEES.replace("MULTIPLIER", "nan"), r"fees.0: .*fee rule of KXHIGHNY from 2021-01-01: .*'nan'"),
        (FEES.replace("MULTIPLIER", "-1"), r"fees.0: .*the fee multiplier -1 of KXHIGHNY is negative"),
        ("[hazards.city.H1]\nridge = inf\n", "hazards.city.H1.ridge: Input should be a finite number"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, words: str) -> None:
    """An unknown key, a limit of 0, an unknown city, bad TOML or a size or fee that cannot be is named."""
    with pytest.raises(ConfigError, match=words):
        load(_file(tmp_path, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A --config that does not exist is an error, not the defaults."""
    with pytest.raises(ConfigError, match="does not exist"):
        load(tmp_path / "nowhere.toml")


def test_defaults_may_be_a_users_file(tmp_path: Path) -> None:
    """What `drybulb config --default` prints loads to the same configuration."""
    assert load(_file(tmp_path, default_text())) == load()
