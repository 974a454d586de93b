"""Edges of beliefs and what the mids did afterwards: one row a leg, instant and forecaster, for `drybulb markouts`.

Columns of the rows:

- ``city``, ``day``, ``event``, ``leg``, ``at`` [UTC], ``lead``, ``clock`` (local standard time, or ``poll``);
- ``forecaster``, ``edge``: belief less mid, and ``earlier``: belief less the mid half an hour before, null where there
  was none [cents];
- ``5min``, ``30min``, ``close``, ``settlement``: how far the mid has moved by then [cents]; null without a price.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app.asking import Believe, open_clocks
from drybulb.app.listings import Payout
from drybulb.app.markouts import CLOSE, HORIZONS, LATER, SETTLEMENT, last_mid, mid_at, mids
from drybulb.app.recorded_ladders import recorded_ladders
from drybulb.domain.distribution import Belief
from drybulb.domain.money import CENTICENTS_PER_CENT
from drybulb.engine.ports import Listing
from drybulb.strategy.decision_clock import DecisionClock

#: How long before an edge the mid is looked at whose noise is not that of the edge.
EARLIER = timedelta(minutes=30)
#: The clock of events without dense minutes: every instant at which they were quoted.
POLL = "poll"

_INSTANT = pl.Datetime("us", "UTC")
_QUOTED: dict[str, pl.DataType | type[pl.DataType]] = {
    "event": pl.String,
    "leg": pl.Int8,
    "known_at": _INSTANT,
    "is_trading": pl.Boolean,
    "source": pl.String,
    **dict.fromkeys(("yes_bid", "yes_ask", "bid_age", "ask_age"), pl.Int32),
}
_ASKED: dict[str, pl.DataType | type[pl.DataType]] = {
    "city": pl.String,
    "day": pl.Date,
    "event": pl.String,
    "leg": pl.Int8,
    "at": _INSTANT,
    "close_at": _INSTANT,
    "lead": pl.Int8,
    "clock": pl.String,
    "payout": pl.Float64,
}


def edge_rows(
    lake: Lake,
    listings: Mapping[str, Listing],
    payouts: Mapping[str, Payout],
    believers: Mapping[str, Believe],
    clocks: Sequence[DecisionClock],
    max_age: int,
    max_spread: int,
) -> tuple[pl.DataFrame, set[str]]:
    """Return the edges on the listed events, and what the quotes are made from.

    An edge is on the mid of a market that is trading, two-sided, not crossed, not wide and fresh; where it moves to is
    looked up as for fills (:mod:`drybulb.app.markouts`), from prices seen later only.

    Args:
        lake: the tables.
        listings: events, by ticker.
        payouts: what they paid, where that is known.
        believers: make beliefs, by the name of the forecaster.
        clocks: when events that have dense minutes are looked at.
        max_age: of a side [min].
        max_spread: of the mid an edge is on [centicents].
    """
    quotes = _quotes(lake, listings)
    asked = pl.DataFrame(list(_asked(listings, payouts, quotes, clocks)), schema=_ASKED, orient="row")
    is_narrow = (pl.col("yes_ask") - pl.col("yes_bid") <= max_spread).fill_null(value=False)
    narrow = mids(quotes.with_columns(pl.col("is_trading") & is_narrow), max_age)
    found = asked.with_columns(
        mid_at(asked, narrow, timedelta(0), max_age).alias("mid"),
        mid_at(asked, narrow, -EARLIER, max_age).alias("before"),
    ).filter(pl.col("mid").is_not_null())
    known = mids(quotes, max_age)
    prices = {name: mid_at(found, known, later, max_age, is_new=True) for name, later in LATER.items()}
    prices |= {CLOSE: last_mid(found, known), SETTLEMENT: found["payout"]}
    moved = found.with_columns(
        ((price - found["mid"]) / CENTICENTS_PER_CENT).alias(name) for name, price in prices.items()
    )
    parts = [_with_edges(moved, listings, name, believe) for name, believe in believers.items()]
    return pl.concat(parts), set(quotes["source"].unique())


def _quotes(lake: Lake, listings: Mapping[str, Listing]) -> pl.DataFrame:
    """Every quote the engine would have seen of ``listings``."""
    days = [listing.event.day for listing in listings.values()]
    parts = recorded_ladders(lake, listings, min(days), max(days))
    rows = [rows.select(_QUOTED.keys()) for part in parts for rows in part.by_date.values()]
    return pl.concat(rows) if rows else pl.DataFrame(schema=_QUOTED)


def _asked(
    listings: Mapping[str, Listing],
    payouts: Mapping[str, Payout],
    quotes: pl.DataFrame,
    clocks: Sequence[DecisionClock],
) -> Iterator[tuple[object, ...]]:
    """Every leg at every instant it is looked at."""
    polled = quotes.filter(~pl.col("source").is_in(["exchange", "prints"]))
    dense = set(quotes["event"].unique()) - set(polled["event"].unique())
    polls = dict(polled.group_by("event").agg(pl.col("known_at").unique().sort()).iter_rows())
    for name, listing in listings.items():
        instants = list(_at_clocks(listing, clocks)) if name in dense else [(at, POLL) for at in polls.get(name, [])]
        paid = payouts[name].payouts if name in payouts else [None] * len(listing.event.markets)
        for at, clock in instants:
            lead = listing.climate_day.lead_at(at)
            for leg, payout in enumerate(paid):
                head = (listing.event.city, listing.event.day, name, leg)
                yield (*head, at, listing.closes_at, lead, clock, payout)


def _at_clocks(listing: Listing, clocks: Sequence[DecisionClock]) -> Iterator[tuple[datetime, str]]:
    for clock in clocks:
        for at in open_clocks([clock], listing):
            yield at, f"{clock.time:%H:%M}"


def _with_edges(moved: pl.DataFrame, listings: Mapping[str, Listing], name: str, believe: Believe) -> pl.DataFrame:
    requests = moved.select("city", "day", "at").unique(maintain_order=True)
    beliefs = believe(requests) if requests.height else []
    events = {(listing.event.city, listing.event.day): event for event, listing in listings.items()}
    held = pl.DataFrame(
        [row for belief in beliefs for row in _legs(belief, listings, events)],
        schema={"event": pl.String, "at": _INSTANT, "leg": pl.Int8, "belief": pl.Float64},
        orient="row",
    )
    cents = 1.0 / CENTICENTS_PER_CENT
    return (
        moved.join(held, on=["event", "at", "leg"], how="inner", maintain_order="left")
        .with_columns(
            pl.lit(name).alias("forecaster"),
            (100.0 * pl.col("belief") - pl.col("mid") * cents).alias("edge"),
            (100.0 * pl.col("belief") - pl.col("before") * cents).alias("earlier"),
        )
        .select("city", "day", "event", "leg", "at", "lead", "clock", "forecaster", "edge", "earlier", *HORIZONS)
    )


def _legs(
    belief: Belief, listings: Mapping[str, Listing], events: Mapping[tuple[str, date], str]
) -> Iterator[tuple[str, datetime, int, float]]:
    if belief.distribution is None:
        return
    event = events[belief.city, belief.day]
    for leg, probability in enumerate(listings[event].event.ladder.probabilities(belief.distribution)):
        yield event, belief.at, leg, probability
