"""Ladder events from the lake: of dense minutes, or of polls, daily quotes and books."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.domain.market import Quote
from drybulb.engine.ports import LadderQuote, Listing
from drybulb.frames.sessions import spans

#: Age of a side that has not been seen [min].
UNSEEN = 1_000_000

_DENSE_COLUMNS = [
    *("ticker", "end_at", "known_at", "source", "yes_bid_close", "yes_ask_close"),
    *("bid_age", "ask_age", "is_trading", "is_observed"),
]
_SIDES = ("yes_bid", "yes_ask", "bid_size", "ask_size", "bid_age", "ask_age")
_ROW = ("known_at", "event", "leg", "at", "is_trading", "source", *_SIDES)


#: Most quotes of a minute are those of another minute or market: one object serves for all that are equal.
_quote = lru_cache(maxsize=1 << 16)(Quote)


@dataclass(slots=True)
class Ladders:
    """Ladders of some events.

    Attributes:
        sizes: number of markets of each event.
        by_date: quotes by the date on which they were known, one row a market, by instant, event and leg.
        quoted: events in which any side of any market was ever seen.
        once: those of them that were quoted at a single instant.
    """

    sizes: Mapping[str, int]
    by_date: dict[date, pl.DataFrame]
    quoted: set[str]
    once: set[str] = field(default_factory=set)

    def take(self, today: date, numbers: Iterator[int]) -> Iterator[LadderQuote]:
        """Yield and forget the ladders known on ``today``, numbered by ``numbers``."""
        rows = self.by_date.pop(today, None)
        if rows is None:
            return
        legs = rows["leg"].to_list()
        quotes = list(map(_quote, *(rows[column].to_list() for column in _SIDES), rows["source"].to_list()))
        start = 0
        aware = _aware()
        for known_at, event, at, is_trading, size in _heads(rows).iter_rows():
            made = tuple(quotes[start : start + size])
            if size != self.sizes[event]:
                made = _whole(made, legs[start : start + size], self.sizes[event])
            start += size
            yield LadderQuote(aware(known_at), next(numbers), event, aware(at), is_trading, made)


def _aware() -> Callable[[datetime], datetime]:
    """What gives naive instants their zone, UTC; the ladders of a minute share theirs, so the last two are kept."""

    @lru_cache(maxsize=2)
    def aware(naive: datetime) -> datetime:
        return naive.replace(tzinfo=UTC)

    return aware


def _heads(rows: pl.DataFrame) -> pl.DataFrame:
    """Instant, event, trading and number of markets of each ladder of sorted rows.

    Times are naive UTC here: a time zone for each row costs more than all the rest of the row.
    """
    return (
        rows.group_by("known_at", "event", maintain_order=True)
        .agg(pl.col("at").max().dt.replace_time_zone(None), pl.col("is_trading").all(), pl.len())
        .with_columns(pl.col("known_at").dt.replace_time_zone(None))
    )


def _whole(made: tuple[Quote, ...], legs: list[int], size: int) -> tuple[Quote, ...]:
    """Quotes in their places, the missing ones empty."""
    found = dict(zip(legs, made, strict=True))
    return tuple(found.get(leg) or Quote(None, None, None, None, UNSEEN, UNSEEN, made[0].source) for leg in range(size))


def _places(listings: Mapping[str, Listing]) -> pl.DataFrame:
    """Event, leg and hours of every market."""
    return pl.DataFrame(
        [
            (m.ticker, name, leg, listing.climate_day.previous().start, listing.opens_at, listing.closes_at)
            for name, listing in listings.items()
            for leg, m in enumerate(listing.event.markets)
        ],
        schema={
            "ticker": pl.String,
            "event": pl.String,
            "leg": pl.Int8,
            "eve": pl.Datetime("us", "UTC"),
            "opens_at": pl.Datetime("us", "UTC"),
            "closes_at": pl.Datetime("us", "UTC"),
        },
        orient="row",
    )


def _gather(rows: pl.DataFrame, listings: Mapping[str, Listing]) -> Ladders:
    """Gather rows of single markets into ladders by date; rows outside D-1 to the close are left out."""
    kept = rows.filter((pl.col("known_at") >= pl.col("eve")) & (pl.col("known_at") < pl.col("closes_at"))).select(_ROW)
    seen = kept.filter(pl.col("yes_bid").is_not_null() | pl.col("yes_ask").is_not_null())
    instants = seen.group_by("event").agg(pl.col("known_at").n_unique())
    parts = (
        kept.join(instants.select("event"), on="event", how="semi")
        .sort("known_at", "event", "leg")
        .with_columns(pl.col("known_at").dt.date().alias("_date"))
        .partition_by("_date", as_dict=True, include_key=False)
    )
    return Ladders(
        sizes={name: len(listing.event.markets) for name, listing in listings.items()},
        by_date={key[0]: part for key, part in parts.items()},
        quoted=set(instants["event"]),
        once=set(instants.filter(pl.col("known_at") == 1)["event"]),
    )


def recorded_ladders(lake: Lake, listings: Mapping[str, Listing], start: date, end: date) -> list[Ladders]:
    """Return the dense minutes of ``listings`` as ladders, and for events that have none what else was quoted of them.

    Args:
        lake: the tables.
        listings: events by ticker.
        start: first event day.
        end: last event day, inclusive.
    """
    found = dense_ladders(lake, listings, start, end)
    dense = set().union(*(part.quoted for part in found))
    others = {name: listing for name, listing in listings.items() if name not in dense}
    return found + quoted_ladders(lake, others, start, end)


def dense_ladders(lake: Lake, listings: Mapping[str, Listing], start: date, end: date) -> list[Ladders]:
    """Return the dense minutes of ``listings`` as ladders, a city at a time.

    Args:
        lake: the tables.
        listings: events by ticker.
        start: first event day.
        end: last event day, inclusive.
    """
    places = _places(listings)
    unseen = pl.when(pl.col("is_observed")).then(0).otherwise(UNSEEN)
    found = []
    for key in _cities(listings):
        rows = lake.read("dense", [key], start, end, columns=_DENSE_COLUMNS).join(places, on="ticker")
        sides = rows.select(
            *("known_at", "event", "leg", "eve", "opens_at", "closes_at", "is_trading", "source"),
            pl.col("end_at").alias("at"),
            pl.col("yes_bid_close").alias("yes_bid"),
            pl.col("yes_ask_close").alias("yes_ask"),
            pl.lit(None, dtype=pl.Int64).alias("bid_size"),
            pl.lit(None, dtype=pl.Int64).alias("ask_size"),
            pl.col("bid_age").fill_null(unseen),
            pl.col("ask_age").fill_null(unseen),
        )
        # A minute is known after it ended: what the exchange's last one shows can no longer be traded.
        found.append(_gather(_with_trading(sides, lake, start, end), listings))
    return found


def quoted_ladders(lake: Lake, listings: Mapping[str, Listing], start: date, end: date) -> list[Ladders]:
    """Return the polls, daily quotes and books of ``listings`` as ladders, a city at a time.

    At every instant at which any market of an event was quoted, the others stand with what
    was last quoted of them, and its age.

    Args:
        lake: the tables.
        listings: events by ticker.
        start: first event day.
        end: last event day, inclusive.
    """
    places = _places(listings)
    found = []
    for key in _cities(listings):
        rows = (
            pl.concat([_top_of_books(lake, key, start, end), _quotes(lake, key, start, end)])
            .join(places, on="ticker")
            .unique(["ticker", "known_at"], keep="first", maintain_order=True)
        )
        carried = _with_trading(_carried(rows, places), lake, start, end)
        found.append(_gather(carried, listings))
    return found


def _cities(listings: Mapping[str, Listing]) -> list[str]:
    return sorted({listing.event.city for listing in listings.values()})


def _carried(rows: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Every market at every instant at which any of its event was quoted, with its last quote and its age."""
    instants = rows.select("event", "known_at").unique()
    legs = instants.join(places, on="event").sort("known_at")
    last = rows.select("ticker", "source", pl.col("known_at").alias("seen_at"), *_SIDES[:4]).sort("seen_at")
    age = (pl.col("known_at") - pl.col("seen_at")).dt.total_minutes().fill_null(UNSEEN).cast(pl.Int32)
    return legs.join_asof(
        last, left_on="known_at", right_on="seen_at", by="ticker", check_sortedness=False
    ).with_columns(
        age.alias("bid_age"),
        age.alias("ask_age"),
        pl.col("known_at").alias("at"),
        pl.col("source").fill_null("none"),
        pl.lit(value=True).alias("is_trading"),
    )


