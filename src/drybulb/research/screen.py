"""The screen: what a flat stake at first touch would have made, for many parameter sets at once.

It follows one policy, ``drybulb.strategy.flat``, without limits: every market is touched once, every order has the
same count, every fill is held to settlement. There it equals the replay trade for trade (law 22). It ranks parameter
sets for the replay to judge, and no number of it is a result.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from drybulb.domain.money import COUNT_PER_CONTRACT
from drybulb.errors import DomainError
from drybulb.research.granted import Exchange, Grants
from drybulb.research.tape import Flags, Floats, Ints, Tape
from drybulb.research.touches import Asked, touches_of
from drybulb.strategy.flat import STAKE
from drybulb.strategy.policy import Gates
from drybulb.strategy.releases import Releases
from drybulb.strategy.rules import Rules


@dataclass(frozen=True, slots=True)
class Trades:
    """What one parameter set would have traded, a row a fill, by market and in each by time.

    Attributes:
        tape: what it was screened on.
        touched: number of markets touched, filled or not.
        market: index of the market in the tape.
        event: index of the event in the tape.
        is_buy: whether YES was bought.
        decided_at: when the order was decided [microseconds since 1970, UTC].
        at: when it traded [microseconds since 1970, UTC].
        price: of YES [centicents].
        count: how many [1/100 contract].
        fee: net fee [microdollars].
        gain: payout less cost and fee [microdollars].
    """

    tape: Tape
    touched: int
    market: Ints
    event: Ints
    is_buy: Flags
    decided_at: Ints
    at: Ints
    price: Ints
    count: Ints
    fee: Ints
    gain: Ints

    @property
    def total(self) -> int:
        """Gain of all of them [microdollars]."""
        return int(self.gain.sum())

    def by_day(self) -> dict[date, int]:
        """Return the gain of each event day on which anything traded [microdollars]."""
        days, place = np.unique(self.tape.days[self.event], return_inverse=True)
        gains = np.zeros(len(days), np.int64)
        np.add.at(gains, place, self.gain)
        return dict(zip(days.tolist(), gains.tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Ranked:
    """A parameter set beside what the screen says of it.

    Attributes:
        rules: the set.
        touched: number of markets touched.
        fills: number of fills.
        contracts: number of contracts traded.
        gain: of all of them [microdollars].
        by_day: of each event day on which anything traded [microdollars].
    """

    rules: Rules
    touched: int
    fills: int
    contracts: int
    gain: int
    by_day: dict[date, int]


class Screen:
    """A tape made ready for any number of parameter sets.

    Args:
        tape: what was recorded, with the beliefs to trade.
        exchange: what is assumed of the exchange.
        releases: the calendar, one for all sets.
        contracts: size of every order [contracts].
        least_edge: no set may ask for less [centicents per contract]; the lower, the more there is to keep.

    Raises:
        FeeError: no fee rule covers an event's hours.
    """

    def __init__(
        self,
        tape: Tape,
        exchange: Exchange,
        releases: Releases,
        *,
        contracts: int = STAKE,
        least_edge: float = 0.0,
    ) -> None:
        self.tape = tape
        self.least_edge = least_edge
        self._count = contracts * COUNT_PER_CONTRACT
        self._releases = releases.releases
        asked = Asked(exchange.charges, releases, self._count, least_edge)
        self._touches, fee_rules = touches_of(tape, asked)
        self._cities, city = np.unique(tape.cities, return_inverse=True)
        # A threshold is of a city and a lead: one number for both.
        self._place = 2 * city[self._touches.event] + self._touches.lead
        self._grants = Grants(tape, exchange, fee_rules)

    def trades(self, rules: Rules) -> Trades:
        """Return what one parameter set would have traded.

        Raises:
            DomainError: a city of the tape without rules, a threshold that is no number or below the least, or another
                calendar than the screen's.
        """
        return self._traded(rules, np.flatnonzero(self._touches.passes(rules.gates)))

    def rank(self, sets: Iterable[Rules]) -> list[Ranked]:
        """Return every set with its gain, the best first; those of one gain as they were given.

        Raises:
            DomainError: as :meth:`trades`.
        """
        passing: dict[Gates, Ints] = {}
        ranked = []
        for rules in sets:
            if rules.gates not in passing:  # one is kept: sets come sorted by their gates, or pay for it
                passing = {rules.gates: np.flatnonzero(self._touches.passes(rules.gates))}
            made = self._traded(rules, passing[rules.gates])
            contracts = int(made.count.sum()) // COUNT_PER_CONTRACT
            ranked.append(Ranked(rules, made.touched, len(made.at), contracts, made.total, made.by_day()))
        return sorted(ranked, key=lambda one: -one.gain)

    def _traded(self, rules: Rules, passing: Ints) -> Trades:
        thresholds = self._thresholds(rules)
        found = passing[self._touches.edge[passing] >= thresholds[self._place[passing]]]
        touched = self._touches.take(first_of_each(found, self._touches.market))
        granted = self._grants.granted(touched, self._count)
        market, is_buy = touched.market[granted.order], touched.is_buy[granted.order]
        payout = self.tape.payouts[market]
        # A contract of NO costs the dollar's rest, and pays the rest of what YES pays.
        worth = (payout - granted.price) * np.where(is_buy, 1, -1) * granted.count
        return Trades(
            tape=self.tape,
            touched=len(touched.edge),
            market=market,
            event=touched.event[granted.order],
            is_buy=is_buy,
            decided_at=self.tape.known_at[touched.ladder[granted.order]],
            at=granted.at,
            price=granted.price,
            count=granted.count,
            fee=granted.fee,
            gain=worth - granted.fee,
        )

    def _thresholds(self, rules: Rules) -> Floats:
        """What the edge must reach in each city, at lead 0 and at lead 1, one after the other."""
        if rules.releases.releases != self._releases:
            raise DomainError("the rules have another calendar than the screen; make a screen of theirs")
        known: Sequence[str] = self._cities.tolist()
        if missing := [city for city in known if city not in rules.cities]:
            raise DomainError(f"no rules for {', '.join(missing)}; give them for every city of the tape")
        asked = np.array([least.min_edge for city in known for least in rules.cities[city].thresholds], np.float64)
        if not (asked >= self.least_edge).all():
            raise DomainError(
                f"min_edge {asked.min():g} is not at least {self.least_edge:g} centicents, the least that was kept;"
                " make the screen with a lower least_edge"
            )
        return asked


def first_of_each(found: Ints, market: Ints) -> Ints:
    """Return the first of ``found`` of each market; they are sorted by market and time."""
    markets = market[found]
    is_first = np.ones(len(found), np.bool_)
    is_first[1:] = markets[1:] != markets[:-1]
    return found[is_first]
