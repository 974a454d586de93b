"""The screen: what it touches first, what fills of it, how it ranks, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from drybulb.engine.ports import MarketEvent, order_of
from drybulb.engine.replay import MemoryJournal, ReplayClock, ReplayFeed
from drybulb.engine.session import run
from drybulb.engine.simulated import SimulatedBroker
from drybulb.errors import DomainError, EngineError, FeeError
from drybulb.research.granted import Exchange
from drybulb.research.screen import Screen, Trades
from drybulb.research.taping import tape_of
from drybulb.strategy.anchor import AnchorRules
from drybulb.strategy.charges import Charges
from drybulb.strategy.flat import Flat
from drybulb.strategy.policy import Threshold
from drybulb.strategy.releases import Release, Releases
from drybulb.strategy.rules import CityRules, Rules
from tests.trading import CHARGES, DAY, GATES, at, believed, ladder, listing, quote, settled, state, tape

LISTED = listing()
EXCHANGE = Exchange(CHARGES, timedelta(seconds=1), timedelta(minutes=5), timedelta(minutes=180))
BELIEF = believed(LISTED, "15:59", 0.6, 0.3, 0.1)


def rules(cents: float, releases: Releases | None = None) -> Rules:
    """Rules that ask for so much at either lead [cents]."""
    least = Threshold(100 * cents, 0.25)
    own = CityRules((least, least), (least, least))
    return Rules({"chicago": own}, GATES, AnchorRules(1000, 5, 2), releases or Releases())


def screen(*events: MarketEvent, least_edge: float = 0.0, releases: Releases | None = None) -> Screen:
    """A screen of events of one market day that ends with its first bracket winning."""
    ended = sorted([BELIEF, *events, settled(LISTED, 0)], key=order_of)
    taped = tape_of(ended, {LISTED.event.ticker: LISTED})
    return Screen(taped, EXCHANGE, releases or Releases(), least_edge=least_edge)


def fills(made: Trades) -> list[tuple[int, ...]]:
    """Market, price [centicents], count [1/100 contract], fee and gain [microdollars] of each fill."""
    columns = (made.market, made.price, made.count, made.fee, made.gain)
    return [tuple(int(column[n]) for column in columns) for n in range(len(made.at))]


def test_a_first_touch_fills_at_the_next_recorded_quote() -> None:
    """Ten contracts decided on at 50 fill at the 49 of a minute later: 18 c of fee, $10 - $4.90 - $0.18 gained."""
    made = screen(ladder(LISTED, "16:00", quote(48, 50)), ladder(LISTED, "16:01", quote(47, 49))).trades(rules(3))
    assert fills(made) == [(0, 4900, 1000, 180_000, 4_920_000)]
    assert made.touched == 1
    assert made.total == 4_920_000
    assert made.by_day() == {DAY: 4_920_000}


def test_a_market_is_touched_once() -> None:
    """An order that did not fill was its market's only one, however much is promised later."""
    moved = [ladder(LISTED, f"16:{n:02}", quote(48, ask)) for n, ask in enumerate((50, 52, 45, 45))]
    made = screen(*moved).trades(rules(3))
    assert (made.touched, fills(made)) == (1, [])


def test_no_is_bought_where_the_bid_is_too_high() -> None:
    """A third bracket believed at 10 % and bid at 20 is sold: NO costs 80, and pays a dollar."""
    rest = (quote(), quote())
    made = screen(ladder(LISTED, "16:00", *rest, quote(20, 24)), ladder(LISTED, "16:01", *rest, quote(21, 25)))
    trades = made.trades(rules(3))
    # 0.07 x 10 x 0.21 x 0.79 = $0.11613, up to the cent.
    assert fills(trades) == [(2, 2100, 1000, 120_000, 2_100_000 - 120_000)]
    assert not trades.is_buy[0]


def test_prints_fill_in_parts_at_the_limit_and_share_a_fee() -> None:
    """Later prints of 4 and 20 contracts inside the limit fill 4 and 6, at the limit; one outside it fills nothing."""
    seen = [
        ladder(LISTED, "16:00", quote(48, 50, source="prints")),
        ladder(LISTED, "16:06", quote(48, 50, source="prints")),
    ]
    printed = [
        tape(LISTED, "16:01", 49, "yes", contracts=4),
        tape(LISTED, "16:02", 51, "yes", contracts=9),
        tape(LISTED, "16:03", 50, "no", contracts=9),
        tape(LISTED, "16:04", 50, "yes", contracts=20),
    ]
    made = screen(*seen, *printed).trades(rules(3))
    # 0.07 x 4 x 0.25 = $0.07 and 0.07 x 6 x 0.25 = $0.105, up to the cent.
    assert [(price, count, fee) for _, price, count, fee, _ in fills(made)] == [
        (5000, 400, 70_000),
        (5000, 600, 110_000),
    ]