def _quotes(lake: Lake, key: str, start: date, end: date) -> pl.DataFrame:
    return lake.read("quotes", [key], start, end).select(
        "ticker", "known_at", "source", "yes_bid", "yes_ask", "bid_size", "ask_size"
    )


def _top_of_books(lake: Lake, key: str, start: date, end: date) -> pl.DataFrame:
    def best(side: str, part: int) -> pl.Expr:
        return pl.col(f"yes_{side}s").list.get(0, null_on_oob=True).list.get(part, null_on_oob=True)

    return lake.read("books", [key], start, end).select(
        "ticker",
        "known_at",
        pl.lit("book").alias("source"),
        best("bid", 0).cast(pl.Int32).alias("yes_bid"),
        best("ask", 0).cast(pl.Int32).alias("yes_ask"),
        best("bid", 1).alias("bid_size"),
        best("ask", 1).alias("ask_size"),
    )


def _with_trading(rows: pl.DataFrame, lake: Lake, start: date, end: date) -> pl.DataFrame:
    """Keep ``is_trading`` where exchange and market were open as a row was known; what no session covers is closed."""
    first = datetime.combine(start, time(), UTC) - timedelta(days=2)
    last = datetime.combine(end, time(), UTC) + timedelta(days=3)
    open_spans = (
        spans(lake.read("sessions"), first, last)
        .filter("is_trading")
        .select(pl.col("from").alias("session_from"), pl.col("to").alias("session_to"))
        .sort("session_from")
    )
    in_hours = (pl.col("known_at") >= pl.col("opens_at")) & (pl.col("known_at") < pl.col("closes_at"))
    in_session = (pl.col("known_at") < pl.col("session_to")).fill_null(value=False)
    return (
        rows.sort("known_at")
        .join_asof(open_spans, left_on="known_at", right_on="session_from")
        .with_columns(pl.col("is_trading") & in_hours & in_session)
    )
