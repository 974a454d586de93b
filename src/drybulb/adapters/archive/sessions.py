"""The exchange's hours: eras of the settings written out as open and closed sessions.

No print of the archive lies between 00 and 08 Eastern through September 2024, nor between 03 and 08 later on, with a
few nights excepted. The eras say so with their evidence; here they become instants, across both clock changes.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import polars as pl

from drybulb.adapters.archive.rules import Rules
from drybulb.adapters.archive.sources import INSTANT

EXCHANGE = "kalshi"

HORIZON_YEARS = 5
"""How long a last era that closes at night is written out for, from its first day [years]."""

_DAY = (("00:00", "24:00"),)


def _spans(rules: Rules) -> tuple[list[tuple[datetime, datetime]], datetime | None]:
    """Open spans in order, and the instant from which the exchange never closes again."""
    spans: list[tuple[datetime, datetime]] = []
    for era, following in zip(rules.eras, (*rules.eras[1:], None), strict=True):
        if following is None and era.hours == _DAY:
            return spans, rules.local(era.starts, "00:00")
        last = following.starts if following else date(era.starts.year + HORIZON_YEARS, 1, 1)
        for step in range((last - era.starts).days):
            day = era.starts + timedelta(days=step)
            spans += [(rules.local(day, opens), rules.local(day, closes)) for opens, closes in era.hours]
    return spans, None


def _joined(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Spans that meet, as one: an evening's session runs through midnight."""
    joined: list[tuple[datetime, datetime]] = []
    for opens, closes in spans:
        if joined and joined[-1][1] >= opens:
            joined[-1] = (joined[-1][0], closes)
        else:
            joined.append((opens, closes))
    return joined


def sessions(rules: Rules) -> pl.DataFrame:
    """Return rows of ``sessions``: open and closed spans that tile time from the first era on.

    A session is known when it begins.
    """
    spans, forever = _spans(rules)
    rows: list[tuple[datetime, datetime | None, str]] = []
    for opens, closes in _joined(spans):
        if rows and rows[-1][1] is not None:
            rows.append((rows[-1][1], opens, "closed"))
        rows.append((opens, closes, "open"))
    if forever is not None:
        if rows and rows[-1][1] == forever:
            rows[-1] = (rows[-1][0], None, "open")
        else:
            rows += [(rows[-1][1], forever, "closed")] if rows and rows[-1][1] else []
            rows.append((forever, None, "open"))
    made = pl.DataFrame(rows, schema={"from": INSTANT, "to": INSTANT, "kind": pl.String}, orient="row")
    return made.with_columns(exchange=pl.lit(EXCHANGE), known_at=pl.col("from"), known_from=pl.lit("latency"))


def outside_hours(rows: pl.DataFrame, time: str, hours: pl.DataFrame) -> pl.Expr:
    """Return the expression that is true where ``time`` lies in no open session of ``hours``.

    Args:
        rows: with ``row`` and the column ``time``.
        time: name of the column to judge [UTC].
        hours: rows of ``sessions``.
    """
    spans = hours.filter(pl.col("kind") == "open").select("from", "to").sort("from")
    at = rows.select("row", time).drop_nulls().sort(time)
    met = at.join_asof(spans, left_on=time, right_on="from", strategy="backward")
    shut = met.filter(pl.col("from").is_null() | (pl.col(time) >= pl.col("to")).fill_null(value=False))
    return pl.col("row").is_in(shut["row"].implode())
