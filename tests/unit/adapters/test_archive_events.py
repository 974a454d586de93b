"""Markets, settlements and quotes of the archive: which events count, and what they may tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from tests.unit.adapters.archives import (
    BOOKS,
    DAILY,
    MARKETS,
    POLLS,
    WARM,
    listing,
    plus,
    read,
    refusals,
    small_archive,
    sound,
    spoiled,
    utc,
)

B405 = "KXHIGHCHI-24NOV20-B40.5"


def _one(frame: pl.DataFrame, ticker: str) -> dict[str, object]:
    return frame.row(by_predicate=pl.col("ticker") == ticker, named=True)


def test_a_sound_archive_is_accepted_whole() -> None:
    """Of an archive in order nothing is refused."""
    tables, findings = sound()
    assert refusals(findings) == set()
    heights = {name: frame.height for name, frame in tables.items() if name not in ("sessions", "ingest_ledger")}
    # 2 x 4 legs of Chicago, 4 of Philadelphia, 3 of old Chicago, 3 of Austin, 2 x 3 of Los Angeles.
    assert heights == {
        "markets": 24,
        "settlements": 15,
        "quotes": 7 + 12 + 3,
        "books": 3,
        "prints": 5,
        "official": 3,
        "guidance": 6,
        "observations": 5,
    }


def test_a_market_is_what_was_listed_at_open() -> None:
    """A market has its strikes inclusive, its hours as listed, and is known when it opens."""
    market = _one(sound()[0]["markets"], B405)
    assert (market["city"], market["day"], market["low"], market["high"]) == ("chicago", date(2024, 11, 20), 40, 41)
    assert market["open_at"] == market["known_at"] == utc("2024-11-19T15:00")
    assert (market["close_at"], market["known_from"]) == (utc("2024-11-21T04:59"), "latency")


def test_hours_that_nobody_listed_are_assumed() -> None:
    """Without listed hours a market opens at 10:00 Eastern on the day before and closes at 23:59 Eastern on its day."""
    markets = sound()[0]["markets"]
    winter = _one(markets, "KXHIGHPHIL-24DEC01-T40")
    assert (winter["open_at"], winter["close_at"]) == (utc("2024-11-30T15:00"), utc("2024-12-02T04:59"))
    old = _one(markets, "HIGHCHI-24JAN16-T-4")
    assert (old["open_at"], old["close_at"], old["source"]) == (
        utc("2024-01-15T15:00"),
        utc("2024-01-17T04:59"),
        "daily",
    )


def test_the_close_of_a_poll() -> None:
    """A poll's close is the poll's, else the book's, else (from July 2026 on) local standard midnight."""
    markets = sound()[0]["markets"]
    assert _one(markets, "KXHIGHAUS-26APR07-T73")["close_at"] == utc("2026-04-08T05:59")
    assert _one(markets, "KXHIGHLAX-26JUL15-T74")["close_at"] == utc("2026-07-16T07:59")
    assert _one(markets, "KXHIGHLAX-26JUL16-T74")["close_at"] == utc("2026-07-17T08:00")
    assert _one(markets, "KXHIGHLAX-26JUL16-T74")["open_at"] == utc("2026-07-15T14:00")


def test_payouts_are_known_after_the_day() -> None:
    """One market of an event pays $1, the others nothing, eleven hours after the climate day has ended."""
    paid = sound()[0]["settlements"]
    assert dict(paid.filter(pl.col("payout") == 10_000).select("ticker", "value").iter_rows()) == {
        B405: 41.0,
        "KXHIGHCHI-24NOV21-B40.5": 40.0,
        "HIGHCHI-24JAN16-T-3": None,
        "KXHIGHPHIL-24DEC01-B40.5": None,
    }
    assert set(paid["payout"]) == {0, 10_000}
    # Chicago's climate day of 20 November ends at 06 UTC of the 21st.
    assert _one(paid, B405)["known_at"] == utc("2024-11-21T17:00")


def test_an_empty_side_is_no_price() -> None:
    """A bid of 0 and an ask of 100 cents are null; prices are centicents; each leg keeps its own time."""
    quotes = sound()[0]["quotes"]
    sides = {
        row[0]: row[1:]
        for row in quotes.filter(pl.col("source") == "daily")
        .select("ticker", "yes_bid", "yes_ask", "known_from")
        .iter_rows()
    }
    assert sides["HIGHCHI-24JAN16-T-4"] == (None, 200, "latency")
    assert sides["HIGHCHI-24JAN16-B-3.5"] == (5500, 5800, "latency")
    assert sides["HIGHCHI-24JAN16-T-3"] == (300, None, "latency")


def test_a_poll_is_received_when_polled() -> None:
    """A poll needs no latency: it was known when it was asked."""
    polls = sound()[0]["quotes"].filter(pl.col("source") == "poll")
    assert set(polls["known_from"]) == {"received"}
    assert (polls["known_at"] == polls["at"]).all()


