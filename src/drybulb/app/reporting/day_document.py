"""The file ``days.json``: the example days of a run, everything as it was known then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from drybulb.app.reporting.documents import Read

#: Levels of the quantiles of a belief.
LEVELS = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
Side = Literal["bid", "ask"]


class Reading(Read):
    """A reading of the station; a whole °F where both ends are equal, else anything in [low, high) [°F]."""

    valid_at: AwareDatetime
    known_at: AwareDatetime
    kind: str
    low: float
    high: float


class Group(Read):
    """The highest temperature of some hours, as the station reported it [°F]."""

    begins: AwareDatetime = Field(alias="from")
    ends: AwareDatetime = Field(alias="to")
    known_at: AwareDatetime
    high: float


class Guide(Read):
    """Guidance of the day's high [°F]."""

    source: str
    issued_at: AwareDatetime
    known_at: AwareDatetime
    high: float


class BeliefAt(Read):
    """A belief: quantiles at :data:`LEVELS` [°F], None where nobody spoke, and the probability of every bracket."""

    at: AwareDatetime
    source: str
    q: Annotated[list[float], Field(min_length=len(LEVELS), max_length=len(LEVELS))] | None
    p: list[float] | None


class Leg(Read):
    """A bracket of the ladder [whole °F, inclusive; None where open]."""

    ticker: str
    low: int | None
    high: int | None
    won: bool | None


class QuotesAt(Read):
    """Bids and asks of the ladder, warmest last [cents], and their ages [min]; None where there is none."""

    at: AwareDatetime
    bid: list[float | None]
    ask: list[float | None]
    bid_age: list[int | None]
    ask_age: list[int | None]


class Sent(Read):
    """An order: a bid buys YES, an ask sells it [cents of YES, contracts]."""

    at: AwareDatetime
    ticker: str
    side: Side
    price: float
    count: float


class Filled(Sent):
    """A fill of an order."""

    fee_usd: float


class DayDocument(Read):
    """One event, from the open of its market to its close."""

    why: str
    city: str
    day: date
    event: str
    pnl_usd: float
    open_at: AwareDatetime
    close_at: AwareDatetime
    standard_offset_hours: int
    high: float | None
    station: str
    readings: list[Reading]
    neighbour: str | None
    neighbour_readings: list[Reading]
    groups: list[Group]
    guidance: list[Guide]
    beliefs: list[BeliefAt]
    brackets: list[Leg]
    quotes: list[QuotesAt]
    orders: list[Sent]
    fills: list[Filled]

    @model_validator(mode="after")
    def _as_wide_as_the_ladder(self) -> Self:
        """Whatever is said of every bracket is said of each once."""
        wide = [len(row) for one in self.quotes for row in (one.bid, one.ask, one.bid_age, one.ask_age)]
        wide += [len(belief.p) for belief in self.beliefs if belief.p is not None]
        if set(wide) - {len(self.brackets)}:
            raise ValueError(f"{self.event} has {len(self.brackets)} brackets, its quotes or beliefs another number")
        return self

    def of(self, ticker: str) -> tuple[Sequence[Sent], Sequence[Filled]]:
        """Return the orders and the fills of one market."""
        return [one for one in self.orders if one.ticker == ticker], [one for one in self.fills if one.ticker == ticker]


class DaysDocument(Read):
    """The file ``days.json``."""

    kind: Literal["days/1"] = Field(alias="schema")
    rule: str
    days: list[DayDocument]
