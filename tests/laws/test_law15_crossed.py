"""Law 15: crossed, stale and closed markets are never traded, and a crossed minute pays nobody."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import given, settings
from hypothesis import strategies as st

from drybulb.adapters.lake import Lake
from drybulb.app import backtest as use_case
from drybulb.app import config
from drybulb.domain.market import Quote
from drybulb.engine import session
from drybulb.engine.ports import LadderQuote, Submit
from tests.made_lake import FIRST, fair_lake
from tests.trading import GATES, at, believed, listing, state

EVENTS = 160
LISTED = listing()
AGES = st.integers(0, 9)


@cache
def _lake() -> Path:
    folder = Path(mkdtemp(prefix="law15-"))
    fair_lake(folder, seed=15, days=EVENTS, minutes=15)
    return folder


def test_crossed_minutes_pay_nobody() -> None:
    """On a tape with fair prices, hitting the vanished side of crossed minutes does not make money."""
    out = Path(mkdtemp(prefix="law15-run-"))
    end = FIRST + timedelta(days=EVENTS - 1)
    result = use_case.backtest(Lake(_lake()), config.load(), FIRST, end, policy="crossed", out=out)
    total = result.tallies.total
    assert total.events == EVENTS
    assert total.fills >= 30
    assert total.gain < 0


@st.composite
def quotes(draw: st.DrawFn) -> Quote:
    """A quote with any sides, often an empty one, lest every ladder be a riskless set; of any age, crossed or not."""
    ask, spread = draw(st.integers(2, 98)), draw(st.sampled_from((-3, 0, 1, 4, 12)))
    bid = max(1, min(99, ask - spread))
    if draw(st.integers(0, 1)) == 0:
        bid, ask = draw(st.sampled_from([(0, ask), (bid, 0), (0, 0)]))
    source = draw(st.sampled_from(("exchange", "prints", "poll")))
    return Quote(100 * bid or None, 100 * ask or None, None, None, draw(AGES), draw(AGES), source)


@settings(max_examples=300)
@given(
    st.lists(quotes(), min_size=3, max_size=3),
    st.sampled_from(["14:59", "15:00", "18:00", "21:30", "21:31", "22:00", "22:10"]),
    st.booleans(),
    st.sampled_from([(0.9, 0.05, 0.05), (0.01, 0.01, 0.98), (0.3, 0.4, 0.3)]),
)
def test_only_what_stands_is_traded(
    shown: list[Quote], clock: str, is_trading: bool, believes: tuple[float, float, float]
) -> None:
    """Whatever is believed, an order meets an open market, a fresh price on the side it hits, and no crossed quote."""
    made = state([LISTED])
    now: datetime = at(clock)
    session.step(made, believed(LISTED, "14:58", *believes))
    made.open_events[LISTED.event.ticker].believed_at = now
    quoted = LadderQuote(now, 1, LISTED.event.ticker, now, is_trading, tuple(shown))
    for command in session.step(made, quoted):
        assert isinstance(command, Submit)
        order = command.order
        quote = shown[[market.ticker for market in LISTED.event.markets].index(order.ticker)]
        hit, age = (quote.yes_ask, quote.ask_age) if order.side.is_buy else (quote.yes_bid, quote.bid_age)
        assert is_trading
        assert LISTED.opens_at <= now < LISTED.closes_at
        assert order.price == hit
        assert age <= GATES.max_quote_age
        assert not quote.is_crossed
