"""Quotes: one bid and ask per market and day (kalshi_daily_quotes), and those polled in 2026 (kalshi_quote_polls).

Prices are cents. A bid of 0 and an ask of 100 are the empty sides of a book: null, never a price. The legs of one
daily quote can be hours apart; each keeps its own time, and the events are noted. A daily quote has the time of its
hourly candle, so when it was known follows from the latency table; a poll was received when it was polled.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from drybulb.adapters.archive.events import (
    contradictions,
    event_of_ticker,
    identity_checks,
    judge,
    legs_hours_apart,
    with_brackets,
)
from drybulb.adapters.archive.findings import EXAMPLES, Check, Findings
from drybulb.adapters.archive.markets import LEG, RENAMED, Legs
from drybulb.adapters.archive.rules import Rules
from drybulb.adapters.archive.sessions import outside_hours
from drybulb.adapters.archive.sources import (
    INSTANT,
    Kind,
    in_dollars,
    missing,
    note_disorder,
    place_of_codes,
    read_source,
)
from drybulb.adapters.archive.titles import strikes_of
from drybulb.domain.money import CENTICENTS_PER_CENT

DAILY = "kalshi_daily_quotes.parquet"
POLLS = "kalshi_quote_polls.parquet"

DAILY_COLUMNS = {
    "ticker": Kind.TEXT,
    "event_ticker": Kind.TEXT,
    "city": Kind.TEXT,
    "event_date": Kind.DAY,
    "strike_type": Kind.TEXT,
    "floor_strike": Kind.NUMBER,
    "cap_strike": Kind.NUMBER,
    "yes_bid": Kind.NUMBER,
    "yes_ask": Kind.NUMBER,
    "quoted_at": Kind.INSTANT,
    "result": Kind.TEXT,
}

POLL_COLUMNS = {
    "ticker": Kind.TEXT,
    "city": Kind.TEXT,
    "event_date": Kind.DAY,
    "title": Kind.TEXT,
    "yes_bid": Kind.NUMBER,
    "yes_ask": Kind.NUMBER,
    "close_time": Kind.INSTANT,
    "quoted_at": Kind.INSTANT,
}

_SIDES = ("yes_bid", "yes_ask")


def _price_checks() -> list[Check]:
    """Checks that refuse what is no quote in cents: 0 to 100, a bid below its ask."""
    whole = [pl.col(side) * CENTICENTS_PER_CENT for side in _SIDES]
    broken = [(price - price.round()).abs() > 1e-6 for price in whole]
    outside = [(pl.col(s) < 0) | (pl.col(s) > 100) | ((pl.col(s) > 0) & (pl.col(s) < 1)) for s in _SIDES]
    return [
        *missing(["quoted_at", *_SIDES]),
        ("price is not 0 to 100 cents", pl.any_horizontal(*outside, *broken)),
        ("bid at 100 or ask at 0", (pl.col("yes_bid") >= 100) | (pl.col("yes_ask") <= 0)),
        ("bid at or above the ask", pl.col("yes_bid") >= pl.col("yes_ask")),
    ]


def _side(column: str, empty: float) -> pl.Expr:
    price = (pl.col(column) * CENTICENTS_PER_CENT).round().cast(pl.Int32)
    return pl.when(pl.col(column) != empty).then(price).alias(column)


def _quotes(rows: pl.DataFrame, source: str, latency: int | None) -> pl.DataFrame:
    """Rows of ``quotes``; ``latency`` None says that they were received when quoted [s]."""
    return rows.select(
        "ticker",
        "day",
        _side("yes_bid", 0.0),
        _side("yes_ask", 100.0),
        at="quoted_at",
        source=pl.lit(source),
        city="place",
        bid_size=pl.lit(None, dtype=pl.Int64),
        ask_size=pl.lit(None, dtype=pl.Int64),
        known_at=pl.col("quoted_at") + pl.duration(seconds=latency or 0),
        known_from=pl.lit("received" if latency is None else "latency"),
    )


def _opened(name: str, rows: pl.DataFrame, rules: Rules, findings: Findings) -> pl.DataFrame | None:
    """The rows of a file of quotes whose identity and prices are in order; None where the whole file is refused."""
    dollars = in_dollars(rows, _SIDES)
    if dollars:
        findings.refuse_file(name, "prices are dollars, not cents", rows.height, dollars)
        return None
    note_disorder(name, rows, "ticker", "quoted_at", findings)
    findings.open(name, rows, "day")
    checks = [*identity_checks(rules), *_price_checks()]
    return findings.drop(name, rows, checks, ["ticker", "quoted_at"], unique=["ticker", "quoted_at"])


def read_daily(
    folder: Path, hours: pl.DataFrame, listed: Sequence[Legs], rules: Rules, findings: Findings
) -> tuple[Legs, pl.DataFrame] | None:
    """Read kalshi_daily_quotes: its whole events as legs, and their rows of ``quotes``.

    Quotes of a refused event are not kept: which leg is missing would tell the result.

    Args:
        folder: the archive.
        hours: rows of ``sessions``.
        listed: legs of earlier files, which must not be contradicted.
        rules: what the readers are told.
        findings: where refusals are recorded.
    """
    rows = read_source(folder / DAILY, DAILY_COLUMNS, findings)
    if rows is None:
        return None
    rows = place_of_codes(rows.rename({k: v for k, v in RENAMED.items() if k in DAILY_COLUMNS}), rules.keys)
    good = _opened(DAILY, rows, rules, findings)
    if good is None:
        return None
    legs = with_brackets(good).with_columns(
        value=pl.lit(None, dtype=pl.Float64),
        open_at=pl.lit(None, dtype=INSTANT),
        close_at=pl.lit(None, dtype=INSTANT),
        source=pl.lit("daily"),
    )
    _note_legs_apart(legs, findings)
    once = legs.sort("ticker", "quoted_at").unique("ticker", keep="first", maintain_order=True)
    verdicts = judge(once, settled=True)
    for earlier in listed:
        verdicts = contradictions(once, earlier.legs) | verdicts
    kept = findings.drop_events(DAILY, legs, verdicts)
    _note_shut(kept, hours, findings)
    accepted = once.filter(pl.col("event").is_in(kept["event"].unique().implode())).select(*LEG, "result", "value")
    return Legs(DAILY, accepted, rows["ticker"]), _quotes(kept, "daily", rules.latency["quote"])


def _note_legs_apart(legs: pl.DataFrame, findings: Findings) -> None:
    for place, events in sorted(legs_hours_apart(legs, "quoted_at").items()):
        some = [f"{event}: {hours:g} h" for event, _, hours in events[:EXAMPLES]]
        findings.note(DAILY, place, "event has legs quoted at different times", len(events), some)


def _note_shut(rows: pl.DataFrame, hours: pl.DataFrame, findings: Findings) -> None:
    """Note quotes of hours in which the exchange was shut: they show the book as trading left it."""
    ended = rows.with_columns(
        _ended=pl.col("quoted_at") - pl.duration(microseconds=1)
    )  # a candle is labelled by its end
    shut = ended.filter(outside_hours(ended, "_ended", hours)).sort("row")
    for (place,), group in shut.group_by("place", maintain_order=True):
        some = [f"row {row}" for row in group["row"].head(EXAMPLES)]
        findings.note(DAILY, str(place), "quoted while the exchange was shut", group.height, some)


def read_polls(
    folder: Path, listed: Sequence[Legs], closes: pl.DataFrame, rules: Rules, findings: Findings
) -> tuple[Legs, pl.DataFrame] | None:
    """Read kalshi_quote_polls: its whole events as legs, and their rows of ``quotes``.

    Args:
        folder: the archive.
        listed: legs of earlier files, which must not be contradicted.
        closes: ``ticker`` and ``close_at`` of the books, for polls that do not say when trading ends.
        rules: what the readers are told.
        findings: where refusals are recorded.
    """
    rows = read_source(folder / POLLS, POLL_COLUMNS, findings)
    if rows is None:
        return None
    named = rows.rename({"event_date": "day", "close_time": "close_at"}).with_columns(event=event_of_ticker())
    good = _opened(POLLS, place_of_codes(named, rules.keys), rules, findings)
    if good is None:
        return None
    good = with_brackets(_with_strikes(findings.drop(POLLS, good, missing(["title"]), ["ticker", "quoted_at"])))
    once = (
        good.sort("ticker", pl.col("close_at").is_null(), "quoted_at")
        .unique("ticker", keep="first", maintain_order=True)
        .join(closes, on="ticker", how="left", suffix="_book")
        .with_columns(
            close_at=pl.coalesce("close_at", "close_at_book"),
            open_at=pl.lit(None, dtype=INSTANT),
            source=pl.lit("poll"),
        )
    )
    verdicts = judge(once, settled=False)
    for earlier in listed:
        verdicts = contradictions(once, earlier.legs) | verdicts
    kept = findings.drop_events(POLLS, good, verdicts)
    accepted = once.filter(pl.col("event").is_in(kept["event"].unique().implode()))
    return Legs(POLLS, accepted.select(LEG), rows["ticker"]), _quotes(kept, "poll", None)


def _with_strikes(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with ``strike_type``, ``floor`` and ``cap`` as their titles state them."""
    titles = rows["title"].unique().sort()
    parsed = [(title, *(strikes_of(title) or (None, None, None))) for title in titles]
    schema = {"title": pl.String, "strike_type": pl.String, "floor": pl.Float64, "cap": pl.Float64}
    return rows.join(pl.DataFrame(parsed, schema=schema, orient="row"), on="title", how="left")
