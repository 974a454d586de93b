"""What is held and ordered in one open event, and what it loses at worst.

The worst case of an event is its loss at the worst winner if every working order that
would hurt there fills and none that would help does::

    loss(w)    = -(cash moved so far + payout if w wins + sum over orders of min(0, gain(order, w)))
    worst loss = max(0, max over w of loss(w))

An order that waits in the book counts like one that takes, and a withdrawn one like both,
until its end is reported: it may have traded already.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from drybulb.domain.ledger import Side, cash_by_winner
from drybulb.domain.money import CENTICENTS_PER_DOLLAR
from drybulb.strategy.charges import FeeBound, leg_price


@dataclass(frozen=True, slots=True)
class Stake:
    """What is not filled yet of an order, as risk sees it.

    Attributes:
        leg: index of the market in its ladder.
        side: bid buys YES, ask buys NO.
        price: limit price of YES [centicents].
        count: how many can still fill [1/100 contract].
        fees: the most they can be charged.
    """

    leg: int
    side: Side
    price: int
    count: int
    fees: FeeBound

    @property
    def cost(self) -> int:
        """Cash at stake, fee included [microdollars]."""
        return leg_price(self.price, is_buy=self.side.is_buy) * self.count + self.fees.fee(self.count)

    def of(self, count: int) -> Stake:
        """Return the same order for another ``count`` [1/100 contract]."""
        return Stake(self.leg, self.side, self.price, count, self.fees)

    def affordable(self, amount: int) -> int:
        """Return how much of the order ``amount`` [microdollars] pays for, in whole lots [1/100 contract]."""
        lot = self.fees.lot
        each = leg_price(self.price, is_buy=self.side.is_buy) * lot + self.fees.each
        return max(0, amount - self.fees.once) // each * lot

    def gain(self, winner: int) -> int:
        """Return what the order adds to final cash if all of it fills and ``winner`` wins [microdollars]."""
        payout = CENTICENTS_PER_DOLLAR if winner == self.leg else 0
        return (payout - self.price) * self.side.sign * self.count - self.fees.fee(self.count)


@dataclass(slots=True)
class EventBook:
    """What is held and ordered in one open event. Mutable: the session books every order and fill into it.

    Attributes:
        city: key of the event's city.
        day: date of the climate day.
        counts: signed position in each market of the ladder [1/100 contract].
        cash: what its fills have added to cash so far, fees included [microdollars].
        stakes: working orders by order id.
        ordered_at: when each market was last ordered [UTC].
    """

    city: str
    day: date
    counts: list[int]
    cash: int = 0
    stakes: dict[str, Stake] = field(default_factory=dict)
    ordered_at: dict[int, datetime] = field(default_factory=dict)
    _ends: tuple[int, ...] | None = None
    _taken: frozenset[int] | None = None

    def order(self, order_id: str, stake: Stake, at: datetime) -> None:
        """Book a new order."""
        self.stakes[order_id] = stake
        self.ordered_at[stake.leg] = at
        self._changed()

    def fill(self, order_id: str, delta: int, cash_change: int) -> None:
        """Book a fill: the signed count it added [1/100 contract] and what it added to cash [microdollars]."""
        stake = self.stakes[order_id]
        self.counts[stake.leg] += delta
        self.cash += cash_change
        self.expect(order_id, stake.count - abs(delta))

    def expect(self, order_id: str, count: int) -> None:
        """Book that only ``count`` [1/100 contract] of an order can still fill."""
        if count:
            self.stakes[order_id] = replace(self.stakes[order_id], count=count)
        else:
            self.stakes.pop(order_id, None)
        self._changed()

    def _changed(self) -> None:
        """Forget what was added up: it is asked for every minute and changes with an order or a fill."""
        self._ends = None
        self._taken = None

    def ends(self) -> tuple[int, ...]:
        """Return the least final cash for each winner, whatever part of the working orders fills [microdollars]."""
        if self._ends is None:
            stakes = self.stakes.values()
            ends = enumerate(cash_by_winner(self.cash, self.counts))
            self._ends = tuple(end + sum(min(0, stake.gain(winner)) for stake in stakes) for winner, end in ends)
        return self._ends

    def worst_loss(self) -> int:
        """Return the worst loss over all winners, working orders included [microdollars]."""
        return max(0, -min(self.ends()))

    def worst_loss_with(self, proposed: Stake) -> int:
        """Return the worst loss over all winners if ``proposed`` were working too [microdollars]."""
        ends, leg = self.ends(), proposed.leg
        # An order gains the same whichever other market wins: two sums say it for the whole ladder.
        worst = ends[leg] + min(0, proposed.gain(leg))
        if len(ends) > 1:
            worst = min(worst, min(ends[:leg] + ends[leg + 1 :]) + min(0, proposed.gain(leg + 1)))
        return max(0, -worst)

    def taken_legs(self) -> frozenset[int]:
        """Return the legs held or ordered."""
        if self._taken is None:
            held = {leg for leg, count in enumerate(self.counts) if count}
            self._taken = frozenset(held | {stake.leg for stake in self.stakes.values()})
        return self._taken

    def is_working(self, leg: int) -> bool:
        """Whether an order is working in market ``leg``."""
        return any(stake.leg == leg for stake in self.stakes.values())
