"""The results of a run, made of its journal and of nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import Any

import numpy as np

from drybulb.app.capital_days import AtStake
from drybulb.app.extremes import NO_EXTREMES, Extremes, extremes
from drybulb.app.inference import worth
from drybulb.app.settled import gain
from drybulb.domain.ledger import Side
from drybulb.domain.money import COUNT_PER_CONTRACT, MICRODOLLARS_PER_DOLLAR
from drybulb.engine.ports import Record
from drybulb.errors import EngineError
from drybulb.strategy.charges import leg_price
from drybulb.verification import block_length, day_bootstrap

REPLICATES = 2000
_LEVEL = 0.90


@dataclass(slots=True)
class Tally:
    """Counts and gains of one part of a run: a city, a lead, or all of it.

    Attributes:
        events: events replayed.
        orders: orders sent.
        fills: fills of them.
        count: how many filled [1/100 contract].
        fees: [microdollars].
        gains: by event day, days without a trade included [microdollars].
        turnover: paid for the legs bought, before fees [microdollars].
        traded: gain of each event with a trade, by its day and ticker [microdollars].
        extremes: the most that each event day with a trade could lose and win.
        capital: at stake times how long, by event day [dollar days]; None of a lead, for positions are kept over both.
        beliefs: number of beliefs by source.
        refusals: refusals of the policy and of risk, by reason.
    """

    events: int = 0
    orders: int = 0
    fills: int = 0
    count: int = 0
    fees: int = 0
    gains: dict[date, int] = field(default_factory=dict)
    turnover: int = 0
    traded: dict[tuple[date, str], int] = field(default_factory=dict)
    extremes: dict[date, Extremes] = field(default_factory=dict)
    capital: dict[date, float] | None = None
    beliefs: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)

    @property
    def gain(self) -> int:
        """All that was gained [microdollars]."""
        return sum(self.gains.values())

    def to_json(self, seed: int) -> dict[str, Any]:
        """Numbers of the document ``backtest/1``; ``seed`` is that of the bootstrap."""
        return {
            "orders": self.orders,
            "fills": self.fills,
            "contracts": self.count / COUNT_PER_CONTRACT,
            "fees_usd": usd(self.fees),
            "pnl_usd": usd(self.gain),
            "pnl_per_day": per_day(self.gains, seed),
            "max_drawdown_usd": usd(max_drawdown(self.gains)),
            "worth": worth(
                self.gains,
                self.extremes,
                self.traded.values(),
                self.turnover,
                self.capital,
                seed,
            ),
        }


@dataclass(slots=True)
class Tallies:
    """A run's tallies, by city, in total, by lead, and by city and lead; events and beliefs are of no lead."""

    cities: dict[str, Tally]
    total: Tally = field(default_factory=Tally)
    by_lead: dict[int, Tally] = field(default_factory=lambda: {0: Tally(), 1: Tally()})
    by_city_and_lead: dict[tuple[str, int], Tally] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Give each city a tally of each lead, and whole parts their capital."""
        for part in (self.total, *self.cities.values()):
            part.capital = {}
        for key, lead in product(self.cities, self.by_lead):
            self.by_city_and_lead.setdefault((key, lead), Tally())

    def city_leads(self, key: str) -> dict[int, Tally]:
        """Return the tallies of one city by lead."""
        return {lead: self.by_city_and_lead[key, lead] for lead in self.by_lead}


def tally(records: Iterable[Record], cities: Iterable[str]) -> Tallies:
    """Add up a journal.

    A fill gains its payout less its price and fee, and belongs to the lead at which it
    traded; an event's fills must come to what the account gained by it.

    Args:
        records: of the whole run, in order.
        cities: keys of all cities, traded or not.

    Raises:
        EngineError: fills that do not add up to the gain of their event.
    """
    found = Tallies({key: Tally() for key in cities})
    fills: dict[str, list[Mapping[str, Any]]] = {}
    at_stake = AtStake()
    for record in records:
        fields: Mapping[str, Any] = record.fields
        at_stake.take(record)
        match record.kind:
            case "order":
                for part in _parts(found, fields):
                    part.orders += 1
            case "fill":
                fills.setdefault(fields["event"], []).append(fields)
            case "settlement":
                _settle(found, fields, fills.pop(fields["event"], []))
                _tie_up(found, fields, at_stake.settle(fields["event"], record.known_at))
    return found


def _parts(found: Tallies, fields: Mapping[str, Any]) -> tuple[Tally, ...]:
    city, lead = fields["city"], fields["lead"]
    whole = (found.cities[city], found.total)
    return whole if lead is None else (*whole, found.by_lead[lead], found.by_city_and_lead[city, lead])


def _tie_up(found: Tallies, event: Mapping[str, Any], capital_days: float) -> None:
    """Add what an event had at stake times how long [dollar days]."""
    for part in (found.cities[event["city"]], found.total):
        if part.capital is not None:
            part.capital[event["day"]] = part.capital.get(event["day"], 0.0) + capital_days


def _settle(found: Tallies, event: Mapping[str, Any], fills: list[Mapping[str, Any]]) -> None:
    day, city = event["day"], found.cities[event["city"]]
    for part in (city, found.total):
        part.events += 1
        part.beliefs.update(event["beliefs"])
        part.refusals.update({str(reason): count["times"] for reason, count in event["refusals"].items()})
    for part in (city, found.total, *found.by_lead.values(), *found.city_leads(event["city"]).values()):
        part.gains.setdefault(day, 0)
    gained = 0
    for fill in fills:
        payout, side = event["payouts"][fill["ticker"]], Side(fill["side"])
        own = gain(side, fill["price"], fill["count"], fill["fee"], payout)
        gained += own
        for part in _parts(found, fill):
            part.fills += 1
            part.count += fill["count"]
            part.fees += fill["fee"]
            part.gains[day] += own
            part.turnover += leg_price(fill["price"], is_buy=side.is_buy) * fill["count"]
            part.traded[day, fill["event"]] = part.traded.get((day, fill["event"]), 0) + own
    _add_extremes(found, event, fills)
    if gained != event["gain"]:
        raise EngineError(
            f"fills of {event['event']} come to {gained}, its account to {event['gain']}; a bug, report it"
        )


def _add_extremes(found: Tallies, event: Mapping[str, Any], fills: list[Mapping[str, Any]]) -> None:
    """Add what the event could have lost and won, to each part by that part's own fills."""
    mine: dict[int, tuple[Tally, list[Mapping[str, Any]]]] = {}
    for fill in fills:
        for part in _parts(found, fill):
            mine.setdefault(id(part), (part, []))[1].append(fill)
    for part, own in mine.values():
        of_event = extremes(
            ((one["ticker"], Side(one["side"]), one["price"], one["count"], one["fee"]) for one in own),
            len(event["payouts"]),
        )
        part.extremes[event["day"]] = part.extremes.get(event["day"], NO_EXTREMES).beside(of_event)


