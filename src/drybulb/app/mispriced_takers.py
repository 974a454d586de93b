"""What a taker would have had at the prices of a slice: the next quote recorded, and the exact fee."""

from __future__ import annotations

import polars as pl

from drybulb.domain.money import CENTICENTS_PER_CENT, COUNT_PER_CONTRACT, MICRODOLLARS_PER_CENT
from drybulb.strategy.charges import Charges

#: Size of a taker's order, for its fee [contracts].
CONTRACTS = 100


def taker_gains(usable: pl.DataFrame, quoted: pl.DataFrame, lifetime: int, costs: Charges) -> pl.DataFrame:
    """Gain of taking each price seen, filled at the next quote recorded if that is no worse [cents a contract].

    Args:
        usable: ``event``, ``leg``, ``at``, ``series``, ``bid``, ``ask`` and ``payout`` [cents] of the prices seen.
        quoted: all quotes, with prices in centicents, ages and ``source``; those carried, or of prints, fill nothing.
        lifetime: how long an order waits [min].
        costs: what takers are charged.

    Returns:
        ``event``, ``leg``, ``at``, ``bought`` (YES) and ``sold`` (NO); null where it would not have filled.
    """
    fresh = (pl.min_horizontal("bid_age", "ask_age") == 0) & (pl.col("source") != "prints")
    offered = (
        quoted.filter(fresh)
        .select("event", "leg", pl.col("at").alias("filled_at"), "yes_bid", "yes_ask")
        .sort("filled_at")
    )
    met = (
        usable.select("event", "leg", "at", "series", "bid", "ask", "payout")
        .sort("at")
        .join_asof(
            offered,
            left_on="at",
            right_on="filled_at",
            by=["event", "leg"],
            strategy="forward",
            tolerance=f"{lifetime}m",
            allow_exact_matches=False,
            check_sortedness=False,
        )
    )
    for side in ("yes_ask", "yes_bid"):
        met = met.join(_fees(met, side, costs), on=["series", "at", side], how="left")
    ask, bid = (pl.col(name) / CENTICENTS_PER_CENT for name in ("yes_ask", "yes_bid"))
    return met.select(
        *("event", "leg", "at"),
        pl.when(ask <= pl.col("ask")).then(pl.col("payout") - ask - pl.col("fee_yes_ask")).alias("bought"),
        pl.when(bid >= pl.col("bid")).then(bid - pl.col("payout") - pl.col("fee_yes_bid")).alias("sold"),
    )


def _fees(met: pl.DataFrame, side: str, costs: Charges) -> pl.DataFrame:
    """Fee of an order placed at ``at`` and filled at a price of ``side``, by series, instant and price."""
    # A rule holds for whole dates of the exchange.
    dated = met.select("series", "at", side).drop_nulls().unique()
    dated = dated.with_columns(pl.col("at").dt.convert_time_zone(costs.zone.key).dt.date().alias("_date"))
    asked = dated.group_by("series", "_date", side).agg(pl.col("at").min())
    count = CONTRACTS * COUNT_PER_CONTRACT
    fees = [
        costs.in_one_fill(series, at, price, count) / (CONTRACTS * MICRODOLLARS_PER_CENT)
        for series, at, price in asked.select("series", "at", side).iter_rows()
    ]
    priced = asked.drop("at").with_columns(pl.Series(f"fee_{side}", fees, dtype=pl.Float64))
    return dated.join(priced, on=["series", "_date", side]).drop("_date")
