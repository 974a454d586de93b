"""Defects of the screen: what a quick look at a tape gets wrong."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from drybulb.domain.fees import FeeRule, MemberType
from drybulb.domain.money import CENTICENTS_PER_DOLLAR
from drybulb.research.granted import Grants, _Orders
from drybulb.research.tape import Flags, Ints
from drybulb.research.touches import Touches, _Calendar
from drybulb.strategy.policy import Gates
from tests.laws import test_law22_screen as law
from tests.laws.mutants import Mutant

_SOUND_ENDS = Grants._find_ends
_MODULE = "drybulb.research"


def at_the_decision(self: Grants, orders: _Orders) -> None:
    """Meet the quote that was decided on."""
    orders.ends[:] = orders.touched.ladder
    orders.is_met[:] = True


def a_minute_late(self: Grants, orders: _Orders) -> None:
    """Look for the next quote from the one after it on."""
    orders.touched.ladder[:] += 1
    _SOUND_ENDS(self, orders)
    orders.touched.ladder[:] -= 1


def without_latency(self: Grants, orders: _Orders, which: Ints, at: Ints) -> Flags:
    """Let an order trade as soon as it is decided."""
    in_time: Flags = (orders.placed_at[which] < at) & (at <= orders.expires_at[which])
    return in_time


def unrounded(self: Grants, key: tuple[int, int, int, bool, int]) -> tuple[int, int]:
    """Charge the model to the microdollar."""
    rule, price, count, _, overpaid = key
    model = self._rules[rule].taker_rate * price * count * (CENTICENTS_PER_DOLLAR - price) / CENTICENTS_PER_DOLLAR
    return round(model), overpaid


def unrounded_table(rule: FeeRule, member: MemberType, count: int) -> tuple[float, ...]:
    """Work the edge out with the model as it is."""
    rate = float(rule.taker_rate) / CENTICENTS_PER_DOLLAR
    return tuple(rate * price * count * (CENTICENTS_PER_DOLLAR - price) for price in range(CENTICENTS_PER_DOLLAR + 1))


def again_and_again(found: Ints, market: Ints) -> Ints:
    """Touch a market whenever it promises enough."""
    return found


def as_much_before(side: Touches) -> Touches:
    """Leave out what promised as much before, whatever the gates made of it then."""
    same = (side.market[1:] == side.market[:-1]) & (side.lead[1:] == side.lead[:-1])
    dominated = same & (side.edge[1:] <= side.edge[:-1])
    return side.take(np.flatnonzero(np.concatenate([[True], ~dominated])[: len(side.edge)]))


def without(gate: str) -> Callable[[Touches, Gates], Flags]:
    """Forget one gate."""

    def passes(self: Touches, gates: Gates) -> Flags:
        kept = {
            "min_minutes_to_close": self.to_close >= gates.min_minutes_to_close,
            "max_belief_age": self.belief_age <= gates.max_belief_age,
            "max_quote_age": self.age <= gates.max_quote_age,
            "max_spread": self.spread <= gates.max_spread,
        }
        del kept[gate]
        every: Flags = np.logical_and.reduce(list(kept.values()))
        return every

    return passes


def whenever(self: _Calendar, known_at: Ints, believed_at: Ints) -> Flags:
    """Let everything be traded at any time."""
    return np.ones(len(known_at), np.bool_)


def into_a_release(self: _Calendar, known_at: Ints) -> Ints:
    """Let an order wait as long as it may, release or not."""
    return np.full(len(known_at), np.iinfo(np.int64).max)


def _mutant(target: str, replacement: object, defect: str) -> Mutant:
    return Mutant(law.test_the_screen_is_the_replay, f"{_MODULE}.{target}", replacement, defect)


MUTANTS = [
    _mutant("granted.Grants._find_ends", at_the_decision, "an order fills at the quote it was decided on"),
    _mutant("granted.Grants._find_ends", a_minute_late, "the next quote is the one after the next"),
    _mutant("granted.Grants._is_there", without_latency, "an order is at the exchange as it is decided"),
    _mutant("granted.Grants._charge", unrounded, "the fee of a fill is not rounded"),
    _mutant("touches.fee_table", unrounded_table, "the fee of an edge is not rounded"),
    _mutant("screen.first_of_each", again_and_again, "a market is touched more than once"),
    _mutant("touches._undominated", as_much_before, "a minute is left out for one that the gates refuse"),
    Mutant(
        law=law.test_an_order_ends_before_a_release,
        target=f"{_MODULE}.touches._Calendar.until",
        replacement=into_a_release,
        defect="an order waits into a release",
    ),
    _mutant("touches._Calendar.lets", whenever, "the screen forgets the calendar"),
    *(
        _mutant("touches.Touches.passes", without(gate), f"the screen forgets {gate}")
        for gate in ("min_minutes_to_close", "max_belief_age", "max_quote_age", "max_spread")
    ),
]
