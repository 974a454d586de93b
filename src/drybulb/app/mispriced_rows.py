"""Prices beside what they turned out to be worth: one row a leg and instant, for `drybulb mispricing`.

Columns of the rows:

- ``city``, ``day``, ``event``, ``at`` [UTC], ``place`` (1 for the lowest bracket), ``lead``, ``hour`` (of local
  standard time);
- ``bid``, ``ask``, ``mid`` [cents], and ``is_usable``: both sides stand, are fresh, and are not too far apart;
- ``value``: the mid, or the best there is where a side is missing, so that a ladder is always whole [cents];
- ``payout`` and ``belief`` [cents]; the belief is null where nobody spoke;
- ``warmth``, ``believed_warmth``: +1 above the ladder's likeliest bracket, −1 below it, by price and by belief;
- ``bought``, ``sold``: gain of taking YES, or NO, at the next quote recorded, after the fee of an order of
  a hundred contracts; null where it would not have filled [cents a contract];
- ``since_<kind>`` [min] and ``news_<kind>``: how long ago the newest release of a kind was known, and whether the
  belief has since gone up in this bracket (+1) or down (−1) from what it was before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app.asking import Believe
from drybulb.app.listings import Payout
from drybulb.app.mispriced_news import with_news
from drybulb.app.mispriced_slices import RELEASES
from drybulb.app.mispriced_takers import taker_gains
from drybulb.app.recorded_ladders import recorded_ladders
from drybulb.domain.money import CENTICENTS_PER_CENT
from drybulb.engine.ports import Listing
from drybulb.frames.grid import REQUEST_SCHEMA
from drybulb.strategy.charges import Charges

#: Distance of the dense minutes that are looked at [min].
STEP = 5

_INSTANT = pl.Datetime("us", "UTC")
_QUOTED: dict[str, pl.DataType | type[pl.DataType]] = {
    "at": _INSTANT,
    "event": pl.String,
    "leg": pl.Int8,
    "source": pl.String,
    "yes_bid": pl.Int32,
    "yes_ask": pl.Int32,
    "bid_age": pl.Int32,
    "ask_age": pl.Int32,
    "is_sampled": pl.Boolean,
}


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts as a price.

    Attributes:
        max_age: oldest side [min].
        max_spread: widest [cents].
        lifetime: how long a taker's order waits for the next quote [min].
    """

    max_age: int
    max_spread: float
    lifetime: int


def price_rows(
    lake: Lake,
    released: pl.DataFrame,
    listings: Mapping[str, Listing],
    payouts: Mapping[str, Payout],
    believe: Believe | None,
    rules: Rules,
    costs: Charges,
) -> pl.DataFrame:
    """Prices of the listed events, at every fifth dense minute, or at every poll where there are no dense minutes.

    Args:
        lake: the tables.
        released: what :func:`~drybulb.app.mispriced_news.releases` gives of the listed cities.
        listings: by event ticker.
        payouts: by event ticker.
        believe: makes beliefs; None for none.
        rules: what counts as a price.
        costs: what takers are charged.

    Returns:
        Rows as the module describes them, of whole ladders with at least one usable leg; ``source`` says what the
        quotes are made from.
    """
    quoted = _quoted(lake, listings).join(_places(listings, payouts), on=["event", "leg"])
    if quoted.is_empty():
        return quoted.clear()
    priced = _priced(quoted.filter("is_sampled"), rules)
    gains = taker_gains(priced.filter("is_usable"), quoted, rules.lifetime, costs)
    heard = _believed(priced, listings, believe)
    whole = (
        priced.filter((pl.len() == pl.col("legs")).over("event", "at") & pl.col("is_usable").any().over("event", "at"))
        .join(gains, on=["event", "leg", "at"], how="left")
        .join(heard, on=["event", "leg", "at"], how="left")
        .with_columns(_warmth("value").alias("warmth"), _warmth("belief").alias("believed_warmth"))
        .with_columns(place=pl.col("leg") + 1)
    )
    for kind in RELEASES:
        whole = with_news(whole, heard, released.filter(pl.col("kind") == kind), kind)
    return whole.sort("event", "at", "leg")


