"""The fills of a desk: read from its journal, and charged by other tariffs."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from drybulb.app.settled import SettledFill
from drybulb.domain.fees import ANY_SERIES, FeeAccumulator, FeeRule, MemberType
from drybulb.domain.ledger import Side


@dataclass(frozen=True, slots=True)
class Traded:
    """A fill whose event has paid, and the order it is of.

    Attributes:
        fill: the fill, with what its market paid.
        order_id: of its order.
        trade_id: of the print or quote that it took.
    """

    fill: SettledFill
    order_id: str
    trade_id: str


@dataclass(frozen=True, slots=True)
class Tariff:
    """A way to be charged.

    Attributes:
        name: for tables.
        fee_type: a word of the exchange.
        rounding: of an era.
        member: who clears.
    """

    name: str
    fee_type: str
    rounding: str
    member: MemberType

    def rule(self) -> FeeRule:
        """Its rule, of every series and date."""
        return FeeRule.parse(ANY_SERIES, date.min, self.fee_type, "1", self.rounding)


TARIFFS = (
    Tariff("cent", "quadratic", "cent", MemberType.NON_DIRECT),
    Tariff("today", "quadratic", "accumulator", MemberType.NON_DIRECT),
    Tariff("direct", "quadratic", "accumulator", MemberType.DIRECT),
    Tariff("maker-fee", "quadratic_with_maker_fees", "accumulator", MemberType.NON_DIRECT),
)
"""Of 2024-25; of today; of today for a direct member; of today, if makers were charged a quarter of what takers are."""


def read_fills(folder: Path) -> list[Traded]:
    """Read the fills of a run from its journal, in the order in which they traded within each event.

    Args:
        folder: of the run.
    """
    waiting: dict[str, list[dict[str, Any]]] = defaultdict(list)
    found: list[Traded] = []
    with (folder / "journal.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            fields = json.loads(line)
            if fields["kind"] == "fill":
                waiting[fields["event"]].append({**fields, "day": date.fromisoformat(fields["day"])})
            elif fields["kind"] == "settlement":
                found += [
                    Traded(SettledFill.of(one, fields["payouts"]), one["order_id"], one["trade_id"])
                    for one in waiting.pop(fields["event"], [])
                ]
    return found


def fees_under(tariff: Tariff, trades: Iterable[Traded]) -> list[int]:
    """Return what each fill would have been charged, order by order; the trades stay as they are [microdollars].

    Args:
        tariff: the way to be charged.
        trades: in the order in which the fills of an order traded.
    """
    rule, orders = tariff.rule(), dict[str, FeeAccumulator]()
    charged = []
    for one in trades:
        order = orders.setdefault(one.order_id, FeeAccumulator(rule, tariff.member))
        fill = one.fill
        charge = order.charge(fill.price, fill.count, is_buy=fill.side is Side.BID, is_taker=fill.is_taker)
        charged.append(charge.net_fee)
    return charged
