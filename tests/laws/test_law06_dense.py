"""Law 6, of dense minutes: in a stream as in a batch, twice as once, and exactly what the tape says."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from polars.testing import assert_frame_equal

from drybulb.adapters.lake import Lake
from drybulb.app import config, densify
from drybulb.frames import candles, dense, dense_stream
from tests import tape

#: Closed from 15:05 to 15:07, a pause from 15:11 to 15:12; two hours meet at 15:03 and are one.
HOURS = tape.sessions(
    ("14:00", "15:03", "open"), ("15:03", "15:05", "open"), ("15:07", None, "open"), ("15:11", "15:12", "pause")
)
LIVES = (("15:00", "15:05"), ("15:07", "15:11"), ("15:12", "15:14"))
MARKETS = tape.markets("15:00", "15:14", ("A", "B"))


def _equal(left: pl.DataFrame, right: pl.DataFrame) -> None:
    assert_frame_equal(left, right, check_exact=True)


@settings(max_examples=25)
@given(tape.SEEDS)
def test_a_stream_gives_the_batch(seed: int) -> None:
    """Dense minutes made one at a time, each candle handed over once it was known, are those made all at once."""
    prints = tape.drawn_prints(seed, delays=(1.0, 1.0, 45.0, 150.0))
    exchange = tape.drawn_exchange_candles(seed, delays=(0.0, 20.0, 90.0, 200.0))
    made = pl.concat([candles.candles_from_prints(prints), exchange])
    stream = dense_stream.DenseStream(MARKETS, HOURS)
    rows = []
    for minute in range(1, 15):
        end_at = tape.instant("15:00") + timedelta(minutes=minute)
        known = pl.col("known_at")
        came = made.filter(known > end_at - timedelta(seconds=55), known <= end_at + timedelta(seconds=5))
        rows.append(stream.minute(end_at, came))
    _equal(dense.densify_month(made, MARKETS, HOURS), pl.concat(rows).sort("ticker", "end_at"))


def _tape_says(prints: pl.DataFrame, ticker: str, opens: str, closes: str) -> list[tuple[int | None, int | None]]:
    """Bid and ask at each minute's end of a life, from the tape print by print [centicents]."""
    bought_yes = pl.col("taker_side") == "yes"
    rows = prints.filter(pl.col("ticker") == ticker).sort(
        "at", pl.when(bought_yes).then("yes_price").otherwise(-pl.col("yes_price"))
    )
    said: list[tuple[int | None, int | None]] = []
    bid: int | None = None
    ask: int | None = None
    start, end = tape.instant(opens), tape.instant(closes)
    for minute in range(int((end - start) / timedelta(minutes=1))):
        begins = start + timedelta(minutes=minute)
        here = rows.filter(pl.col("at") >= begins, pl.col("at") < begins + timedelta(minutes=1))
        for price, taker in here.select("yes_price", "taker_side").rows():
            if taker == "yes":
                ask, bid = price, None if bid is not None and bid >= price else bid
            else:
                bid, ask = price, None if ask is not None and ask <= price else ask
        said.append((bid, ask))
    return said


@settings(max_examples=25)
@given(tape.SEEDS)
def test_the_sides_are_those_of_the_tape(seed: int) -> None:
    """Bid and ask at every minute's end are what folding the tape print by print gives, begun anew in each session."""
    prints = tape.drawn_prints(seed)
    rows = dense.densify_month(candles.candles_from_prints(prints), MARKETS, HOURS)
    for ticker in ("A", "B"):
        made = rows.filter(pl.col("ticker") == ticker, "is_trading").select("yes_bid_close", "yes_ask_close").rows()
        said = [sides for opens, closes in LIVES for sides in _tape_says(prints, ticker, opens, closes)]
        assert made == said
    assert not rows["is_crossed"].any()


@settings(max_examples=25)
@given(tape.SEEDS)
def test_a_carried_minute_is_its_close(seed: int) -> None:
    """Without a candle, open, high and low are the carried close, nothing was traded, and ages grow by a minute."""
    made = pl.concat([candles.candles_from_prints(tape.drawn_prints(seed)), tape.drawn_exchange_candles(seed)])
    rows = dense.densify_month(made, MARKETS, HOURS)
    carried = rows.filter(~pl.col("is_observed"))
    for name in ("yes_bid", "yes_ask", "price"):
        for part in ("open", "high", "low"):
            assert carried[f"{name}_{part}"].equals(carried[f"{name}_close"].alias(f"{name}_{part}"), null_equal=True)
    assert not carried["has_trade"].any()
    assert carried["volume"].sum() == 0
    for side in ("bid", "ask", "price"):
        grown = rows.select(
            pl.col(f"{side}_age").diff().over("ticker").filter(~pl.col("is_observed")).drop_nulls().unique()
        )
        assert grown[f"{side}_age"].to_list() in ([], [1])
    paused = rows.filter(~pl.col("is_trading"))
    assert paused.height == 2
    assert (
        paused.select("yes_bid_close", "yes_ask_close", "price_close", "price_previous").null_count().row(0) == (2,) * 4
    )


def _files(lake: Lake) -> dict[str, bytes]:
    return {str(file.relative_to(lake.path)): file.read_bytes() for file in sorted(lake.path.rglob("*.*"))}


def test_twice_is_once() -> None:
    """Densifying a lake a second time builds nothing and leaves every byte; building it anew gives the same bytes."""
    rows = tape.prints(
        [("15:01:10", 48, "no"), ("15:01:20", 51, "yes"), ("15:04:00", 47, "yes"), ("15:08:00", 46, "no")]
    )
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder))
        lake.merge("prints", rows)
        lake.merge("markets", MARKETS)
        lake.merge("sessions", HOURS)
        lake.merge("candles", tape.candles(tape.candle("15:08", ticker="B", bid=40, ask=44)))
        first = densify.densify(lake, config.load(), ["chicago"]).cities["chicago"]
        once = _files(lake)
        second = densify.densify(lake, config.load(), ["chicago"]).cities["chicago"]
        assert (first.months_built, second.months_built) == (["2024-11"], [])
        assert second.months_skipped == ["2024-11"]
        assert (first.rows, first.candles, first.candles_observed) == (
            second.rows,
            second.candles,
            second.candles_observed,
        )
        assert _files(lake) == once
        (lake.path / "dense" / "_inputs.json").unlink()
        assert densify.densify(lake, config.load(), ["chicago"]).cities["chicago"].months_built == ["2024-11"]
        assert _files(lake) == once