def _quoted(lake: Lake, listings: Mapping[str, Listing]) -> pl.DataFrame:
    """Quotes of every leg while the exchange is open: dense minutes, and polls of events that have none."""
    days = [listing.event.day for listing in listings.values()]
    parts = [rows for part in recorded_ladders(lake, listings, min(days), max(days)) for rows in part.by_date.values()]
    if not parts:
        return pl.DataFrame(schema=_QUOTED)
    # Errors of one dense minute and the next are the same error; polls are few.
    is_dense = pl.col("source").is_in(["exchange", "prints"])
    return (
        pl.concat(parts)
        .filter("is_trading")
        .with_columns(is_sampled=~is_dense | (pl.col("at").dt.minute() % STEP == 0))
        .drop("at")
        .rename({"known_at": "at"})
        .select(*_QUOTED)
    )


def _places(listings: Mapping[str, Listing], payouts: Mapping[str, Payout]) -> pl.DataFrame:
    """What every leg is and paid."""
    rows = [
        (
            *(name, leg, listing.event.city, listing.event.day, listing.series),
            *(listing.climate_day.offset_hours, len(listing.event.markets), paid / CENTICENTS_PER_CENT),
        )
        for name, listing in listings.items()
        for leg, paid in enumerate(payouts[name].payouts)
    ]
    return pl.DataFrame(
        rows,
        schema={
            "event": pl.String,
            "leg": pl.Int8,
            "city": pl.String,
            "day": pl.Date,
            "series": pl.String,
            "offset": pl.Int64,
            "legs": pl.UInt32,
            "payout": pl.Float64,
        },
        orient="row",
    )


def _priced(quoted: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Cents instead of centicents, local hours, and which rows are usable."""
    bid, ask = (pl.col(name) / CENTICENTS_PER_CENT for name in ("yes_bid", "yes_ask"))
    local = pl.col("at") + pl.duration(hours=pl.col("offset"))
    seen = pl.col("yes_bid").is_not_null() | pl.col("yes_ask").is_not_null()
    edged = pl.when(seen).then((bid.fill_null(0.0) + ask.fill_null(100.0)) / 2.0)
    spread = ask - bid
    return (
        quoted.sort("event", "leg", "at")
        .with_columns(
            bid.alias("bid"),
            ask.alias("ask"),
            ((bid + ask) / 2.0).alias("mid"),
            # A side nobody has shown yet says as little of one bracket as of another.
            edged.forward_fill().over("event", "leg").fill_null(100.0 / pl.col("legs")).alias("value"),
            (pl.col("day") - local.dt.date()).dt.total_days().cast(pl.Int8).alias("lead"),
            local.dt.hour().cast(pl.Int8).alias("hour"),
            ((pl.max_horizontal("bid_age", "ask_age") <= rules.max_age) & (spread > 0.0) & (spread <= rules.max_spread))
            .fill_null(value=False)
            .alias("is_usable"),
        )
        .drop("yes_bid", "yes_ask", "bid_age", "ask_age", "is_sampled", "offset")
    )


def _believed(priced: pl.DataFrame, listings: Mapping[str, Listing], believe: Believe | None) -> pl.DataFrame:
    """The belief in every leg at every instant looked at [cents]."""
    rows = []
    if believe is not None:
        asked = priced.select("event", "city", "day", "at").unique().sort("city", "day", "at")
        requests = asked.select(*REQUEST_SCHEMA)
        for (event, at), belief in zip(asked.select("event", "at").iter_rows(), believe(requests), strict=True):
            if belief.distribution is not None:
                parts = listings[event].event.ladder.probabilities(belief.distribution)
                rows += [(event, leg, at, 100.0 * part) for leg, part in enumerate(parts)]
    schema = pl.Schema({"event": pl.String(), "leg": pl.Int8(), "at": _INSTANT, "belief": pl.Float64()})
    return pl.DataFrame(rows, schema=schema, orient="row")


def _warmth(column: str) -> pl.Expr:
    """Where each leg stands to the likeliest of its ladder: +1 above it, −1 below it, null without a value."""
    likeliest = pl.col("leg").sort_by(column, descending=True, nulls_last=True).first().over("event", "at")
    side = (pl.col("leg") - likeliest).sign().cast(pl.Int8)
    return pl.when(pl.col(column).is_not_null()).then(side)
