"""Recorded tables as ladders: carried legs, their ages, hours, sizes, and what is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from drybulb.adapters.lake import Lake
from drybulb.app import config
from drybulb.app.densify import densify
from drybulb.app.listings import is_whole_payout, load_playable
from drybulb.app.progress import silent
from drybulb.app.recorded import Recorded
from drybulb.app.recorded_ladders import UNSEEN
from drybulb.domain.market import Quote
from drybulb.engine.ports import LadderQuote, MarketEvent, Print, Settlement
from tests.unit.app.lakes import DAY, at, lake_at, list_event, merge, poll, trade

CONFIG = config.load()


def events(lake: Lake) -> list[MarketEvent]:
    """Everything recorded about Chicago on the day."""
    playable = load_playable(lake, CONFIG.cities(), ["chicago"], DAY, DAY)
    recorded = Recorded(lake, playable.listings, playable.payouts, (), silent)
    return list(recorded.events())


def ladders(lake: Lake) -> dict[str, LadderQuote]:
    """Ladders by clock."""
    return {f"{e.at:%H:%M}": e for e in events(lake) if isinstance(e, LadderQuote)}


def test_legs_polled_apart_are_carried_with_their_age(tmp_path: Path) -> None:
    """At each poll of any leg the others stand as last seen, older by the minutes between; unseen ones are empty."""
    lake = lake_at(tmp_path)
    event = list_event(lake)
    poll(lake, event, ("16:00", 0, 48, 50), ("16:00", 1, 29, None), ("16:07", 1, 30, 32))
    found = ladders(lake)
    assert list(found) == ["16:00", "16:07"]
    assert found["16:07"].quotes[0] == Quote(4800, 5000, None, None, 7, 7, "poll")
    assert found["16:07"].quotes[1] == Quote(3000, 3200, None, None, 0, 0, "poll")
    assert found["16:00"].quotes[1].yes_ask is None
    assert (found["16:07"].quotes[2].yes_bid, found["16:07"].quotes[2].bid_age) == (None, UNSEEN)


def test_quotes_outside_the_hours(tmp_path: Path) -> None:
    """A quote before the open is a ladder without trading; one at or after the close is left out."""
    lake = lake_at(tmp_path)
    event = list_event(lake)
    poll(lake, event, ("14:59", 0, 48, 50), ("15:00", 0, 48, 50), ("21:59", 0, 48, 50), ("22:00", 0, 48, 50))
    assert {clock: found.is_trading for clock, found in ladders(lake).items()} == {
        "14:59": False,
        "15:00": True,
        "21:59": True,
    }


def test_a_closed_exchange(tmp_path: Path) -> None:
    """Where no session covers a quote, nothing trades."""
    lake = Lake(tmp_path)
    event = list_event(lake)
    known = {"known_at": at("00:00"), "known_from": "latency"}
    merge(
        lake,
        "sessions",
        [{"exchange": "kalshi", "from": at("15:00"), "to": at("17:00"), "kind": "open", **known}],
    )
    poll(lake, event, ("16:00", 0, 48, 50), ("18:00", 0, 48, 50))
    assert {clock: found.is_trading for clock, found in ladders(lake).items()} == {"16:00": True, "18:00": False}


def test_the_top_of_a_book(tmp_path: Path) -> None:
    """A book gives the best of each side with its size; an empty side is empty."""
    lake = lake_at(tmp_path)
    event = list_event(lake)
    base = {"city": "chicago", "day": DAY, "at": at("16:00"), "known_at": at("16:00"), "known_from": "received"}
    merge(
        lake,
        "books",
        [
            {**base, "ticker": f"{event}-0", "yes_bids": [[4800, 263], [4700, 100]], "yes_asks": [[5000, 900]]},
            {**base, "ticker": f"{event}-1", "yes_bids": [], "yes_asks": [[3100, 100]]},
        ],
    )
    quotes = ladders(lake)["16:00"].quotes
    assert quotes[0] == Quote(4800, 5000, 263, 900, 0, 0, "book")
    assert quotes[1] == Quote(None, 3100, None, 100, 0, 0, "book")


def test_dense_minutes(tmp_path: Path) -> None:
    """Every minute from the first whole one after the open, prints as quotes with their age, known a second later."""
    lake = lake_at(tmp_path)
    event = list_event(lake)
    trade(lake, event, ("16:00:30", 0, 50, "yes", 1), ("16:01:30", 0, 47, "no", 1))
    densify(lake, CONFIG, ["chicago"])
    found = ladders(lake)
    assert list(found)[:2] == ["15:01", "15:02"]
    # The market closes at 22:00; its last minute is known a second later, too late to trade.
    assert list(found)[-1] == "21:59"
    assert found["16:03"].quotes[0] == Quote(4700, 5000, None, None, 1, 2, "prints")
    assert found["16:03"].known_at == at("16:03:01")
    assert found["16:00"].quotes[0].yes_ask is None


def test_the_last_dense_minute_of_a_session(tmp_path: Path) -> None:
    """The minute that ends with the session is known a second later, when the exchange is shut: nothing trades."""
    lake = Lake(tmp_path)
    event = list_event(lake)
    known = {"known_at": at("00:00"), "known_from": "latency"}
    merge(
        lake,
        "sessions",
        [{"exchange": "kalshi", "from": at("15:00"), "to": at("17:00"), "kind": "open", **known}],
    )
    trade(lake, event, ("16:58:30", 0, 50, "yes", 1))
    densify(lake, CONFIG, ["chicago"])
    found = ladders(lake)
    assert list(found)[-1] == "17:00"
    assert (found["16:59"].is_trading, found["17:00"].is_trading) == (True, False)


def test_dense_minutes_are_taken_before_quotes(tmp_path: Path) -> None:
    """An event with dense minutes is not also told by its daily quote."""
    lake = lake_at(tmp_path)
    event = list_event(lake)
    trade(lake, event, ("16:00:30", 0, 50, "yes", 1))
    poll(lake, event, ("18:00", 0, 10, 12), source="daily")
    densify(lake, CONFIG, ["chicago"])
    assert {quote.source for found in ladders(lake).values() for quote in found.quotes} == {"prints"}


def test_prints_and_payouts(tmp_path: Path) -> None:
    """Prints come with their own time and side, the payout last, by market in the ladder's order."""
    lake = lake_at(tmp_path)
    event = list_event(lake, winner=1)
    trade(lake, event, ("16:00:30", 0, 50, "yes", 3))
    densify(lake, CONFIG, ["chicago"])
    found = events(lake)
    (tape,) = [e for e in found if isinstance(e, Print)]
    assert (tape.at, tape.known_at, tape.price, tape.count, tape.taker) == (
        *(at("16:00:30"), at("16:00:31"), 5000, 300, "bid"),
    )
    assert isinstance(found[-1], Settlement)
    assert found[-1].payouts == (0, 10_000, 0)


@pytest.mark.parametrize(
    ("payouts", "is_whole"),
    [
        ((10_000, 0, 0), True),
        ((0, 0, 0), False),
        ((10_000, 10_000, 0), False),
        ((3300, 3300, 3400), True),
        ((5000, 5000, 0), False),
    ],
)
def test_whole_payouts(payouts: tuple[int, ...], is_whole: bool) -> None:
    """One market pays a dollar and the others nothing, or all pay a part; anything else is a broken record."""
    assert is_whole_payout(payouts) is is_whole


def test_of_prints_at_one_instant_the_dearest_comes_first(tmp_path: Path) -> None:
    """A taker who walked the book up is met at the highest price first, one who walked it down at the lowest."""
    lake = lake_at(tmp_path)
    event = list_event(lake)
    trade(lake, event, ("16:00:30", 0, 50, "yes", 1), ("16:00:30.0", 0, 52, "yes", 1), ("16:00:30.00", 0, 51, "yes", 1))
    trade(lake, event, ("16:05:30", 0, 47, "no", 1), ("16:05:30.0", 0, 45, "no", 1))
    densify(lake, CONFIG, ["chicago"])
    assert [e.price for e in events(lake) if isinstance(e, Print)] == [5200, 5100, 5000, 4500, 4700]
