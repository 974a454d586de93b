"""Law 1, of candles and dense minutes: nothing known later changes what was there to be seen."""

from __future__ import annotations

from datetime import datetime

import polars as pl
from hypothesis import given, settings
from polars.testing import assert_frame_equal

from drybulb.frames import candles, dense
from drybulb.frames.schema import Candles
from tests import tape

MARKETS = tape.markets("15:00", "15:14", ("A", "B"))
#: Two rows of hours that are known only after they began: a pause, and the evening.
HOURS = pl.concat(
    [
        tape.sessions(("14:00", "15:10", "open")),
        tape.sessions(("15:03", "15:08", "pause")).with_columns(pl.lit(tape.instant("15:06")).alias("known_at")),
        tape.sessions(("15:10", None, "open")).with_columns(pl.lit(tape.instant("15:11:30")).alias("known_at")),
    ]
)
PRINT_DELAYS = (0.2, 1.0, 1.0, 45.0)
CANDLE_DELAYS = (0.0, 20.0, 90.0)
PRICES = [name for name in Candles.column_names() if name.startswith(("yes_", "price_"))]


def _known(frame: pl.DataFrame, at: datetime) -> pl.DataFrame:
    return frame.filter(pl.col("known_at") <= at)


def _corrupted(frame: pl.DataFrame, at: datetime, prices: list[str]) -> pl.DataFrame:
    """The rows known by ``at``, and the others with other prices."""
    later = frame.filter(pl.col("known_at") > at).with_columns((10_000 - pl.col(name)).alias(name) for name in prices)
    return pl.concat([_known(frame, at), later])


def _equal(left: pl.DataFrame, right: pl.DataFrame) -> None:
    assert_frame_equal(left, right, check_exact=True)


@settings(max_examples=25)
@given(tape.SEEDS)
def test_candles_known_later_change_nothing(seed: int) -> None:
    """Dense rows known by t stay as they are when every candle known after t is deleted, or has other prices."""
    at, prints = tape.drawn_instant(seed), tape.drawn_prints(seed, delays=PRINT_DELAYS)
    exchange = tape.drawn_exchange_candles(seed, delays=CANDLE_DELAYS)
    made = pl.concat([candles.candles_from_prints(prints), exchange])
    seen = _known(dense.densify_month(made, MARKETS, HOURS), at)
    for other in (_known(made, at), _corrupted(made, at, PRICES)):
        _equal(seen, _known(dense.densify_month(other, MARKETS, HOURS), at))


@settings(max_examples=25)
@given(tape.SEEDS)
def test_prints_known_later_change_nothing(seed: int) -> None:
    """Candles and dense rows known by t stay as they are when every print known after t is deleted or another."""
    at, prints = tape.drawn_instant(seed), tape.drawn_prints(seed, delays=PRINT_DELAYS)
    exchange = tape.drawn_exchange_candles(seed, delays=CANDLE_DELAYS)
    made = candles.candles_from_prints(prints)
    seen = _known(dense.densify_month(pl.concat([made, exchange]), MARKETS, HOURS), at)
    for other in (_known(prints, at), _corrupted(prints, at, ["yes_price"])):
        again = candles.candles_from_prints(other)
        _equal(_known(made, at), _known(again, at))
        _equal(seen, _known(dense.densify_month(pl.concat([again, exchange]), MARKETS, HOURS), at))


@settings(max_examples=25)
@given(tape.SEEDS)
def test_hours_and_markets_known_later_change_nothing(seed: int) -> None:
    """Dense rows known by t stay as they are when every session and market known after t is deleted."""
    at, prints = tape.drawn_instant(seed), tape.drawn_prints(seed, delays=PRINT_DELAYS)
    made = candles.candles_from_prints(prints)
    listed = MARKETS.with_columns(
        pl.when(pl.col("ticker") == "B").then(tape.instant("15:04:20")).otherwise("known_at").alias("known_at")
    )
    seen = _known(dense.densify_month(made, listed, HOURS), at)
    _equal(seen, _known(dense.densify_month(made, _known(listed, at), _known(HOURS, at)), at))
