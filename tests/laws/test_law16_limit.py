"""Law 16: on a tape of prints an order fills at its limit, only from a print at or inside it, and never for more."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from drybulb.engine import simulated
from drybulb.engine.ports import FillReport, Report
from tests.trading import CHARGES, at, listing, order, tape

LISTED = listing()
PRINTS = st.lists(st.tuples(st.integers(1, 99), st.integers(1, 9)), min_size=1, max_size=6)


@given(st.sampled_from(["bid", "ask"]), st.integers(1, 99), st.integers(1, 20), PRINTS)
def test_a_waiting_order_pays_its_limit(side: str, limit: int, wanted: int, prints: list[tuple[int, int]]) -> None:
    """However much better the prints are, what fills is charged at the limit, up to the prints inside it."""
    exchange = simulated.SimulatedBroker({LISTED.event.ticker: LISTED}, CHARGES, timedelta(seconds=1))
    exchange.send(order(LISTED, "16:00", limit, side, contracts=wanted), at("16:00"))
    taker = "yes" if side == "bid" else "no"
    reports: list[Report] = []
    for n, (cents, contracts) in enumerate(prints):
        reports += exchange.reports(tape(LISTED, f"16:01:{n:02}", cents, taker, contracts=contracts))
    reports += exchange.reports(None)
    fills = [report.fill for report in reports if isinstance(report, FillReport)]
    inside = sum(c for cents, c in prints if (cents <= limit if side == "bid" else cents >= limit))
    assert {fill.price for fill in fills} <= {100 * limit}
    assert sum(fill.count for fill in fills) == 100 * min(wanted, inside)
