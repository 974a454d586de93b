"""What the flat policy could ever touch: each side of each market at each minute that promises enough after fees.

The edge of a side is worked out once for all parameter sets, by the operations of ``drybulb.strategy.edge`` in their
order, so that it is the same float. A minute is left out where the minute before, of the same side and lead, promised
as much and passed at least the same gates: no parameters touch it first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import timedelta
from functools import cache

import numpy as np

from drybulb.domain.fees import FeeRule, MemberType, expected_fee
from drybulb.domain.money import CENTICENTS_PER_DOLLAR
from drybulb.research.tape import Flags, Floats, Ints, Tape, instant_of
from drybulb.strategy.charges import Charges
from drybulb.strategy.policy import Gates
from drybulb.strategy.releases import Releases

#: In [microseconds].
_SECOND, _MINUTE, _HOUR = 1_000_000, 60_000_000, 3_600_000_000
_A_MINUTE = timedelta(minutes=1)
#: More than floats can be off [centicents].
_SLACK = 1e-3
#: So long ago that no belief is older [min].
_LONG = 1 << 32


@dataclass(frozen=True, slots=True)
class Touches:
    """Candidates for a first touch: by market, in each by time, YES before NO at one instant.

    Attributes:
        event: index of its event.
        leg: of its market in the ladder.
        market: index of its market.
        ladder: index of the ladder decided on.
        is_buy: whether YES would be bought.
        price: of YES that would be the limit [centicents].
        edge: promised after fees [centicents per contract].
        age: of the side hit [min].
        spread: ask less bid [centicents], 0 where one side stands alone.
        to_close: until the market closes [min].
        belief_age: since the belief was made [min].
        lead: 1 on the day before, 0 on the day.
        rule: index of the fee rule.
        until: when an order has to have ended [microseconds since 1970, UTC].
    """

    event: Ints
    leg: Ints
    market: Ints
    ladder: Ints
    is_buy: Flags
    price: Ints
    edge: Floats
    age: Ints
    spread: Ints
    to_close: Floats
    belief_age: Floats
    lead: Ints
    rule: Ints
    until: Ints

    def passes(self, gates: Gates) -> Flags:
        """Whether each passes the gates; a crossed quote is never among them."""
        passes: Flags = (
            (self.to_close >= gates.min_minutes_to_close)
            & (self.belief_age <= gates.max_belief_age)
            & (self.age <= gates.max_quote_age)
            & (self.spread <= gates.max_spread)
        )
        return passes

    def take(self, kept: Ints | Flags) -> Touches:
        """Return these of them."""
        return Touches(*(getattr(self, column.name)[kept] for column in fields(self)))

    @classmethod
    def join(cls, parts: Sequence[Touches]) -> Touches:
        """Return the candidates of several events as one."""
        return cls(*(np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(cls)))


@dataclass(frozen=True, slots=True)
class Asked:
    """What all parameter sets of a screen share.

    Attributes:
        charges: what trades are charged.
        releases: the calendar.
        count: of every order [1/100 contract].
        least: candidates that promise less are left out [centicents per contract].
    """

    charges: Charges
    releases: Releases
    count: int
    least: float


def touches_of(tape: Tape, asked: Asked) -> tuple[Touches, tuple[FeeRule, ...]]:
    """Return every candidate of a tape, and the fee rules they name by index.

    Raises:
        FeeError: no fee rule covers an event's hours.
    """
    rules = _FeeRules(asked)
    free = {str(city): _Calendar.of(asked.releases, str(city)) for city in np.unique(tape.cities)}
    parts = [_of_event(tape, event, asked, rules, free[str(tape.cities[event])]) for event in range(len(tape.events))]
    return (Touches.join(parts) if parts else _none()), tuple(rules.rules)


@dataclass(frozen=True, slots=True)
class _Calendar:
    """The calendar of a city by minute of the day of UTC: whether a window is open, and since when none is [min]."""

    is_shut: Flags
    since_end: Ints
    to_start: Ints

    @classmethod
    def of(cls, releases: Releases, city: str) -> _Calendar:
        minutes = [instant_of(minute * _MINUTE) for minute in range(24 * 60)]
        since = [releases.since_end(city, at) for at in minutes]
        starts = [(at, releases.next_start(city, at)) for at in minutes]
        return cls(
            np.array([releases.window(city, at) is not None for at in minutes], np.bool_),
            np.array([_LONG if minute is None else round(minute) for minute in since], np.int64),
            np.array([_LONG if at is None else (at - now) // _A_MINUTE for now, at in starts], np.int64),
        )

    def until(self, known_at: Ints) -> Ints:
        """A second before the next window starts [microseconds since 1970, UTC]; far away where none does."""
        minute = known_at // _MINUTE
        found: Ints = (minute + self.to_start[minute % len(self.is_shut)]) * _MINUTE - _SECOND
        return found

    def lets(self, known_at: Ints, believed_at: Ints) -> Flags:
        """Whether no window is open at each instant, and its belief was made since the last one ended."""
        minute = known_at // _MINUTE % len(self.is_shut)
        since = self.since_end[minute] * _MINUTE + known_at % _MINUTE
        lets: Flags = ~self.is_shut[minute] & (known_at - believed_at <= since)
        return lets


def _of_event(tape: Tape, event: int, asked: Asked, rules: _FeeRules, calendar: _Calendar) -> Touches:
    """Candidates of one event: both sides of every market at every ladder at which the policy is asked."""
    first, end = int(tape.ladders[event]), int(tape.ladders[event + 1])
    legs = int(tape.markets[event + 1] - tape.markets[event])
    belief, known_at = tape.belief[first:end], tape.known_at[first:end]
    is_asked = tape.is_open[first:end] & (tape.lead[first:end] >= 0) & (belief >= 0)
    if not is_asked.any():
        return _none()
    is_asked &= calendar.lets(known_at, tape.believed_at[belief])
    rows = slice(int(tape.rows[event]), int(tape.rows[event + 1]))
    bid, ask = (side[rows].reshape(legs, end - first) for side in (tape.bid, tape.ask))
    rule, fees = rules.at(str(tape.series[event]), known_at)
    ends = rule, calendar.until(known_at)
    chance = np.ascontiguousarray(tape.probabilities[belief, :legs].T)
    worth = chance * CENTICENTS_PER_DOLLAR
    stands = is_asked & ~((bid > 0) & (ask > 0) & (bid >= ask))
    sides = []
    for is_buy, side in ((True, ask), (False, bid)):
        # Before fees most minutes promise too little already; only the others are worth an exact answer.
        before_fees = worth - side if is_buy else side - worth
        likely = np.flatnonzero(stands & (side > 0) & (before_fees >= asked.least - _SLACK))
        price = side.ravel()[likely].astype(np.int64)
        fee = fees[rule[likely % (end - first)], price]
        promised = edges(chance.ravel()[likely], price, fee, asked.count, is_buy=is_buy)
        found = promised >= asked.least
        place = np.divmod(likely[found], end - first)
        sides.append(_undominated(_touches(tape, event, place, promised[found], ends, is_buy=is_buy)))
    both = Touches.join(sides)
    return both.take(np.lexsort((~both.is_buy, both.ladder, both.leg)))


def edges(chance: Floats, price: Ints, fee: Floats, count: int, *, is_buy: bool) -> Floats:
    """Return the edge of each price [centicents per contract]: ``drybulb.strategy.edge.edge``, for arrays."""
    sign = 1 if is_buy else -1
    found: Floats = ((chance * CENTICENTS_PER_DOLLAR - price) * sign * count - fee) / count
    return found


def _touches(
    tape: Tape, event: int, place: tuple[Ints, Ints], promised: Floats, ends: tuple[Ints, Ints], *, is_buy: bool
) -> Touches:
    (leg, minute), (rule, until) = place, ends
    first, size = int(tape.ladders[event]), int(tape.ladders[event + 1] - tape.ladders[event])
    row, ladder = tape.rows[event] + leg * size + minute, first + minute
    bid, ask = tape.bid[row].astype(np.int32), tape.ask[row].astype(np.int32)
    known_at = tape.known_at[ladder]
    return Touches(
        event=np.full(len(row), event, np.int32),
        leg=leg,
        market=(tape.markets[event] + leg).astype(np.int32),
        ladder=ladder,
        is_buy=np.full(len(row), is_buy),
        price=ask if is_buy else bid,
        edge=promised,
        age=(tape.ask_age if is_buy else tape.bid_age)[row],
        spread=np.where((bid > 0) & (ask > 0), ask - bid, 0),
        to_close=(tape.closes_at[event] - known_at) / 1_000_000 / 60.0,
        belief_age=(known_at - tape.believed_at[tape.belief[ladder]]) / 1_000_000 / 60.0,
        lead=tape.lead[ladder],
        rule=rule[minute],
        until=until[minute],
    )


def _undominated(side: Touches) -> Touches:
    """Leave out what no parameters touch first: as much was to be had a minute before, by the same gates or wider."""
    dominated = (
        (side.market[1:] == side.market[:-1])
        & (side.lead[1:] == side.lead[:-1])
        & (side.edge[1:] <= side.edge[:-1])
        & (side.age[1:] >= side.age[:-1])
        & (side.spread[1:] >= side.spread[:-1])
        & (side.belief_age[1:] >= side.belief_age[:-1])
    )
    return side.take(np.flatnonzero(np.concatenate([[True], ~dominated])[: len(side.edge)]))


@dataclass(slots=True)
class _FeeRules:
    """The fee rules met so far, and what each charges. Mutable: events of another date bring another rule."""

    asked: Asked
    rules: list[FeeRule] = field(default_factory=list)
    fees: list[Floats] = field(default_factory=list)

    def at(self, series: str, known_at: Ints) -> tuple[Ints, Floats]:
        """Return the index of the rule of ``series`` at each instant, and every rule's fees by price [microdollars]."""
        hours, place = np.unique(known_at // _HOUR, return_inverse=True)
        charges = self.asked.charges
        known = [self._index(charges.rule(series, instant_of(hour * _HOUR))) for hour in hours.tolist()]
        return np.array(known, np.int64)[place], np.array(self.fees)

    def _index(self, rule: FeeRule) -> int:
        for number, known in enumerate(self.rules):
            if known is rule:
                return number
        self.rules.append(rule)
        self.fees.append(np.array(fee_table(rule, self.asked.charges.member, self.asked.count), np.float64))
        return len(self.rules) - 1


@cache
def fee_table(rule: FeeRule, member: MemberType, count: int) -> tuple[int, ...]:
    """Return what ``count`` [1/100 contract] cost in one fill at every price up to $1 [microdollars]."""
    prices = range(1, CENTICENTS_PER_DOLLAR)
    return (0, *(expected_fee(rule, price, count, member) for price in prices), 0)


def _none() -> Touches:
    """No candidate at all."""
    ints, floats, flags = np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.bool_)
    return Touches(ints, ints, ints, ints, flags, ints, floats, ints, ints, floats, floats, ints, ints, ints)
