"""`drybulb dense`: what is built, what is skipped, and what a killed run leaves."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from drybulb.adapters.lake import Lake
from drybulb.app import densify as module
from drybulb.app.config import load
from drybulb.app.densify import densify
from drybulb.errors import ConfigError, LakeError
from drybulb.frames.dense import densify_month
from tests import tape

TAPE = [("15:01:10", 48, "no"), ("15:03:20", 51, "yes")]


def _later(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows a month later, under other names."""
    instants = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime)]
    names = [name for name in ("ticker", "trade_id") if name in frame.columns]
    return frame.with_columns(
        pl.col("day").dt.offset_by("1mo"), pl.col(instants).dt.offset_by("1mo"), ("L-" + pl.col(names)).name.keep()
    )


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Two months of Chicago, one market each."""
    made = Lake(tmp_path / "lake")
    for table, frame in (("prints", tape.prints(TAPE)), ("markets", tape.markets())):
        made.merge(table, frame)
        made.merge(table, _later(frame))
    made.merge("sessions", tape.sessions())
    return made


def test_both_tables_are_built(lake: Lake) -> None:
    """Each month gets its candles from prints and its dense rows, counted by city; cities without a tape say why."""
    document = densify(lake, load()).to_json()
    chicago = document["cities"]["chicago"]
    assert document["schema"] == "dense/1"
    assert chicago["months_built"] == ["2024-11", "2024-12"]
    assert (chicago["rows"], chicago["candles"], chicago["candles_observed"], chicago["reason"]) == (28, 4, 4, None)
    assert lake.read("candles")["source"].to_list() == ["prints"] * 4
    assert lake.read("dense", ["chicago"]).height == 28
    assert document["cities"]["denver"]["reason"] == "no prints and no exchange candles in the lake"
    assert list(document["cities"]) == list(load().city)
    assert document["total"] | {"seconds": 0} == {
        "months_built": 2,
        "months_skipped": 0,
        "rows": 28,
        "candles": 4,
        "candles_observed": 4,
        "seconds": 0,
    }


def test_only_the_month_that_changed_is_built_again(lake: Lake) -> None:
    """A new print in one month builds that month anew and skips the other."""
    densify(lake, load(), ["chicago"])
    lake.merge("prints", tape.prints([("15:05:10", 47, "no")]).with_columns(pl.lit("new").alias("trade_id")))
    again = densify(lake, load(), ["chicago"]).cities["chicago"]
    assert (again.months_built, again.months_skipped) == (["2024-11"], ["2024-12"])
    assert lake.read("dense", end=date(2024, 11, 30))["has_trade"].sum() == 3


@pytest.mark.parametrize("table", ["dense", "candles"])
def test_a_file_that_is_gone_is_built_again(lake: Lake, table: str) -> None:
    """A month whose dense rows or candles were deleted is built again although its inputs are the same."""
    densify(lake, load(), ["chicago"])
    lake.file(table, "chicago", "2024-12").unlink()
    assert densify(lake, load(), ["chicago"]).cities["chicago"].months_built == ["2024-12"]


def test_a_killed_run_goes_on(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run killed in its second month, between candles and dense, keeps the first and completes when run again."""
    calls: list[Any] = []

    def killed(*args: Any) -> pl.DataFrame:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return densify_month(*args)

    monkeypatch.setattr(module, "densify_month", killed)
    with pytest.raises(KeyboardInterrupt):
        densify(lake, load(), ["chicago"])
    monkeypatch.undo()
    assert lake.months("dense", "chicago") == ["2024-11"]
    done = densify(lake, load(), ["chicago"]).cities["chicago"]
    assert (done.months_built, done.months_skipped, done.rows) == (["2024-12"], ["2024-11"], 28)


def test_the_exchanges_candles_are_kept(lake: Lake) -> None:
    """Candles of the exchange stay in the table beside those from prints, and the dense rows are theirs."""
    lake.merge("candles", tape.candles(tape.candle("15:02", bid=40, ask=44)))
    densify(lake, load(), ["chicago"])
    assert lake.read("candles", end=date(2024, 11, 30))["source"].sort().to_list() == ["exchange", "prints", "prints"]
    last = lake.read("dense", end=date(2024, 11, 30)).row(-1, named=True)
    assert (last["source"], last["yes_bid_close"], last["yes_ask_close"]) == ("exchange", 4000, 4400)


def test_a_window_is_of_whole_months(lake: Lake) -> None:
    """A window builds the months it touches, whole."""
    built = densify(lake, load(), ["chicago"], date(2024, 12, 24), date(2025, 1, 3)).cities["chicago"]
    assert (built.months_built, built.rows) == (["2024-12"], 14)


def test_progress_counts_city_months(lake: Lake) -> None:
    """Progress names each city-month before it is done, and ends with all of them done."""
    told: list[tuple[str, int, int]] = []
    densify(lake, load(), ["chicago"], progress=lambda doing, done=0, of=0: told.append((doing, done, of)))
    assert told == [("dense: chicago 2024-11", 0, 2), ("dense: chicago 2024-12", 1, 2), ("dense: done", 2, 2)]


def test_refusals(lake: Lake, tmp_path: Path) -> None:
    """A city that is not configured, and a lake without the exchange's hours, are refused with the fix."""
    with pytest.raises(ConfigError, match="no city 'boston'; known: chicago"):
        densify(lake, load(), ["boston"])
    with pytest.raises(LakeError, match=r"has no sessions.*drybulb import"):
        densify(Lake(tmp_path / "empty"), load())
