"""A tape from a lake: what a backtest of the same window would be fed, kept in a file and read back."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from drybulb.adapters.lake import Lake
from drybulb.app import config, wiring
from drybulb.app.backtest import backtest
from drybulb.app.screening import make_screen, make_tape, read_tape, write_tape
from drybulb.domain.distribution import Belief, TemperatureDistribution
from drybulb.errors import LakeError
from drybulb.research.tape import Tape, instant_of
from tests.made_lake import CITY, FIRST, fair_lake

DAYS = 2
END = FIRST + timedelta(days=DAYS - 1)
#: No calendar, and limits that nothing here meets.
SETTINGS = config.load().model_copy(
    update={
        "calendar": (),
        "risk": config.load().risk.model_copy(update={"max_positions_per_event": 6, "max_event_usd": 1000}),
    }
)


class Stubborn:
    """Believes the same of every day, so that there is much to trade; asked by its name only."""

    def beliefs(self, requests: pl.DataFrame, source: str) -> list[Belief]:
        """A flat belief over the ladder for every request."""
        assert source == "hybrid"
        level = TemperatureDistribution.from_pmf(30, [0.1] * 10)
        return [Belief(city, day, at, level, source, "level") for city, day, at in requests.iter_rows()]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Two fair days of Chicago."""
    return fair_lake(tmp_path_factory.mktemp("screening"), seed=5, days=DAYS, minutes=40)


@pytest.fixture(scope="module")
def tape(lake: Lake) -> Tape:
    """The tape of them."""
    return make_tape(lake, SETTINGS, FIRST, END, cities=[CITY], forecaster=Stubborn())


def test_a_screen_of_a_lake_is_the_backtest_of_the_flat_policy(lake: Lake, tape: Tape, tmp_path: Path) -> None:
    """Through the lake, settings and run folder too the screen's fills are those of `backtest --policy flat`."""
    made = make_screen(tape, SETTINGS).trades(wiring.rules(SETTINGS))
    run = backtest(
        lake, SETTINGS, FIRST, END, cities=[CITY], policy="flat", forecaster=Stubborn(), out=tmp_path / "run"
    )
    journal = pl.read_ndjson(run.folder / "journal.jsonl", infer_schema_length=None).filter(pl.col("kind") == "fill")
    screened = [
        (
            str(tape.tickers[made.market[n]]),
            instant_of(int(made.at[n])).isoformat(),
            int(made.price[n]),
            int(made.fee[n]),
        )
        for n in range(len(made.at))
    ]
    assert len(screened) > 2
    assert sorted(screened) == sorted(journal.select("ticker", "at", "price", "fee").rows())


def test_a_tape_is_read_back_as_it_was(tape: Tape, tmp_path: Path) -> None:
    """Every column of a kept tape is the same when it is read again."""
    write_tape(tape, tmp_path / "tape.npz")
    again = read_tape(tmp_path / "tape.npz")
    for column in fields(Tape):
        np.testing.assert_array_equal(getattr(again, column.name), getattr(tape, column.name))


def test_what_is_no_tape_is_refused(tape: Tape, tmp_path: Path) -> None:
    """A file that is missing or holds something else is refused by name, and so is a folder that is not there."""
    with pytest.raises(LakeError, match=r"none\.npz is no tape"):
        read_tape(tmp_path / "none.npz")
    (tmp_path / "text.npz").write_text("not a tape")
    with pytest.raises(LakeError, match=r"text\.npz is no tape"):
        read_tape(tmp_path / "text.npz")
    with pytest.raises(LakeError, match="cannot be written"):
        write_tape(tape, tmp_path / "nowhere" / "tape.npz")
