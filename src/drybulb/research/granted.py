"""What the simulated exchange grants to flat orders: the takers' rules of ``drybulb.engine.fills``, for many at once.

Orders of different markets never meet the same print or quote, and a market is touched once: each order is alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np

from drybulb.domain.fees import FeeAccumulator, FeeRule
from drybulb.domain.money import COUNT_PER_CONTRACT
from drybulb.research.tape import PLACE_BITS, UNKNOWN, Flags, Ints, Tape, print_key
from drybulb.research.touches import Touches
from drybulb.strategy.charges import Charges

_MICROSECOND = timedelta(microseconds=1)
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Exchange:
    """The exchange that a screen assumes: the simulated one, as takers meet it.

    Attributes:
        charges: what trades are charged.
        latency: from a decision to the exchange, and from there back to us.
        order_lifetime: how long an order waits where the market is seen every minute.
        poll_lifetime: how long it waits for the next quote elsewhere.
        lot: what the count of a fill is a multiple of [1/100 contract].
    """

    charges: Charges
    latency: timedelta
    order_lifetime: timedelta
    poll_lifetime: timedelta
    lot: int = COUNT_PER_CONTRACT


@dataclass(frozen=True, slots=True)
class Granted:
    """Fills, by order and in each by time.

    Attributes:
        order: index among the orders.
        at: when it traded [microseconds since 1970, UTC].
        price: of YES [centicents].
        count: how many [1/100 contract].
        fee: net fee [microdollars].
    """

    order: Ints
    at: Ints
    price: Ints
    count: Ints
    fee: Ints


@dataclass(slots=True)
class _Orders:
    """Orders at the exchange. Mutable: each fill takes from what remains and adds to what was overpaid."""

    touched: Touches
    placed_at: Ints
    arrives_at: Ints
    expires_at: Ints
    gone_at: Ints
    remaining: Ints
    overpaid: Ints
    printed: Ints
    ends: Ints
    is_met: Flags
    fills: list[tuple[Ints, Ints, Ints, Ints, Ints]] = field(default_factory=list)


class Grants:
    """Grants fills on one tape; what a fill was charged is kept, for most are charged alike.

    Args:
        tape: what was recorded.
        exchange: what is assumed of it.
        rules: the fee rules that candidates name by index.
    """

    def __init__(self, tape: Tape, exchange: Exchange, rules: tuple[FeeRule, ...]) -> None:
        self._tape = tape
        self._exchange = exchange
        self._rules = rules
        self._charged: dict[tuple[int, int, int, bool, int], tuple[int, int]] = {}

    def granted(self, touched: Touches, count: int) -> Granted:
        """Return the fills of one order of ``count`` [1/100 contract] for each of ``touched``."""
        orders = self._sent(touched, count)
        self._find_ends(orders)
        self._fill_from_prints(orders)
        self._fill_from_quotes(orders)
        columns = [np.concatenate(column) for column in zip(*orders.fills, strict=True)]
        if not columns:
            nothing = np.zeros(0, np.int64)
            return Granted(nothing, nothing, nothing, nothing, nothing)
        by_order = np.argsort(columns[0], kind="stable")
        return Granted(*(column[by_order] for column in columns))

    def _sent(self, touched: Touches, count: int) -> _Orders:
        tape, exchange = self._tape, self._exchange
        latency = exchange.latency // _MICROSECOND
        placed_at = tape.known_at[touched.ladder].astype(np.int64)
        row = tape.row(touched.event, touched.leg, touched.ladder)
        is_seen = tape.is_seen[row]
        waits = np.where(is_seen, exchange.order_lifetime // _MICROSECOND, exchange.poll_lifetime // _MICROSECOND)
        closes_at = tape.closes_at[touched.event]
        expires_at = np.minimum(np.minimum(placed_at + waits, closes_at), touched.until)
        arrives_at = placed_at + latency
        size = len(placed_at)
        return _Orders(
            touched=touched,
            placed_at=placed_at,
            arrives_at=arrives_at,
            expires_at=expires_at,
            # An order that would arrive at the close or later is rejected; else it is forgotten as its end is told.
            gone_at=np.where(arrives_at >= closes_at, 0, expires_at + max(latency, 1)),
            remaining=np.full(size, count, np.int64),
            overpaid=np.zeros(size, np.int64),
            printed=np.zeros(size, np.int64),
            ends=np.full(size, UNKNOWN, np.int64),
            is_met=np.zeros(size, np.bool_),
        )

    def _find_ends(self, orders: _Orders) -> None:
        """Find the ladder that ends each order: the next one recorded after its arrival, or the first one closed."""
        tape, touched = self._tape, orders.touched
        ladder, last = touched.ladder + 1, tape.ladders[touched.event + 1]
        left = np.arange(len(ladder))
        while len(left):
            left = left[ladder[left] < last[left]]
            left = left[tape.known_at[ladder[left]] < orders.gone_at[left]]
            now = ladder[left]
            is_recorded = tape.is_recorded[tape.row(touched.event[left], touched.leg[left], now)]
            is_met = tape.is_trading[now] & is_recorded & self._is_there(orders, left, tape.at[now])
            ends = is_met | ~tape.is_trading[now]
            orders.ends[left[ends]] = now[ends]
            orders.is_met[left] = is_met
            left = left[~ends]
            ladder[left] += 1

    def _is_there(self, orders: _Orders, which: Ints, at: Ints) -> Flags:
        """Whether each order can trade at its instant ``at``: later than it was decided, arrived, and not expired."""
        in_time: Flags = (orders.arrives_at[which] <= at) & (at <= orders.expires_at[which])
        return in_time & (orders.placed_at[which] < at)

    def _fill_from_prints(self, orders: _Orders) -> None:
        """Fill from later prints on the same side, at the limit, until the order ends."""
        tape, touched = self._tape, orders.touched
        code = print_key(touched.market, touched.is_buy, tape.place[touched.ladder])
        group = code >> PLACE_BITS
        ends = np.where(orders.ends == UNKNOWN, _NEVER, tape.place[orders.ends])
        # What printed since the ladder before the last counts against the size that the last one shows.
        since = np.where(orders.ends == UNKNOWN, _NEVER, tape.place[orders.ends - 1])
        number = np.searchsorted(tape.print_code, code, side="right")
        left, sign = np.arange(len(number)), np.where(touched.is_buy, 1, -1)
        mask = (1 << PLACE_BITS) - 1
        while len(left):
            left = left[(number[left] < len(tape.print_code)) & (orders.remaining[left] > 0)]
            now = number[left]
            place = tape.print_code[now] & mask
            is_near = (tape.print_code[now] >> PLACE_BITS == group[left]) & (place < ends[left])
            is_near &= tape.print_known_at[now] < orders.gone_at[left]
            left, now, place = left[is_near], now[is_near], place[is_near]
            at, limit = tape.print_at[now], touched.price[left].astype(np.int64)
            fits = self._is_there(orders, left, at) & ((limit - tape.print_price[now]) * sign[left] >= 0)
            done = self._fill(orders, left[fits], limit[fits], tape.print_count[now[fits]], at[fits])
            orders.printed[left[fits]] += np.where(place[fits] > since[left[fits]], done, 0)
            number[left] += 1

    def _fill_from_quotes(self, orders: _Orders) -> None:
        """Fill what is left at the quote that ends the order, at its price, up to its size where that is known."""
        tape, touched = self._tape, orders.touched
        which = np.flatnonzero(orders.is_met & (orders.remaining > 0))
        is_buy, ladder = touched.is_buy[which], orders.ends[which]
        row = tape.row(touched.event[which], touched.leg[which], ladder)
        price = np.where(is_buy, tape.ask[row], tape.bid[row]).astype(np.int64)
        fits = (price > 0) & ((touched.price[which] - price) * np.where(is_buy, 1, -1) >= 0)
        which, price, row, ladder = which[fits], price[fits], row[fits], ladder[fits]
        size = tape.size_of(row, touched.is_buy[which])
        room = np.where(size == UNKNOWN, orders.remaining[which], np.maximum(size - orders.printed[which], 0))
        self._fill(orders, which, price, room, tape.at[ladder])

    def _fill(self, orders: _Orders, which: Ints, price: Ints, room: Ints, at: Ints) -> Ints:
        """Fill as many whole lots as there is room for and return how many of each [1/100 contract]."""
        count = np.minimum(room, orders.remaining[which]) // self._exchange.lot * self._exchange.lot
        some = count > 0
        order = which[some]
        fees = self._fees(orders, order, price[some], count[some])
        orders.remaining[order] -= count[some]
        orders.fills.append((order, at[some], price[some], count[some], fees))
        return count

    def _fees(self, orders: _Orders, order: Ints, price: Ints, count: Ints) -> Ints:
        """Charge each order its next fill, as the ledger's own accumulator does [microdollars]."""
        touched = orders.touched
        asked = zip(
            touched.rule[order].tolist(),
            price.tolist(),
            count.tolist(),
            touched.is_buy[order].tolist(),
            orders.overpaid[order].tolist(),
            strict=True,
        )
        charged = [self._charge(key) for key in asked]
        orders.overpaid[order] = [overpaid for _, overpaid in charged]
        return np.array([fee for fee, _ in charged], np.int64)

    def _charge(self, key: tuple[int, int, int, bool, int]) -> tuple[int, int]:
        """Net fee of a fill, and what rounding has overpaid after it [microdollars]."""
        found = self._charged.get(key)
        if found is None:
            rule, price, count, is_buy, overpaid = key
            account = FeeAccumulator(self._rules[rule], self._exchange.charges.member, overpaid)
            charge = account.charge(price, count, is_buy=is_buy, is_taker=True)
            found = self._charged[key] = (charge.net_fee, account.overpaid)
        return found
