"""A backtest on a day that no fee rule covers: refused by name, and nothing is left behind."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from drybulb.app.backtest import backtest
from drybulb.app.config import load
from drybulb.errors import FeeError
from tests.unit.app.lakes import DAY, Steady, lake_at, list_event, poll


def test_a_day_without_a_fee_rule_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    """Fees that start a month later name series and date, and neither a folder nor a file of the run is there."""
    lake = lake_at(tmp_path / "lake")
    poll(lake, list_event(lake), ("16:30", 0, 48, 50), ("17:30", 0, 47, 49))
    settings = load()
    late = settings.fees[0].model_copy(update={"starts": date(2024, 12, 20)})
    before = sorted(lake.path.rglob("*"))
    with pytest.raises(FeeError, match=r"no fee rule covers KXHIGHCHI on 2024-11-(19|20); add one that starts"):
        backtest(
            lake,
            settings.model_copy(update={"fees": (late,)}),
            DAY,
            DAY,
            policy="steady",
            forecaster=Steady(),
            cities=["chicago"],
        )
    assert sorted(lake.path.rglob("*")) == before
