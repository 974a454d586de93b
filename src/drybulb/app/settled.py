"""Fills with what their markets paid: what results, markouts and comparisons are counted from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from drybulb.domain.ledger import Side
from drybulb.domain.money import CENTICENTS_PER_CENT, COUNT_PER_CONTRACT
from drybulb.engine.ports import Record


@dataclass(frozen=True, slots=True)
class SettledFill:
    """A fill whose event has paid.

    Attributes:
        event: ticker of the event.
        ticker: of the market.
        city: key of the city.
        day: event day.
        lead: at which it traded; None outside the event's two days.
        at: when it traded [UTC].
        side: bid where YES was bought, ask where it was sold.
        price: of YES [centicents].
        count: how many [1/100 contract].
        fee: [microdollars].
        payout: of YES [centicents].
        is_taker: whether the order took a resting one.
    """

    event: str
    ticker: str
    city: str
    day: date
    lead: int | None
    at: datetime
    side: Side
    price: int
    count: int
    fee: int
    payout: int
    is_taker: bool = True

    @classmethod
    def of(cls, fill: Mapping[str, Any], payouts: Mapping[str, int]) -> SettledFill:
        """Join the fields of a fill's record with what its event paid, by ticker [centicents]."""
        return cls(
            event=fill["event"],
            ticker=fill["ticker"],
            city=fill["city"],
            day=fill["day"],
            lead=fill["lead"],
            at=datetime.fromisoformat(fill["at"]),
            side=Side(fill["side"]),
            price=fill["price"],
            count=fill["count"],
            fee=fill["fee"],
            payout=payouts[fill["ticker"]],
            is_taker=fill["is_taker"],
        )

    @property
    def gain(self) -> int:
        """Payout less price and fee [microdollars]."""
        return gain(self.side, self.price, self.count, self.fee, self.payout)

    @property
    def contracts(self) -> float:
        """How many [contracts]."""
        return self.count / COUNT_PER_CONTRACT

    def markout(self, price: float) -> float:
        """Return what a contract gains where YES comes to ``price`` [centicents], before fees [cents]."""
        return (price - self.price) * self.side.sign / CENTICENTS_PER_CENT


def gain(side: Side, price: int, count: int, fee: int, payout: int) -> int:
    """Return payout less price and fee [microdollars]; price and payout of YES [centicents], count [1/100 contract]."""
    return (payout - price) * side.sign * count - fee


def settled_fills(records: Iterable[Record]) -> list[SettledFill]:
    """Return the fills of a journal, event by event as they settled; those of an event that has not paid are not there.

    Args:
        records: of a run, in order.
    """
    waiting: dict[str, list[Mapping[str, Any]]] = {}
    found: list[SettledFill] = []
    for record in records:
        fields: Mapping[str, Any] = record.fields
        if record.kind == "fill":
            waiting.setdefault(fields["event"], []).append(fields)
        elif record.kind == "settlement":
            found += [SettledFill.of(fill, fields["payouts"]) for fill in waiting.pop(fields["event"], [])]
    return found
