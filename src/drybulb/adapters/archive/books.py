"""Order books of July 2026: full depth per side, as levels and as best quotes with their sizes.

The file gives what is bid for YES and for NO, in dollars and contracts. What is bid for NO at q is an ask for YES at
1 - q. Levels become ``[centicents, 1/100 contract]``, best first. A capture was received when it was captured.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from drybulb.adapters.archive.events import contradictions, event_of_ticker, identity_checks, judge, with_brackets
from drybulb.adapters.archive.findings import EXAMPLES, Findings
from drybulb.adapters.archive.markets import LEG, Legs
from drybulb.adapters.archive.rules import Rules
from drybulb.adapters.archive.sources import (
    INSTANT,
    Kind,
    missing,
    no_rows,
    note_disorder,
    place_of_codes,
    read_source,
)
from drybulb.domain.money import CENTICENTS_PER_DOLLAR, COUNT_PER_CONTRACT

FILE = "kalshi_order_books.parquet"

COLUMNS = {
    "ticker": Kind.TEXT,
    "city": Kind.TEXT,
    "event_date": Kind.DAY,
    "strike_type": Kind.TEXT,
    "floor_strike": Kind.NUMBER,
    "cap_strike": Kind.NUMBER,
    "close_time": Kind.INSTANT,
    "captured_at": Kind.INSTANT,
    "yes_bids": Kind.LEVELS,
    "no_bids": Kind.LEVELS,
}

_RENAMED = {
    "event_date": "day",
    "floor_strike": "floor",
    "cap_strike": "cap",
    "close_time": "close_at",
    "captured_at": "at",
}


def read_books(folder: Path, rules: Rules, findings: Findings) -> pl.DataFrame:
    """Read the captures of kalshi_order_books that are in order, with their brackets; none where it is refused."""
    rows = read_source(folder / FILE, COLUMNS, findings)
    if rows is None:
        rows = no_rows(COLUMNS)
    rows = place_of_codes(rows.rename(_RENAMED).with_columns(event=event_of_ticker()), rules.keys)
    cents = [f"row {row}: {price}" for row, price in _above_a_dollar(rows).iter_rows()]
    if cents:
        findings.refuse_file(FILE, "prices are cents, not dollars", rows.height, cents[:EXAMPLES])
        rows = rows.clear()
    note_disorder(FILE, rows, "ticker", "at", findings)
    findings.open(FILE, rows, "day")
    checks = [
        *identity_checks(rules),
        *missing(["at", "yes_bids", "no_bids"]),
        ("a level is not [price, size] in 1/100 cents and 1/100 contracts", _broken_levels(rows)),
        ("bid at or above the ask", _best("yes_bids") + _best("no_bids") >= 1 - 1e-9),
    ]
    return with_brackets(findings.drop(FILE, rows, checks, ["ticker", "at"], unique=["ticker", "at"]))


def _above_a_dollar(rows: pl.DataFrame) -> pl.DataFrame:
    levels = pl.concat([_levels(rows, side) for side in ("yes_bids", "no_bids")])
    return (
        levels.filter(pl.col("price").is_between(1, float("inf"), closed="none"))
        .select("row", "price")
        .sort("row", "price")
    )


def _best(side: str) -> pl.Expr:
    return pl.col(side).list.eval(pl.element().list.first()).list.max()


def _broken_levels(rows: pl.DataFrame) -> pl.Expr:
    """True where a level is not two numbers, its price not inside a dollar, or either finer than it can be."""
    levels = pl.concat([_levels(rows, side) for side in ("yes_bids", "no_bids")])
    price = pl.col("price") * CENTICENTS_PER_DOLLAR
    size = pl.col("size") * COUNT_PER_CONTRACT
    sound = (
        (pl.col("length") == 2)
        & pl.col("price").is_between(0, 1, closed="none")
        & (pl.col("size") > 0)
        & ((price - price.round()).abs() < 1e-6)
        & ((size - size.round()).abs() < 1e-3)  # float noise of a large size
    )
    return pl.col("row").is_in(levels.filter(~sound.fill_null(value=False))["row"].unique().implode())


def _levels(rows: pl.DataFrame, side: str) -> pl.DataFrame:
    """Levels of a side, one a row: ``row``, ``price`` [$], ``size`` [contracts] and how many numbers it has."""
    exploded = rows.select("row", level=side).filter(pl.col("level").list.len() > 0).explode("level")
    return exploded.select(
        "row",
        price=pl.col("level").list.get(0, null_on_oob=True),
        size=pl.col("level").list.get(1, null_on_oob=True),
        length=pl.col("level").list.len(),
    )


def closes_of(books: pl.DataFrame) -> pl.DataFrame:
    """Return ``ticker`` and ``close_at`` as the first capture of each market states it."""
    return (
        books.drop_nulls("close_at")
        .sort("ticker", "at")
        .group_by("ticker", maintain_order=True)
        .first()
        .select("ticker", "close_at")
    )


def accept(books: pl.DataFrame, listed: Sequence[Legs], findings: Findings) -> tuple[Legs, pl.DataFrame]:
    """Return the legs and the captures of whole events whose strikes no other file contradicts.

    Args:
        books: captures as :func:`read_books` gives them.
        listed: legs of earlier files.
        findings: where refusals are recorded.
    """
    once = books.sort("ticker", "at").unique("ticker", keep="first", maintain_order=True)
    once = once.with_columns(open_at=pl.lit(None, dtype=INSTANT), source=pl.lit("book"))
    verdicts = judge(once, settled=False)
    for earlier in listed:
        verdicts = contradictions(once, earlier.legs) | verdicts
    kept = findings.drop_events(FILE, books, verdicts)
    accepted = once.filter(pl.col("event").is_in(kept["event"].unique().implode()))
    return Legs(FILE, accepted.select(LEG), books["ticker"]), kept


def books(captures: pl.DataFrame) -> pl.DataFrame:
    """Return rows of ``books``: levels of YES per side, best first."""
    whole = (pl.col("price") * CENTICENTS_PER_DOLLAR).round().cast(pl.Int64)
    bids = _side(_levels(captures, "yes_bids"), whole, "yes_bids", descending=True)
    asks = _side(_levels(captures, "no_bids"), CENTICENTS_PER_DOLLAR - whole, "yes_asks", descending=False)
    nothing = pl.lit([], dtype=pl.List(pl.List(pl.Int64)))
    sides = captures.drop("yes_bids").join(bids, on="row", how="left").join(asks, on="row", how="left")
    return sides.with_columns(
        pl.col("yes_bids", "yes_asks").fill_null(nothing),
        city="place",
        known_at=pl.col("at"),
        known_from=pl.lit("received"),
    )


def _side(levels: pl.DataFrame, price: pl.Expr, name: str, *, descending: bool) -> pl.DataFrame:
    count = (pl.col("size") * COUNT_PER_CONTRACT).round().cast(pl.Int64)
    made = levels.select("row", price=price, count=count).sort("row", "price", descending=[False, descending])
    pairs = made.select("row", pl.concat_list("price", "count").alias(name))
    return pairs.group_by("row", maintain_order=True).agg(name)


def best_quotes(books: pl.DataFrame) -> pl.DataFrame:
    """Return rows of ``quotes`` from rows of ``books``: the best level of each side with its size."""
    bid = pl.col("yes_bids").list.get(0, null_on_oob=True)
    ask = pl.col("yes_asks").list.get(0, null_on_oob=True)
    return books.select(
        "ticker",
        "city",
        "day",
        "at",
        source=pl.lit("book"),
        yes_bid=bid.list.get(0).cast(pl.Int32),
        yes_ask=ask.list.get(0).cast(pl.Int32),
        bid_size=bid.list.get(1),
        ask_size=ask.list.get(1),
        known_at="known_at",
        known_from="known_from",
    )