def test_books_become_levels_of_yes() -> None:
    """What is bid for NO at q is an ask for YES at 1 - q; levels are in centicents and hundredths, best first."""
    tables = sound()[0]
    books = tables["books"]
    low = _one(books, "KXHIGHLAX-26JUL15-T74")
    assert (low["yes_bids"], low["yes_asks"]) == ([[200, 1050], [100, 10_000]], [[300, 325]])
    middle = _one(books, "KXHIGHLAX-26JUL15-B74.5")
    assert (middle["yes_bids"], middle["yes_asks"]) == ([], [[1000, 700], [5000, 100]])
    best = (
        tables["quotes"]
        .filter(pl.col("source") == "book")
        .select("ticker", "yes_bid", "yes_ask", "bid_size", "ask_size", "known_from")
    )
    assert set(best.iter_rows()) == {
        ("KXHIGHLAX-26JUL15-T74", 200, 300, 1050, 325, "received"),
        ("KXHIGHLAX-26JUL15-B74.5", None, 1000, None, 700, "received"),
        ("KXHIGHLAX-26JUL15-T75", 4000, None, 200, None, "received"),
    }


def test_nothing_but_settlements_tells_the_result() -> None:
    """Whichever leg won, markets, quotes, books and prints are the same: only settlements differ."""
    swapped = small_archive()
    other = pl.col("result").replace({"yes": "no"})
    won = pl.when(pl.col("strike_type") == "greater").then(pl.lit("yes")).otherwise(other).alias("result")
    swapped[MARKETS] = swapped[MARKETS].with_columns(
        won, expiration_value=pl.lit(99.0), volume=pl.lit(7), status=pl.lit("x")
    )
    swapped[DAILY] = swapped[DAILY].with_columns(won, volume=pl.lit(0.0), open_interest=pl.lit(0.0))
    before, after = sound()[0], read(swapped)[0]
    assert not before["settlements"].equals(after["settlements"])
    for table in ("markets", "quotes", "books", "prints", "sessions"):
        assert before[table].equals(after[table]), table


Row = dict[str, Any]
WITHOUT_WINNER = pl.col("result") != "yes"


def _changed(column: str, value: Any) -> Callable[[list[Row]], list[Row]]:
    return lambda legs: [{**legs[0], column: value}, *legs[1:]]


#: A whole event spoiled in one way, and why it must be refused.
SPOILED: list[tuple[str, Callable[[list[Row]], list[Row]]]] = [
    ("ladder does not tile", lambda legs: [leg for leg in legs if leg["result"] != "yes"]),
    ("ladder does not tile", lambda legs: legs[1:]),
    ("ladder does not tile", lambda legs: legs[:-1]),
    ("ladder does not tile", _changed("cap_strike", 41.0)),
    ("not exactly one YES", lambda legs: [{**leg, "result": "no"} for leg in legs]),
    ("not exactly one YES", _changed("result", "yes")),
    ("a result is neither yes nor no", _changed("result", "void")),
    ("a strike cannot be read", _changed("cap_strike", None)),
    ("a strike cannot be read", _changed("cap_strike", float("nan"))),
    ("a strike cannot be read", _changed("cap_strike", 40.5)),
    ("a strike cannot be read", _changed("strike_type", "structured")),
]


@pytest.mark.parametrize("file", [MARKETS, DAILY])
def test_an_event_that_is_not_whole_is_refused_whole(file: str) -> None:
    """An event without a ladder that tiles and exactly one YES is refused, with every leg and quote it has."""
    rows = []
    for number, (_, spoil) in enumerate(SPOILED, start=1):
        event = f"HIGHCHI-24FEB{number:02}"
        legs = listing(event, "CHI", date(2024, 2, number), WARM, ("2024-01-31T15:00", "2024-02-29T05:00"), None)
        quoted = {"yes_bid": 5.0, "yes_ask": 7.0, "quoted_at": utc(f"2024-02-{number:02}T05:00")}
        rows += spoil([leg | quoted if file == DAILY else leg for leg in legs])
    columns = small_archive()[file].columns
    tables, findings = read(plus(file, [{name: row.get(name) for name in columns} for row in rows]))
    counts = Counter(reason for reason, _ in SPOILED)
    assert refusals(findings) == {(file, "chicago", reason, count) for reason, count in counts.items()}
    sound_tables = sound()[0]
    for table in ("markets", "quotes", "settlements", "prints"):
        assert tables[table].equals(sound_tables[table]), table


def test_the_listings_markets_stay_when_their_daily_quotes_are_refused() -> None:
    """A hole in the daily quotes costs the quotes of the event, not the markets that the listing has whole."""
    frames = small_archive()
    frames[DAILY] = frames[DAILY].filter((pl.col("city") != "PHIL") | WITHOUT_WINNER)
    tables, findings = read(frames)
    assert refusals(findings) == {(DAILY, "philadelphia", "ladder does not tile", 1)}
    assert tables["markets"].filter(pl.col("city") == "philadelphia").height == 4
    assert tables["quotes"].filter(pl.col("city") == "philadelphia").is_empty()


