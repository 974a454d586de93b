"""Prints: every public trade, kept where its market is known and the exchange was open.

A print tells nothing without its bracket, so prints of markets whose strikes are in no file, or whose event was
refused, are refused too. Prices are cents of YES, counts are contracts.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from drybulb.adapters.archive.findings import Check, Findings
from drybulb.adapters.archive.markets import Legs
from drybulb.adapters.archive.rules import Rules
from drybulb.adapters.archive.sessions import outside_hours
from drybulb.adapters.archive.sources import (
    Kind,
    in_dollars,
    missing,
    note_disorder,
    place_of_codes,
    read_source,
)
from drybulb.domain.money import CENTICENTS_PER_CENT, COUNT_PER_CONTRACT

FILE = "kalshi_trades.parquet"

COLUMNS = {
    "trade_id": Kind.TEXT,
    "ticker": Kind.TEXT,
    "city": Kind.TEXT,
    "event_date": Kind.DAY,
    "created_time": Kind.INSTANT,
    "yes_price": Kind.NUMBER,
    "count": Kind.NUMBER,
    "taker_side": Kind.TEXT,
}


def _checks(rows: pl.DataFrame, hours: pl.DataFrame, listed: Sequence[Legs]) -> list[Check]:
    named = pl.concat([pl.Series("ticker", [], pl.String), *(legs.tickers for legs in listed)]).unique()
    whole = pl.col("yes_price") * CENTICENTS_PER_CENT
    count = pl.col("count") * COUNT_PER_CONTRACT
    return [
        *missing(["trade_id", "ticker", "at", "yes_price", "count"]),
        ("city is not in the configuration", pl.col("place") == pl.col("city")),
        ("price is not 1 to 99 cents", ~pl.col("yes_price").is_between(1, 99) | (whole != whole.round())),
        ("count is not a positive number of contracts", (pl.col("count") <= 0) | (count != count.round())),
        ("taker side is neither yes nor no", ~pl.col("taker_side").is_in(["yes", "no"]).fill_null(value=False)),
        ("strikes are nowhere", ~pl.col("ticker").is_in(named.implode())),
        ("its event was refused", pl.col("market_day").is_null()),
        (
            "city or day is not its market's",
            (pl.col("market_city") != pl.col("place")) | (pl.col("market_day") != pl.col("day")),
        ),
        ("outside the exchange's hours", outside_hours(rows, "at", hours)),
        (
            "outside the market's open and close",
            (pl.col("at") < pl.col("open_at")) | (pl.col("at") > pl.col("close_at")),
        ),
    ]


def read_prints(
    folder: Path,
    markets: pl.DataFrame,
    hours: pl.DataFrame,
    listed: Sequence[Legs],
    rules: Rules,
    findings: Findings,
) -> pl.DataFrame | None:
    """Read kalshi_trades as rows of ``prints``; None where the file is refused.

    Args:
        folder: the archive.
        markets: rows of ``markets`` that were accepted.
        hours: rows of ``sessions``.
        listed: what the other files name, accepted or not.
        rules: what the readers are told.
        findings: where refusals are recorded.
    """
    rows = read_source(folder / FILE, COLUMNS, findings)
    if rows is None:
        return None
    dollars = in_dollars(rows, ["yes_price"])
    if dollars:
        findings.refuse_file(FILE, "prices are dollars, not cents", rows.height, dollars)
        return None
    rows = place_of_codes(rows.rename({"event_date": "day", "created_time": "at"}), rules.keys)
    note_disorder(FILE, rows, "ticker", "at", findings)
    findings.open(FILE, rows, "day")
    known = markets.select("ticker", "open_at", "close_at", market_city="city", market_day="day")
    rows = rows.join(known, on="ticker", how="left", maintain_order="left")
    good = findings.drop(FILE, rows, _checks(rows, hours, listed), ["ticker", "trade_id"], ["trade_id"])
    return good.select(
        "trade_id",
        "ticker",
        "day",
        "at",
        "taker_side",
        city="place",
        yes_price=(pl.col("yes_price") * CENTICENTS_PER_CENT).round().cast(pl.Int32),
        count=(pl.col("count") * COUNT_PER_CONTRACT).round().cast(pl.Int64),
        known_at=pl.col("at") + pl.duration(seconds=rules.latency["print"]),
        known_from=pl.lit("latency"),
    )
