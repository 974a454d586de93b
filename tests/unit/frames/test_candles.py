"""Candles from prints: minutes, sides, order, and what came late."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from drybulb.frames.candles import candles_from_prints
from drybulb.frames.schema import Candles, empty
from tests import tape


def _bars(frame: pl.DataFrame, name: str) -> list[tuple[int | None, ...]]:
    return frame.select(f"{name}_{part}" for part in ("open", "high", "low", "close")).rows()


def test_a_minute_holds_its_start_and_not_its_end() -> None:
    """A print at 15:00:00 exactly belongs to the candle that ends at 15:01, one a microsecond earlier does not."""
    made = candles_from_prints(tape.prints([("15:00:00", 50, "yes"), ("14:59:59.999999", 40, "yes")]))
    assert made.select("end_at", "price_close").rows() == [
        (tape.instant("15:00"), 4000),
        (tape.instant("15:01"), 5000),
    ]


def test_each_taker_shows_one_side() -> None:
    """A taker of YES shows an ask that was taken, a taker of NO a bid; the price is all of them."""
    rows = [("15:00:10", 52, "yes"), ("15:00:20", 48, "no"), ("15:00:30", 54, "yes"), ("15:00:40", 47, "no")]
    made = candles_from_prints(tape.prints([*rows, ("15:00:50", 53, "yes")]))
    assert _bars(made, "yes_ask") == [(5200, 5400, 5200, 5300)]
    assert _bars(made, "yes_bid") == [(4800, 4800, 4700, 4700)]
    assert _bars(made, "price") == [(5200, 5400, 4700, 5300)]
    assert made["source"].to_list() == ["prints"]


def test_a_side_not_seen_is_null() -> None:
    """A side that nobody took in the minute is null in all four prices, and open interest is unknown."""
    made = candles_from_prints(tape.prints([("15:00:10", 52, "yes")]))
    assert _bars(made, "yes_bid") == [(None, None, None, None)]
    assert made["open_interest"].to_list() == [None]


@pytest.mark.parametrize(
    ("later", "bid_close"),
    [(("15:00:30", 49, "yes"), 4800), (("15:00:30", 48, "yes"), None), (("15:00:30", 47, "yes"), None)],
)
def test_a_later_print_through_a_side_nulls_its_close(later: tape.Print, bid_close: int | None) -> None:
    """A bid of 48 stands at the minute's end only if every ask taken after it was above 48."""
    made = candles_from_prints(tape.prints([("15:00:20", 48, "no"), later]))
    assert _bars(made, "yes_bid") == [(4800, 4800, 4800, bid_close)]


def test_an_earlier_print_nulls_nothing() -> None:
    """An ask taken at 45 before a bid was hit at 48 leaves that bid standing, and is itself gone."""
    made = candles_from_prints(tape.prints([("15:00:10", 45, "yes"), ("15:00:20", 48, "no")]))
    assert made.select("yes_bid_close", "yes_ask_close", "yes_ask_low").row(0) == (4800, None, 4500)


def test_a_side_seen_again_stands_again() -> None:
    """A bid nulled by an ask taken below it stands again from its next print on."""
    made = candles_from_prints(tape.prints([("15:00:10", 48, "no"), ("15:00:20", 47, "yes"), ("15:00:30", 46, "no")]))
    assert made.select("yes_bid_close", "yes_ask_close").row(0) == (4600, 4700)


def test_prints_of_one_instant_walk_the_book() -> None:
    """Prints of one instant are one order: a taker of YES ends at the highest price, a taker of NO at the lowest."""
    bought = tape.prints([("15:00:10", 36, "yes"), ("15:00:10", 38, "yes"), ("15:00:10", 35, "yes")])
    sold = tape.prints([("15:01:10", 34, "no"), ("15:01:10", 31, "no"), ("15:01:10", 33, "no")], "B")
    made = candles_from_prints(pl.concat([bought, sold]))
    assert _bars(made, "price") == [(3500, 3800, 3500, 3800), (3400, 3400, 3100, 3100)]


def test_the_mean_is_weighted_by_volume() -> None:
    """One contract at 40 and three at 60 have mean 55 and volume 4, in centicents and hundredths."""
    one = tape.prints([("15:00:10", 40, "yes")])
    three = tape.prints([("15:00:20", 60, "yes")], count=3).with_columns(pl.lit("other").alias("trade_id"))
    made = candles_from_prints(pl.concat([one, three]))
    assert made.select("price_mean", "volume").row(0) == (5500.0, 400)


def test_previous_is_the_last_print_before_the_minute() -> None:
    """price_previous is the market's last print before the minute, however long ago, and null at its first."""
    first = tape.prints([("15:00:10", 40, "yes"), ("15:00:20", 42, "yes"), ("15:09:00", 50, "no")])
    made = candles_from_prints(pl.concat([first, tape.prints([("15:05:00", 90, "yes")], "B")]))
    assert made.select("ticker", "price_previous").rows() == [("A", None), ("A", 4200), ("B", None)]


def test_a_candle_is_known_when_its_last_print_could_have_come() -> None:
    """Every candle is known at its end plus the tape's latency, so that none changes after it was known."""
    made = candles_from_prints(tape.prints([("15:00:10", 40, "yes")], delay=2.0), timedelta(seconds=2))
    assert made["known_at"].to_list() == [tape.instant("15:01:02")]
    assert made["known_from"].to_list() == ["latency"]


def test_a_late_print_counts_when_it_became_known() -> None:
    """A print known 100 s after it happened counts in the minute that could first have held it; no volume is lost."""
    late = tape.prints([("15:00:10", 40, "yes")], delay=100.0)
    made = candles_from_prints(pl.concat([late, tape.prints([("15:01:55", 44, "yes")], "B")]), timedelta(seconds=1))
    assert made.select("ticker", "end_at", "volume").rows() == [
        ("A", tape.instant("15:02"), 100),
        ("B", tape.instant("15:02"), 100),
    ]


def test_rows_are_those_of_the_table() -> None:
    """The candles satisfy the rules of their table, and no prints make no candles."""
    made = candles_from_prints(tape.drawn_prints(7))
    assert Candles.validate(made).equals(made)
    nothing = candles_from_prints(empty("prints"))
    assert nothing.is_empty()
    assert nothing.schema == empty("candles").schema
