"""Candles of the original system: their units, their labels, and what is dropped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from drybulb.adapters.lake import Lake
from drybulb.adapters.original import ASKS, BIDS, TRADES
from drybulb.app.ingest import ImportResult, import_original
from drybulb.errors import ImportFailed
from tests.unit.adapters.archives import config, sound, utc

TICKER = "KXHIGHCHI-24NOV20-B40.5"


@pytest.fixture(scope="module")
def markets(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake that holds markets and nothing else."""
    lake = Lake(tmp_path_factory.mktemp("lake"))
    lake.merge("markets", sound()[0]["markets"])
    return lake


@pytest.fixture
def lake(markets: Lake) -> Iterator[Lake]:
    """The lake with markets, emptied of candles afterwards."""
    yield markets
    for file in markets.path.glob("candles/*/*.parquet"):
        file.unlink()


def bar(at: str = "2024-11-20T15:00", **over: Any) -> dict[str, Any]:
    """One row of the export: a bid of 40, an ask of 43, trades at 41, in cents."""
    row: dict[str, Any] = {"ticker": TICKER, "bucket_start": utc(at), "source": "api_event"}
    row |= dict.fromkeys(BIDS, 40) | dict.fromkeys(ASKS, 43) | dict.fromkeys(TRADES, 41)
    return row | {"volume": 3, "open_interest": 250, "is_synthetic": False} | over


def _import(lake: Lake, tmp_path: Path, *rows: dict[str, Any], name: str = "chicago.parquet") -> ImportResult:
    frame = pl.DataFrame(list(rows), infer_schema_length=None)
    if name.endswith(".csv"):
        frame.write_csv(tmp_path / name)
    else:
        frame.write_parquet(tmp_path / name)
    return import_original(tmp_path / name, lake, config())


def _reasons(result: ImportResult) -> dict[str, int]:
    return {r.reason: r.count for r in result.refusals}


def test_a_bar_becomes_a_candle(lake: Lake, tmp_path: Path) -> None:
    """The start of a bar plus a minute is its end; cents become centicents, contracts hundredths."""
    result = _import(lake, tmp_path, bar(trade_mean=41.25))
    candle = lake.read("candles").row(0, named=True)
    assert candle["end_at"] == candle["known_at"] == utc("2024-11-20T15:01")
    assert (candle["city"], str(candle["day"]), candle["source"]) == ("chicago", "2024-11-20", "exchange")
    assert {candle[name] for name in BIDS} == {4000}
    assert {candle[name] for name in ASKS} == {4300}
    assert (candle["price_close"], candle["price_mean"], candle["price_previous"]) == (4100, 4125.0, 4100)
    assert (candle["volume"], candle["open_interest"]) == (300, 25_000)
    assert result.to_json()["tables"] == {"candles": {"read": 1, "added": 1, "unchanged": 0}}


def test_an_empty_side_is_null(lake: Lake, tmp_path: Path) -> None:
    """A bid of 0, an ask of 100 and a trade that never was are null."""
    empty: dict[str, Any] = dict.fromkeys(BIDS, 0) | dict.fromkeys(ASKS, 100) | dict.fromkeys(TRADES, None)
    _import(lake, tmp_path, bar(**empty, volume=0), bar("2024-11-20T15:01"))
    candle = lake.read("candles").row(0, named=True)
    prices = [name for name in candle if name.startswith(("yes_", "price_"))]
    assert len(prices) == 14
    assert {candle[name] for name in prices} == {None}


def test_synthetic_rows_are_dropped_and_counted(lake: Lake, tmp_path: Path) -> None:
    """What the original filled in is dropped and counted, by city."""
    result = _import(lake, tmp_path, bar(), *[bar(f"2024-11-20T15:0{n}", is_synthetic=True) for n in (1, 2)])
    assert [(n.city, n.count) for n in result.notes] == [("chicago", 2)]
    assert lake.read("candles").height == 1
    assert _reasons(result) == {}


def test_csv_is_read_like_parquet(lake: Lake, tmp_path: Path) -> None:
    """A CSV export, with times as databases write them, gives the same candles as Parquet."""
    rows = [
        bar("2024-11-20T15:00"),
        bar("2024-11-20T15:01", is_synthetic=True),
        bar("2024-11-20T15:02", source="trades"),
    ]
    _import(lake, tmp_path, *rows)
    stored = lake.read("candles")
    for stamp in ("2024-11-20 15:{:02}:00+00", "2024-11-20T15:{:02}:00Z", "2024-11-20 09:{:02}:00.000000-06:00"):
        texts = [row | {"bucket_start": stamp.format(n)} for n, row in enumerate(rows)]
        assert _import(lake, tmp_path, *texts, name="chicago.csv").to_json()["tables"]["candles"]["unchanged"] == 2
    assert stored["source"].to_list() == ["exchange", "prints"]


