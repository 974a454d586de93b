"""Markets and settlements: the listings, and what other files list besides them.

A market carries nothing that was not listed at its open. What was known only later (result, settled value, volume)
goes into settlements or nowhere. Where several files list an event the first of kalshi_markets, kalshi_daily_quotes,
kalshi_quote_polls and kalshi_order_books counts; a later one that disagrees is refused.

Times of trading are the listing's. Where there is none (Philadelphia's listings, the daily quotes, half of the polls)
the settings' hours are assumed, and the row says so: ``known_from`` is ``latency`` for every market.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from drybulb.adapters.archive.events import identity_checks, judge, with_brackets
from drybulb.adapters.archive.findings import Findings
from drybulb.adapters.archive.rules import Rules, climate_day_end
from drybulb.adapters.archive.sources import INSTANT, Kind, place_of_codes, read_source
from drybulb.domain.money import CENTICENTS_PER_DOLLAR

FILE = "kalshi_markets.parquet"

COLUMNS = {
    "ticker": Kind.TEXT,
    "event_ticker": Kind.TEXT,
    "city": Kind.TEXT,
    "event_date": Kind.DAY,
    "strike_type": Kind.TEXT,
    "floor_strike": Kind.NUMBER,
    "cap_strike": Kind.NUMBER,
    "open_time": Kind.INSTANT,
    "close_time": Kind.INSTANT,
    "result": Kind.TEXT,
    "expiration_value": Kind.NUMBER,
    "source": Kind.TEXT,
}

RENAMED = {
    "event_ticker": "event",
    "event_date": "day",
    "floor_strike": "floor",
    "cap_strike": "cap",
    "open_time": "open_at",
    "close_time": "close_at",
    "expiration_value": "value",
}

LEG = ("event", "ticker", "place", "day", "strike_type", "floor", "cap", "low", "high", "open_at", "close_at", "source")
"""Columns of a leg that make a market."""


_LEG_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(LEG, pl.String),
    "day": pl.Date,
    **dict.fromkeys(("floor", "cap", "value"), pl.Float64),
    **dict.fromkeys(("low", "high"), pl.Int32),
    **dict.fromkeys(("open_at", "close_at"), INSTANT),
    "result": pl.String,
}
"""With the result and the settled value, which a file that knows neither leaves null."""


@dataclass(frozen=True, slots=True)
class Legs:
    """Markets that a file lists.

    Attributes:
        file: its name.
        legs: accepted ones, one row a market: the columns of ``LEG`` and, of settled events, ``result``, ``value``.
        tickers: all that the file names, accepted or not.
    """

    file: str
    legs: pl.DataFrame
    tickers: pl.Series


def read_listings(folder: Path, rules: Rules, findings: Findings) -> Legs | None:
    """Read kalshi_markets: events with a whole ladder and exactly one YES."""
    rows = read_source(folder / FILE, COLUMNS, findings)
    if rows is None:
        return None
    rows = place_of_codes(rows.rename(RENAMED), rules.keys)
    findings.open(FILE, rows, "day")
    checks = [
        *identity_checks(rules),
        ("closes before it opens", pl.col("close_at") <= pl.col("open_at")),
    ]
    good = findings.drop(FILE, rows, checks, ["ticker"], unique=["ticker"])
    legs = with_brackets(good)
    legs = findings.drop_events(FILE, legs, judge(legs, settled=True))
    unvalued = legs.filter(pl.col("value").is_null()).select("place", "event").unique().sort("place", "event")
    for (place,), events in unvalued.group_by("place", maintain_order=True):
        some = events["event"].head(3).to_list()
        findings.note(FILE, str(place), "event has a result and no settled value", events.height, some)
    return Legs(FILE, legs, rows["ticker"])


def combine(sources: Sequence[Legs]) -> pl.DataFrame:
    """Return the legs of all sources, each event from the first source that has it."""
    combined = [pl.DataFrame(schema=_LEG_SCHEMA)]
    for source in sources:
        fresh = source.legs
        for earlier in combined:
            fresh = fresh.join(earlier.select("event").unique(), on="event", how="anti")
        absent = [name for name in _LEG_SCHEMA if name not in fresh.columns]
        fresh = fresh.with_columns(pl.lit(None, dtype=_LEG_SCHEMA[name]).alias(name) for name in absent)
        combined.append(fresh.select(*_LEG_SCHEMA))
    return pl.concat(combined).sort("ticker")


def markets(legs: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Return rows of ``markets``: what was listed at open, with assumed hours where none were."""
    days = legs.select("place", "day").unique().sort("place", "day")
    assumed = pl.DataFrame(
        [(p, d, rules.assumed_open(d), rules.assumed_close(d, p)) for p, d in days.iter_rows()],
        schema={"place": pl.String, "day": pl.Date, "_open": INSTANT, "_close": INSTANT},
        orient="row",
    )
    timed = legs.join(assumed, on=["place", "day"], how="left").with_columns(
        city="place", open_at=pl.coalesce("open_at", "_open"), close_at=pl.coalesce("close_at", "_close")
    )
    return timed.with_columns(known_at=pl.col("open_at"), known_from=pl.lit("latency")).drop("result", "value")


def settlements(legs: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Return rows of ``settlements``: what each market paid, known some hours after the end of the climate day."""
    end = climate_day_end(pl.col("day"), pl.col("place").replace_strict(rules.city_offsets, return_dtype=pl.Int64))
    paid = pl.when(pl.col("result") == "yes").then(CENTICENTS_PER_DOLLAR).otherwise(0)
    return legs.filter(pl.col("result").is_not_null()).select(
        "ticker",
        "day",
        "value",
        city="place",
        version=pl.lit(1),
        payout=paid,
        source=pl.lit("exchange"),
        known_at=end + pl.duration(seconds=rules.latency["settlement"]),
        known_from=pl.lit("latency"),
    )
