"""Example days of a run: its best, its worst and its median event, with all that was known while they traded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from drybulb.app.recorded_ladders import UNSEEN
from drybulb.app.tally import usd
from drybulb.domain.bracket import Bracket, Ladder
from drybulb.domain.distribution import Belief
from drybulb.domain.money import CENTICENTS_PER_CENT, CENTICENTS_PER_DOLLAR, COUNT_PER_CONTRACT
from drybulb.engine.ports import Listing, Record

RULE = (
    "events that filled, ranked by P&L after fees and, of equals, by name: the first is the best, the last the worst,"
    " the one in the middle, of two the lower, the median"
)
#: Levels of the quantiles of a belief.
LEVELS = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
#: Of the quotes of so long a time the last is shown.
STEP = timedelta(minutes=10)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """An event that was chosen.

    Attributes:
        why: best, worst or median.
        event: its ticker.
        gain: [microdollars].
    """

    why: str
    event: str
    gain: int


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of one event while it traded.

    Attributes:
        high: the official high, None where it is not known [whole °F].
        station: that settles.
        readings: of the station, rows of the document.
        groups: likewise.
        neighbour: a second station nearby, None where the city has none.
        neighbour_readings: of it.
        guidance: likewise.
        beliefs: in order of time.
        ladders: ``known_at``, ``leg``, ``yes_bid``, ``yes_ask`` [centicents], ``bid_age``, ``ask_age`` [min].
    """

    high: int | None
    station: str
    readings: Sequence[Row]
    groups: Sequence[Row]
    neighbour: str | None
    neighbour_readings: Sequence[Row]
    guidance: Sequence[Row]
    beliefs: Sequence[Belief]
    ladders: pl.DataFrame


def examples(records: Iterable[Record]) -> list[Example]:
    """Choose the events to show: by :data:`RULE`, each once, fewer where fewer filled.

    Args:
        records: of a run that has ended.
    """
    filled: set[str] = set()
    gains: dict[str, int] = {}
    for record in records:
        fields: Mapping[str, Any] = record.fields
        if record.kind == "fill":
            filled.add(fields["event"])
        elif record.kind == "settlement":
            gains[fields["event"]] = fields["gain"]
    ranked = sorted((name for name in gains if name in filled), key=lambda name: (-gains[name], name))
    if not ranked:
        return []
    places = {"best": 0, "worst": len(ranked) - 1, "median": len(ranked) // 2}
    why = {place: word for word, place in reversed(places.items())}
    return [Example(word, ranked[place], gains[ranked[place]]) for word, place in places.items() if why[place] == word]


def day(example: Example, listing: Listing, payouts: Sequence[int], known: Known, records: Iterable[Record]) -> Row:
    """Return one day of the document ``days/1``.

    Args:
        example: the event.
        listing: its markets and hours.
        payouts: of YES in the ladder's order [centicents].
        known: of it while it traded.
        records: of the run.
    """
    mine = [record for record in records if record.fields.get("event") == example.event]
    markets = listing.event.markets
    return {
        "why": example.why,
        "city": listing.event.city,
        "day": listing.event.day.isoformat(),
        "event": example.event,
        "pnl_usd": usd(example.gain),
        "open_at": listing.opens_at.isoformat(),
        "close_at": listing.closes_at.isoformat(),
        "standard_offset_hours": listing.climate_day.offset_hours,
        "high": known.high,
        "station": known.station,
        "readings": list(known.readings),
        "groups": list(known.groups),
        "neighbour": known.neighbour,
        "neighbour_readings": list(known.neighbour_readings),
        "guidance": list(known.guidance),
        "beliefs": [_belief(belief, listing.event.ladder) for belief in known.beliefs],
        "brackets": [_bracket(m.ticker, m.bracket, paid) for m, paid in zip(markets, payouts, strict=True)],
        "quotes": _quotes(known.ladders, len(markets)),
        "orders": [_traded(record, record.known_at) for record in mine if record.kind == "order"],
        "fills": [_fill(record) for record in mine if record.kind == "fill"],
    }


def document(days: Sequence[Row]) -> Row:
    """Return the document ``days/1``."""
    return {"schema": "days/1", "rule": RULE, "levels": list(LEVELS), "days": list(days)}


def _belief(belief: Belief, ladder: Ladder) -> Row:
    spread = belief.distribution
    return {
        "at": belief.at.isoformat(),
        "source": belief.source,
        "reason": belief.reason,
        "q": None if spread is None else [spread.quantile(level) for level in LEVELS],
        "p": None if spread is None else list(ladder.probabilities(spread)),
    }


def _bracket(ticker: str, bracket: Bracket, paid: int) -> Row:
    """A market; neither won nor lost where an event without data paid every market a part."""
    won = paid == CENTICENTS_PER_DOLLAR if paid in (0, CENTICENTS_PER_DOLLAR) else None
    return {"ticker": ticker, "low": bracket.low, "high": bracket.high, "won": won}


def _quotes(ladders: pl.DataFrame, legs: int) -> list[Row]:
    """The last ladder of each :data:`STEP`, sides in the ladder's order; one never seen has neither price nor age."""
    last = (
        ladders.select("known_at")
        .unique()
        .group_by(pl.col("known_at").dt.truncate(STEP).alias("step"))
        .agg(pl.col("known_at").max())
    )
    rows: list[Row] = []
    for (at,), ladder in (
        ladders.join(last, on="known_at")
        .sort("known_at", "leg")
        .partition_by("known_at", as_dict=True, maintain_order=True)
        .items()
    ):
        row: Row = {"at": at.isoformat(), **{name: [None] * legs for name in ("bid", "ask", "bid_age", "ask_age")}}
        for leg, bid, ask, bid_age, ask_age in ladder.select(
            "leg", "yes_bid", "yes_ask", "bid_age", "ask_age"
        ).iter_rows():
            row["bid"][leg], row["ask"][leg] = _cents(bid), _cents(ask)
            row["bid_age"][leg], row["ask_age"][leg] = _age(bid, bid_age), _age(ask, ask_age)
        rows.append(row)
    return rows


def _age(price: int | None, minutes: int) -> int | None:
    return None if price is None or minutes >= UNSEEN else minutes


def _cents(price: int | None) -> float | None:
    return None if price is None else price / CENTICENTS_PER_CENT


def _traded(record: Record, at: datetime) -> Row:
    fields: Mapping[str, Any] = record.fields
    return {
        "at": at.isoformat(),
        "ticker": fields["ticker"],
        "side": str(fields["side"]),
        "price": _cents(fields["price"]),
        "count": fields["count"] / COUNT_PER_CONTRACT,
    }


def _fill(record: Record) -> Row:
    fields: Mapping[str, Any] = record.fields
    return {**_traded(record, datetime.fromisoformat(fields["at"])), "fee_usd": usd(fields["fee"])}