def test_the_higher_gain_ranks_first() -> None:
    """Of two sets the one that buys the winner comes before the one that asks for more than there is."""
    made = screen(ladder(LISTED, "16:00", quote(48, 50)), ladder(LISTED, "16:01", quote(47, 49)))
    strict, lax = rules(12), rules(3)
    ranked = made.rank([strict, lax])
    assert [(one.rules is lax, one.touched, one.fills, one.contracts, one.gain) for one in ranked] == [
        (True, 1, 1, 10, 4_920_000),
        (False, 0, 0, 0, 0),
    ]
    assert ranked[0].by_day == {DAY: 4_920_000}


def test_nothing_is_touched_near_a_release() -> None:
    """In a release's window and on a belief from before its end nothing is touched."""
    quoted = [ladder(LISTED, "16:00", quote(48, 50)), ladder(LISTED, "16:10", quote(48, 50))]
    hourly = Releases([Release("made", is_standard=False, hours=(16,), minute=2, before=3, after=4)])
    assert screen(*quoted, releases=hourly).trades(rules(3, hourly)).touched == 0
    later = believed(LISTED, "16:07", 0.6, 0.3, 0.1)
    assert screen(*quoted, later, releases=hourly).trades(rules(3, hourly)).touched == 1


def test_what_comes_after_the_payout_is_taken_as_the_replay_takes_it() -> None:
    """A late print fills nobody; a ladder or a belief of an event that was paid is refused, there as here."""
    quoted = [ladder(LISTED, "16:00", quote(48, 50)), ladder(LISTED, "16:01", quote(47, 49))]
    fair = screen(*quoted).trades(rules(3))

    def replayed(late: MarketEvent) -> list[tuple[object, object]]:
        events = sorted([BELIEF, *quoted, settled(LISTED, 0), late], key=order_of)
        of, journal = state([LISTED], Flat("flat", rules(3))), MemoryJournal()
        broker = SimulatedBroker({LISTED.event.ticker: LISTED}, CHARGES, timedelta(seconds=1))
        run(of, ReplayFeed(events), broker, ReplayClock(), journal)
        return [(one.fields["price"], one.fields["count"]) for one in journal.records if one.kind == "fill"]

    late = tape(LISTED, "23:30", 50, "yes", contracts=9)
    made = screen(*quoted, late).trades(rules(3))
    assert fills(made) == fills(fair) == [(0, 4900, 1000, 180_000, 4_920_000)]
    assert replayed(late) == [(4900, 1000)]
    for refused in (ladder(LISTED, "23:30", quote(48, 50)), believed(LISTED, "23:30", 0.6, 0.3, 0.1)):
        for take in (screen, replayed):
            with pytest.raises(EngineError, match="has been paid; the feed may not come back to it"):
                take(refused)


def test_a_screen_refuses_what_it_was_not_made_for() -> None:
    """A threshold below the least kept, or NaN, a city without rules and another calendar are refused."""
    made = screen(ladder(LISTED, "16:00", quote(48, 50)), least_edge=200.0)
    with pytest.raises(DomainError, match="min_edge 100 is not at least 200 centicents"):
        made.trades(rules(1))
    with pytest.raises(DomainError, match="min_edge nan"):
        made.trades(rules(float("nan")))
    with pytest.raises(DomainError, match="no rules for chicago"):
        made.trades(replace(rules(3), cities={}))
    hourly = Releases([Release("made", is_standard=False, hours=(), minute=53, before=3, after=10)])
    with pytest.raises(DomainError, match="another calendar"):
        made.trades(rules(3, hourly))


def test_a_tape_refuses_events_that_it_cannot_be_made_of() -> None:
    """An event that never paid, and ladders whose own instants fall, are refused by name."""
    name, quoted = LISTED.event.ticker, ladder(LISTED, "16:00", quote(48, 50))
    with pytest.raises(EngineError, match=f"{name}.*never paid"):
        tape_of([quoted], {name: LISTED})
    older = replace(ladder(LISTED, "16:01", quote(48, 50)), at=at("15:58"))
    with pytest.raises(EngineError, match=f"{name} go back in time"):
        tape_of([quoted, older, settled(LISTED, 0)], {name: LISTED})


def test_an_uncovered_date_is_refused() -> None:
    """A fee schedule that does not cover the event's day is refused, not taken for free."""
    none = Charges(replace(CHARGES.schedule, rules=CHARGES.schedule.rules[1:]), CHARGES.member, CHARGES.zone)
    taped = tape_of([BELIEF, ladder(LISTED, "16:00", quote(48, 50)), settled(LISTED, 0)], {LISTED.event.ticker: LISTED})
    with pytest.raises(FeeError, match=str(date(2024, 11, 20))):
        Screen(taped, replace(EXCHANGE, charges=none), Releases())


def test_an_empty_tape_is_screened() -> None:
    """Of nothing recorded, nothing is traded."""
    made = Screen(tape_of([], {}), EXCHANGE, Releases()).trades(rules(3))
    assert (made.touched, made.total, made.by_day()) == (0, 0, {})