def usd(microdollars: int) -> float:
    """Return an amount in dollars."""
    return microdollars / MICRODOLLARS_PER_DOLLAR


def per_day(gains: Mapping[date, int], seed: int) -> dict[str, Any]:
    """Return the mean gain of an event day and its 90 % interval [dollars]; null where there are not two days.

    The interval draws runs of successive days, :func:`~drybulb.verification.enough.block_length` of them.
    """
    if not gains:
        return {"mean": None, "ci90": None}
    days = sorted(gains)
    values = np.array([usd(gains[day]) for day in days])
    if len(days) == 1:
        return {"mean": round(float(values[0]), 6), "ci90": None}
    if not values.any():  # most parts of a run: whatever days are drawn, nothing was gained
        return {"mean": 0.0, "ci90": [0.0, 0.0]}
    ordinals, block = [day.toordinal() for day in days], block_length(len(days))
    interval = day_bootstrap(ordinals, values, seed, replicates=REPLICATES, level=_LEVEL, block=block)
    low, high = round(float(interval.low), 6), round(float(interval.high), 6)
    return {"mean": round(float(interval.mean), 6), "ci90": [low, high]}


def max_drawdown(gains: Mapping[date, int]) -> int:
    """Return the deepest fall of the sum of gains below its highest point, from 0, in order of event day."""
    equity = peak = deepest = 0
    for day in sorted(gains):
        equity += gains[day]
        peak = max(peak, equity)
        deepest = max(deepest, peak - equity)
    return deepest
