"""From the lake to events: the recorded ladders, prints, beliefs and settlements of a window, in order.

Tables are read a month of event days at a time and cut by the date on which rows were
known; only one such date is ever held as events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from itertools import count

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app.asking import Asking
from drybulb.app.listings import Payout
from drybulb.app.recorded_ladders import Ladders, recorded_ladders
from drybulb.domain.distribution import Belief
from drybulb.domain.ledger import Side
from drybulb.engine.ports import BeliefMade, Listing, MarketEvent, Print, Settlement, order_of

_ONE_DAY = timedelta(days=1)
_PRINT_COLUMNS = ["trade_id", "ticker", "at", "yes_price", "count", "taker_side", "known_at"]


@dataclass(slots=True)
class Recorded:
    """Everything recorded about the listed events of a window.

    Attributes:
        lake: the tables.
        listings: by event ticker.
        payouts: by event ticker.
        asked: for beliefs; nobody where none are needed.
        progress: told of each month begun, with the number done and to do.
        quoted: events that had a quote; the others are never brought up.
        once: events that had quotes at a single instant only.
    """

    lake: Lake
    listings: Mapping[str, Listing]
    payouts: Mapping[str, Payout]
    asked: Sequence[Asking]
    progress: Callable[[str, int, int], None]
    quoted: set[str] = field(default_factory=set)
    once: set[str] = field(default_factory=set)

    def events(self) -> Iterator[MarketEvent]:
        """Yield every event in the total order."""
        months = sorted({listing.event.day.replace(day=1) for listing in self.listings.values()})
        if not months:
            return
        loaded: list[_Month] = []
        waiting = list(months)
        numbers = count()
        today = months[0] - 2 * _ONE_DAY
        while waiting or loaded:
            # An event of the first of a month opens the day before, in local standard time.
            while waiting and today >= waiting[0] - 2 * _ONE_DAY:
                self.progress(f"backtest: {waiting[0]:%Y-%m}", len(months) - len(waiting), len(months))
                loaded.append(self._load(waiting.pop(0)))
            events = [event for month in loaded for event in month.take(today, numbers)]
            events.sort(key=order_of)
            yield from events
            loaded = [month for month in loaded if not month.is_spent(today)]
            today += _ONE_DAY
        self.progress("backtest", len(months), len(months))

    def _load(self, first: date) -> _Month:
        mine = {name: listing for name, listing in self.listings.items() if listing.event.day.replace(day=1) == first}
        days = [listing.event.day for listing in mine.values()]
        start, end = min(days), max(days)
        ladders = recorded_ladders(self.lake, mine, start, end)
        quoted = set().union(*(part.quoted for part in ladders))
        self.quoted |= quoted
        self.once |= set().union(*(part.once for part in ladders))
        mine = {name: listing for name, listing in mine.items() if name in quoted}
        return _Month(
            ladders,
            _by_date(_prints(self.lake, mine, start, end)),
            _by_date_of_belief({asking.name: asking.beliefs(mine) for asking in self.asked}),
            {name: self.payouts[name] for name in mine},
            mine,
        )


@dataclass(slots=True)
class _Month:
    """Rows of one month of event days, by the date on which they were known."""

    ladders: list[Ladders]
    prints: dict[date, pl.DataFrame]
    beliefs: dict[date, list[tuple[str, Belief]]]
    payouts: dict[str, Payout]
    listings: dict[str, Listing]

    def is_spent(self, today: date) -> bool:
        """Whether nothing is left after ``today``."""
        ends = [max(left, default=today) for left in (*(part.by_date for part in self.ladders), self.prints)]
        paid = [payout.known_at.date() for payout in self.payouts.values()]
        return max([*ends, max(self.beliefs, default=today), *paid], default=today) <= today

    def take(self, today: date, numbers: Iterator[int]) -> Iterator[MarketEvent]:
        """Yield the events known on ``today``, by kind, numbered by ``numbers``."""
        for part in self.ladders:
            yield from part.take(today, numbers)
        yield from self._prints(today, numbers)
        names = {(listing.event.city, listing.event.day): name for name, listing in self.listings.items()}
        made = sorted(self.beliefs.pop(today, []), key=lambda made: (made[1].at, made[1].city, made[1].day))
        for who, belief in made:
            event = names[belief.city, belief.day]
            yield BeliefMade(belief.at.astimezone(UTC), next(numbers), event, belief, who)
        for name in sorted(self.payouts):
            paid = self.payouts[name]
            if paid.known_at.date() == today:
                yield Settlement(paid.known_at, next(numbers), name, paid.payouts)

    def _prints(self, today: date, numbers: Iterator[int]) -> Iterator[Print]:
        rows = self.prints.pop(today, None)
        if rows is None:
            return
        columns = ("known_at", "event", "ticker", "trade_id", "at", "yes_price", "count", "taker_side")
        naive = rows.select(columns).with_columns(pl.col("known_at", "at").dt.replace_time_zone(None))
        for row in naive.iter_rows():
            known_at, event, ticker, trade_id, at, price, count, taker = row
            side = Side.BID if taker == "yes" else Side.ASK
            yield Print(
                known_at.replace(tzinfo=UTC),
                next(numbers),
                event,
                ticker,
                trade_id,
                at.replace(tzinfo=UTC),
                price,
                count,
                side,
            )


def _prints(lake: Lake, listings: Mapping[str, Listing], start: date, end: date) -> pl.DataFrame:
    events = pl.DataFrame(
        [(m.ticker, name) for name, listing in listings.items() for m in listing.event.markets],
        schema={"ticker": pl.String, "event": pl.String},
        orient="row",
    )
    keys = {listing.event.city for listing in listings.values()}
    rows = lake.read("prints", keys, start, end, columns=_PRINT_COLUMNS)
    # Prints of one instant are one taker who walked the book. Which we would have had is not known; the dearest it is.
    dearest = pl.when(pl.col("taker_side") == "yes").then(-pl.col("yes_price")).otherwise("yes_price")
    return rows.join(events, on="ticker").sort("known_at", "at", "ticker", dearest, "trade_id")


def _by_date_of_belief(made: Mapping[str, list[Belief]]) -> dict[date, list[tuple[str, Belief]]]:
    """Beliefs by the date on which they were made, each with who was asked."""
    beliefs: dict[date, list[tuple[str, Belief]]] = {}
    for who, found in made.items():
        for belief in found:
            beliefs.setdefault(belief.at.date(), []).append((who, belief))
    return beliefs


def _by_date(rows: pl.DataFrame) -> dict[date, pl.DataFrame]:
    parts = rows.with_columns(pl.col("known_at").dt.date().alias("_date")).partition_by("_date", as_dict=True)
    return {key[0]: part for key, part in parts.items()}
