"""The dense stream between its calls: what waits, and which minutes have rows (law 6 has the rest)."""

from __future__ import annotations

from drybulb.frames.dense_stream import DenseStream
from drybulb.frames.schema import Dense
from tests import tape


def test_a_candle_not_yet_known_waits() -> None:
    """A candle handed over before it could be known is not used, and comes into force when it can."""
    stream = DenseStream(tape.markets(), tape.sessions())
    early = tape.candles(tape.candle("15:02", bid=40, ask=44, delay=30.0))
    assert stream.minute(tape.instant("15:02"), early)["yes_bid_close"].to_list() == [None]
    assert stream.minute(tape.instant("15:03"))["yes_bid_close"].to_list() == [4000]


def test_minutes_without_trading_have_no_rows() -> None:
    """Before the open, after the close and while the exchange is closed a minute gives no rows, and still a table."""
    stream = DenseStream(tape.markets(), tape.sessions(("14:00", "15:04", "open"), ("15:07", "16:00", "open")))
    heights = [stream.minute(tape.instant(clock)).height for clock in ("15:00", "15:01", "15:05", "15:08", "15:15")]
    assert heights == [0, 1, 0, 1, 0]
    Dense.validate(stream.minute(tape.instant("15:16")))


def test_minutes_may_be_left_out() -> None:
    """A candle of a minute that was left out stands in the next one, at its age."""
    stream = DenseStream(tape.markets(), tape.sessions())
    made = stream.minute(tape.instant("15:05"), tape.candles(tape.candle("15:02", bid=40, ask=44)))
    assert made.select("yes_bid_close", "bid_age", "is_observed").row(0) == (4000, 3, False)