def test_columns_that_may_be_missing(lake: Lake, tmp_path: Path) -> None:
    """Without ``source`` a bar is the exchange's, without ``is_synthetic`` it is real."""
    bare = {name: value for name, value in bar().items() if name not in ("source", "is_synthetic")}
    _import(lake, tmp_path, bare)
    assert lake.read("candles")["source"].to_list() == ["exchange"]


def test_bars_that_are_none_are_refused(lake: Lake, tmp_path: Path) -> None:
    """A bar of an unknown market, between minutes, out of range or twice there is refused with its row."""
    result = _import(
        lake,
        tmp_path,
        bar(),
        bar("2024-11-20T15:01", ticker="KXHIGHNY-24NOV20-B40.5"),
        bar("2024-11-20T15:02:30"),
        bar("2024-11-20T15:03", yes_bid_close=100),
        bar("2024-11-20T15:04", yes_ask_low=0),
        bar("2024-11-20T15:05", trade_high=130),
        bar("2024-11-20T15:06", volume=-1),
        bar("2024-11-20T15:07", yes_bid_low=42),
        bar("2024-11-20T15:08", source="guess"),
        bar("2024-11-20T15:09", ticker=None),
        bar(),
    )
    assert _reasons(result) == {
        "its market is not in the lake; import its listing first": 1,
        "bucket_start is not a whole minute": 1,
        "bid is not 0 to 99 cents": 1,
        "ask is not 1 to 100 cents": 1,
        "trade price is not 1 to 99 cents": 1,
        "negative volume or open interest": 1,
        "a high below its low": 1,
        "source of the bar is unknown": 1,
        "no ticker": 1,
        "duplicated key": 1,
    }
    assert {r.examples[0].split()[1] for r in result.refusals} == {str(n) for n in range(1, 11)}
    assert lake.read("candles").height == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (pl.exclude("volume"), "missing column volume"),
        (pl.col("*").exclude(*BIDS, *ASKS), "missing column yes_bid_open; missing column yes_bid_high"),
        (pl.all().exclude("bucket_start"), "missing column bucket_start"),
    ],
)
def test_a_missing_column_refuses_the_file(lake: Lake, tmp_path: Path, change: pl.Expr, reason: str) -> None:
    """An export without a column is refused by the name of what is missing."""
    file = tmp_path / "bars.parquet"
    pl.DataFrame([bar()]).select(change).write_parquet(file)
    refused = import_original(file, lake, config()).refusals
    assert [(r.file, r.unit, r.rows) for r in refused] == [("bars.parquet", "file", 1)]
    assert refused[0].reason.startswith(reason)


def test_files_in_another_unit_or_without_a_zone(lake: Lake, tmp_path: Path) -> None:
    """Dollars, times without a zone, numbers as text and damage refuse a whole file; the others are read."""
    folder = tmp_path / "export"
    folder.mkdir()
    good = pl.DataFrame([bar()])
    good.write_parquet(folder / "a.parquet")
    good.with_columns(pl.col(*BIDS, *ASKS) / 100).write_parquet(folder / "b.parquet")
    good.with_columns(pl.col("bucket_start").dt.replace_time_zone(None)).write_parquet(folder / "c.parquet")
    good.with_columns(yes_bid_open=pl.lit("40")).write_parquet(folder / "d.parquet")
    (folder / "e.parquet").write_bytes((folder / "a.parquet").read_bytes()[:-20])
    good.with_columns(bucket_start=pl.lit("2024-11-20 15:00:00")).write_csv(folder / "f.csv")
    found = {r.file: r.reason for r in import_original(folder, lake, config()).refusals}
    assert found == {
        "b.parquet": "prices are dollars, not cents",
        "c.parquet": "bucket_start holds Datetime(time_unit='us', time_zone=None), not times with a zone",
        "d.parquet": "columns yes_bid_open do not hold numbers",
        "e.parquet": "cannot be read: truncated, damaged or of another format",
        "f.csv": "bucket_start is no time with a zone",
    }
    assert lake.read("candles").height == 1


def test_nothing_to_import(lake: Lake, tmp_path: Path) -> None:
    """A path without any export is an error that says what to give."""
    for path in (tmp_path, tmp_path / "none.parquet"):
        with pytest.raises(ImportFailed, match="give the export of the candles"):
            import_original(path, lake, config())
