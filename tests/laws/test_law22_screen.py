"""Law 22: on the flat policy the screen is the replay, trade for trade."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

from drybulb.domain.ledger import Side
from drybulb.engine.ports import Listing, MarketEvent
from drybulb.engine.replay import MemoryJournal, ReplayClock, ReplayFeed
from drybulb.engine.session import run
from drybulb.engine.simulated import SimulatedBroker
from drybulb.research.granted import Exchange
from drybulb.research.screen import Screen
from drybulb.research.tape import instant_of
from drybulb.research.taping import tape_of
from drybulb.strategy.anchor import AnchorRules
from drybulb.strategy.flat import STAKE, Flat
from drybulb.strategy.policy import Gates, Threshold
from drybulb.strategy.releases import Release, Releases
from drybulb.strategy.rules import CityRules, Rules
from tests.laws.recorded_hours import drawn_hours
from tests.trading import CHARGES, GATES, believed, ladder, listing, quote, settled, state, tape

#: Tapes drawn, and parameter sets tried on each.
TAPES, SETS = 60, 3

LISTED = listing()

#: Ticker, side, decided at, traded at, price, count, fee.
Trade = tuple[Any, ...]


def _releases(random: Random) -> Releases:
    """No calendar, or one or three releases an hour around which nothing is traded for some minutes."""
    made = [
        Release(f"at {minute}", is_standard=False, hours=(), minute=minute, before=1, after=random.choice([1, 8]))
        for minute in random.sample(range(60), random.choice([0, 1, 3]))
    ]
    return Releases(made)


def _drawn(random: Random, releases: Releases) -> Rules:
    edges = [-400.0, 0.0, 100.0, 250.5, 600.0]
    gates = Gates(
        max_belief_age=random.choice([5, 20, 60]),
        max_quote_age=random.choice([0, 2, 50]),
        max_spread=random.choice([200, 500, 2000]),
        min_minutes_to_close=random.choice([0, 10, 30]),
        cooldown=15,
    )
    cities = {}
    for city in ("chicago", "miami"):
        thresholds = Threshold(random.choice(edges), 0.25), Threshold(random.choice(edges), 0.25)
        cities[city] = CityRules(thresholds, thresholds)
    return Rules(cities, gates, AnchorRules(1000, 5, 2), releases)


def _replayed(
    events: list[MarketEvent], listings: dict[str, Listing], asked: Rules, exchange: Exchange, contracts: int
) -> tuple[list[Trade], Counter[str]]:
    """Fills of the replay, and the gain of each event."""
    policy = Flat("flat", asked, contracts)
    made, journal = state(listings.values(), policy), MemoryJournal()
    broker = SimulatedBroker(listings, CHARGES, exchange.latency, lot=exchange.lot)
    run(made, ReplayFeed(events), broker, ReplayClock(), journal)
    fields: list[dict[str, Any]] = [
        {"known_at": one.known_at, "kind": one.kind, **one.fields} for one in journal.records
    ]
    decided = {one["order_id"]: one["known_at"] for one in fields if one["kind"] == "order"}
    fills = [
        (one["ticker"], one["side"], decided[one["order_id"]], one["at"], one["price"], one["count"], one["fee"])
        for one in fields
        if one["kind"] == "fill"
    ]
    return fills, Counter({one["event"]: one["gain"] for one in fields if one["kind"] == "settlement" and one["gain"]})


def _screened(screen: Screen, asked: Rules) -> tuple[list[Trade], Counter[str]]:
    """Fills of the screen, and the gain of each event."""
    made, taped = screen.trades(asked), screen.tape
    fills = [
        (
            str(taped.tickers[made.market[n]]),
            Side.BID if made.is_buy[n] else Side.ASK,
            instant_of(int(made.decided_at[n])),
            instant_of(int(made.at[n])).isoformat(),
            *(int(column[n]) for column in (made.price, made.count, made.fee)),
        )
        for n in range(len(made.at))
    ]
    gains: Counter[str] = Counter()
    for event, gain in zip(made.event, made.gain, strict=True):
        gains[str(taped.events[event])] += int(gain)
    assert sum(made.by_day().values()) == made.total == gains.total()
    return fills, Counter({event: gain for event, gain in gains.items() if gain})


def test_the_screen_is_the_replay() -> None:
    """Whatever was quoted, printed and believed, by whatever parameters: the same fills at the same prices and fees."""
    random = Random(22)  # noqa: S311 - seeded tapes, not secrets
    seen = 0
    for _ in range(TAPES):
        events, listings = drawn_hours(random)
        latency = timedelta(seconds=random.choice([0, 1, 61, 400]))
        contracts = random.choice([1, 10])
        lifetimes = timedelta(minutes=5), timedelta(minutes=180)
        exchange = Exchange(CHARGES, latency, *lifetimes, lot=random.choice([100, 100, 1]))
        releases = _releases(random)
        screen = Screen(tape_of(events, listings), exchange, releases, contracts=contracts, least_edge=-400.0)
        for _ in range(SETS):
            asked = _drawn(random, releases)
            fills, gains = _screened(screen, asked)
            expected, paid = _replayed(events, listings, asked, exchange, contracts)
            assert sorted(fills) == sorted(expected)
            assert gains == paid
            seen += len(fills)
    assert seen > 100


def _near_a_release(*events: MarketEvent) -> list[Trade]:
    """What the replay and the screen alike trade of these beside a release with a window from 16:03 to before 16:07."""
    releases = Releases([Release("made", is_standard=False, hours=(), minute=4, before=1, after=3)])
    exchange = Exchange(CHARGES, timedelta(seconds=1), timedelta(minutes=5), timedelta(minutes=180))
    listings, least = {LISTED.event.ticker: LISTED}, (Threshold(300.0, 0.25), Threshold(300.0, 0.25))
    asked = Rules({"chicago": CityRules(least, least)}, GATES, AnchorRules(1000, 5, 2), releases)
    whole = [believed(LISTED, "15:59", 0.6, 0.3, 0.1), *events, settled(LISTED, 0)]
    fills, gains = _screened(Screen(tape_of(whole, listings), exchange, releases), asked)
    assert (fills, gains) == _replayed(whole, listings, asked, exchange, STAKE)
    return fills


def test_an_order_ends_before_a_release() -> None:
    """What prints or is polled after the last second before a release fills neither order; what is before it does."""
    shown, polled = quote(48, 50, source="prints"), quote(48, 50, source="poll")
    prints = [tape(LISTED, clock, 50, "yes", contracts=4) for clock in ("16:02", "16:03")]
    assert len(_near_a_release(ladder(LISTED, "16:00", shown), *prints, ladder(LISTED, "16:10", shown))) == 1
    polls = [ladder(LISTED, clock, polled) for clock in ("16:00", "16:02", "16:03", "16:08")]
    assert len(_near_a_release(*polls[:2])) == 1
    assert not _near_a_release(polls[0], polls[2])
    assert not _near_a_release(polls[0], polls[3])
