"""A state made again from its journal: orders, positions, cash, booked gains and a halt, as they were at any record.

Fills, reports and settlements go through the same ``step`` as when they came, so a state made
again is the state there was. Cash and gain are compared with what the journal says of them.

What the journal does not hold is not made again: the newest belief of each event (the next one
comes within its cadence; until then nothing is traded), and what was refused so far. An order is
written down before it is sent, so one that was not sent any more is made again as working: whether
it is, the exchange knows; to ask it is for whoever connects to one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from drybulb.domain.ledger import Fill, Order, OrderStatus, Side, TimeInForce
from drybulb.engine.admission import order_id_of
from drybulb.engine.halts import withdraw_all
from drybulb.engine.left import exchange_date
from drybulb.engine.ports import Cancel, FillReport, OrderReport, Record, Settlement
from drybulb.engine.session import step
from drybulb.engine.state import State
from drybulb.errors import EngineError
from drybulb.strategy.charges import FeeBound, leg_price
from drybulb.strategy.stake import Stake

#: Records that say why, and change nothing: an order asked back ends with its report.
_SAYS_WHY = frozenset({"run", "withdrawal"})


def rebuild(state: State, records: Iterable[Record]) -> list[Cancel]:
    """Take a journal into a state that has not begun, and return what to send first.

    Args:
        state: with the listings, limits, charges, rules and opening cash of the journal's run; changed in place.
        records: the journal from its beginning, up to any record.

    Returns:
        Where a halt holds at the last record, the withdrawal of every order that can still fill: whether it was sent
        before is not known, and to ask twice does no harm.

    Raises:
        EngineError: a record that cannot be of this run, or says of cash, gain or halt what does not follow.
    """
    last = None
    for last in records:
        _take(state, last)
        state.take_records()
    for event in state.open_events.values():
        event.withdrawn.clear()
    if last is None or state.portfolio.halted(exchange_date(state, last.known_at)) is None:
        return []
    return withdraw_all(state)


def record_of(line: str) -> Record:
    """Return the record that a line of a journal holds; dates stay text, which :func:`rebuild` takes."""
    fields = json.loads(line)
    return Record(datetime.fromisoformat(fields.pop("known_at")), fields.pop("kind"), fields)


def _take(state: State, record: Record) -> None:
    match record.kind:
        case "order":
            _order(state, record)
        case "fill":
            step(state, FillReport(record.known_at, 0, _fill(record)))
            _agree(record, "cash", state.account.cash)
        case "report":
            status = OrderStatus(_text(record, "status"))
            filled, reason = _whole(record, "filled"), _text(record, "reason")
            step(state, OrderReport(record.known_at, 0, _text(record, "order_id"), status, filled, reason))
        case "settlement":
            _settlement(state, record)
        case "halt":
            halt = state.portfolio.halt
            _agree(record, "reason", None if halt is None else halt.reason)
            _agree(record, "seen", None if halt is None else halt.seen)
        case "halt_lifted":
            state.portfolio.lift(_text(record, "words"))
        case kind if kind not in _SAYS_WHY:
            raise EngineError(f"a journal has no record {kind!r} at {record.known_at}; is it of another version?")


def _order(state: State, record: Record) -> None:
    """Book an order as it was booked when it was sent; whether it may wait is not recorded and changes no risk."""
    event, ticker, at = state.event(_text(record, "event")), _text(record, "ticker"), record.known_at
    side, price, count = Side(_text(record, "side")), _whole(record, "price"), _whole(record, "count")
    order_id = order_id_of(state.rules.seed, ticker, at, state.ordered)
    _agree(record, "order_id", order_id)
    waits, post_only = TimeInForce.GOOD_TILL_CANCELED, record.fields.get("post_only") is True
    rule = state.charges.rule(event.listing.series, at)
    paid = leg_price(price, is_buy=side.is_buy)
    fees = FeeBound.of(rule, state.charges.member, paid, state.rules.lot)
    order = Order(order_id, ticker, side, price, count, waits, at, post_only=post_only)
    state.sent(event, order, Stake(event.legs[ticker], side, price, count, fees))


def _fill(record: Record) -> Fill:
    return Fill(
        order_id=_text(record, "order_id"),
        trade_id=_text(record, "trade_id"),
        ticker=_text(record, "ticker"),
        side=Side(_text(record, "side")),
        price=_whole(record, "price"),
        count=_whole(record, "count"),
        fee=_whole(record, "fee"),
        is_taker=record.fields.get("is_taker") is True,
        at=datetime.fromisoformat(_text(record, "at")),
        known_at=record.known_at,
    )


def _settlement(state: State, record: Record) -> None:
    name, payouts = _text(record, "event"), record.fields.get("payouts")
    markets = state.event(name).listing.event.markets
    if not isinstance(payouts, Mapping) or set(payouts) != {market.ticker for market in markets}:
        raise EngineError(f"the settlement of {name} at {record.known_at} does not pay its markets: {payouts!r}")
    before = state.portfolio.gained
    paid = tuple(_amount(record, f"payouts of {ticker}", payouts[ticker]) for ticker in (m.ticker for m in markets))
    step(state, Settlement(record.known_at, 0, name, paid))
    _agree(record, "cash", state.account.cash)
    _agree(record, "gain", state.portfolio.gained - before)


def _text(record: Record, name: str) -> str:
    value = record.fields.get(name)
    if not isinstance(value, str):
        raise EngineError(f"the {record.kind} of {record.known_at} has {name} {value!r}, no text; look at the journal")
    return value


def _whole(record: Record, name: str) -> int:
    return _amount(record, name, record.fields.get(name))


def _amount(record: Record, name: str, value: object) -> int:
    if type(value) is not int:
        raise EngineError(f"the {record.kind} of {record.known_at} has {name} {value!r}, no whole number")
    return value


def _agree(record: Record, name: str, value: str | int | None) -> None:
    """Refuse a journal that says of ``name`` something else than what follows from it.

    Raises:
        EngineError: it does.
    """
    said = record.fields.get(name)
    if said != value:
        raise EngineError(
            f"the {record.kind} of {record.known_at} says {name} {said!r}, but {value!r} follows from the rest;"
            " give the configuration, seed and opening cash of its run"
        )