def test_a_settled_value_must_lie_in_the_bracket_that_paid() -> None:
    """An event whose settled value is outside the winning bracket is refused."""
    frames = spoiled(MARKETS, expiration_value=pl.lit(44.0))
    assert (MARKETS, "chicago", "settled value is outside the winning bracket", 2) in refusals(read(frames)[1])


def test_files_that_disagree_on_strikes() -> None:
    """An event whose strikes contradict those of an earlier file is refused in the later one."""
    frames = small_archive()
    up = pl.when(pl.col("city") == "PHIL").then(1.0).otherwise(0.0)
    frames[DAILY] = frames[DAILY].with_columns(pl.col("floor_strike", "cap_strike") + up)
    frames[BOOKS] = frames[BOOKS].with_columns(pl.col("floor_strike", "cap_strike") + 1)
    tables, findings = read(frames)
    assert refusals(findings) == {
        (DAILY, "philadelphia", "strikes contradict another file", 1),
        (BOOKS, "los_angeles", "strikes contradict another file", 1),
    }
    assert _one(tables["markets"], "KXHIGHPHIL-24DEC01-B40.5")["low"] == 40
    assert tables["books"].is_empty()


def test_a_title_of_another_wording_costs_its_event() -> None:
    """A poll whose title states no strikes makes its event unusable; the other events stay."""
    title = pl.when(pl.col("title").str.contains("<73")).then(pl.lit("cold")).otherwise("title")
    tables, findings = read(spoiled(POLLS, title=title))
    assert refusals(findings) == {(POLLS, "austin", "a strike cannot be read", 1)}
    assert set(tables["quotes"].filter(pl.col("source") == "poll")["city"]) == {"los_angeles"}


def test_legs_hours_apart_are_kept_and_noted() -> None:
    """Legs quoted at different hours keep their own times; their events are counted."""
    late = (
        pl.when(pl.col("ticker") == "HIGHCHI-24JAN16-T-4").then(pl.lit(utc("2024-01-16T01:00"))).otherwise("quoted_at")
    )
    tables, findings = read(spoiled(DAILY, quoted_at=late))
    assert refusals(findings) == set()
    notes = {(n.city, n.count): n.examples for n in findings.notes if "different times" in n.what}
    assert notes == {("chicago", 1): ("HIGHCHI-24JAN16: 4 h",)}
    times = tables["quotes"].filter(pl.col("ticker").str.starts_with("HIGHCHI"))["at"]
    assert sorted(set(times)) == [utc("2024-01-16T01:00"), utc("2024-01-16T05:00")]


def test_a_quote_of_closed_hours_is_noted() -> None:
    """A daily quote after midnight Eastern shows the book as trading left it: it is kept, and counted."""
    after = pl.when(pl.col("city") == "CHI").then(pl.lit(utc("2024-01-16T06:00"))).otherwise("quoted_at")
    noted = [(n.city, n.count) for n in read(spoiled(DAILY, quoted_at=after))[1].notes if "shut" in n.what]
    assert noted == [("chicago", 3)]
    assert not [n for n in sound()[1].notes if "shut" in n.what]


def test_a_row_must_agree_with_its_own_ticker() -> None:
    """A row whose city, event or day is not its ticker's, or whose city has no [city.X] block, is refused."""
    rows = listing("KXHIGHNY-24NOV20", "NYC", date(2024, 11, 20), WARM, None, None)
    first = listing("KXHIGHCHI-24FEB01", "CHI", date(2024, 2, 1), WARM, None, None)
    rows += [first[0] | {"city": "MIA"}]
    rows += [first[1] | {"event_ticker": "KXHIGHCHI-24FEB02"}]
    rows += [first[2] | {"event_date": date(2024, 2, 2)}]
    assert refusals(read(plus(MARKETS, rows))[1]) == {
        (MARKETS, "NYC", "city is not in the configuration", 4),
        (MARKETS, "miami", "ticker is not of the city's series", 1),
        (MARKETS, "chicago", "ticker is not of its event", 1),
        (MARKETS, "chicago", "ticker names another day", 1),
    }


def test_the_first_day_of_austin_has_two_hyphens() -> None:
    """A ticker's event is its series and its day, however many hyphens stand between them."""
    frames = small_archive()
    odd = frames[DAILY].with_columns(
        pl.col("ticker").str.replace("HIGHCHI-", "HIGHCHI--"),
    )
    frames[DAILY] = odd.filter(pl.col("city") == "CHI")
    tables, findings = read(frames)
    assert not [found for found in refusals(findings) if found[0] == DAILY]
    assert set(tables["quotes"].filter(pl.col("source") == "daily")["ticker"].str.head(10)) == {"HIGHCHI--2"}
