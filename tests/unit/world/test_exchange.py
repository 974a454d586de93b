"""The exchange of a world: ladders that tile, quotes nobody can profit from, and a record of what stood and traded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from drybulb.domain.bracket import Bracket, Ladder
from drybulb.errors import ConfigError
from drybulb.frames.schema import TABLES
from drybulb.world import exchange
from drybulb.world.biases import SlowReaction, WrongBracket
from drybulb.world.filtered import Filtered
from drybulb.world.spec import MakerSpec
from drybulb.world.tape import Quoted, Taken, takers
from tests.unit.world.stated import COINS, DAY, FALLS, PLAIN, event, high, spec, stated

Tables = dict[str, pl.DataFrame]

COINS_OF = ((1, -1, 1, 1, -1, 1), (-1, -1, 1, -1, -1, -1))
LIVELY = MakerSpec(pauses_per_hour=0.3, prints_per_hour=6.0)
OPEN = datetime(2025, 7, 1, 15, tzinfo=UTC)


def recorded(makers: MakerSpec, hours: pl.DataFrame | None = None, second: tuple[int, ...] = COINS_OF[1]) -> Tables:
    """Two days of a city, of which the coins of the first are always the same."""
    asked = replace(spec(makers), sessions=hours)
    events = [
        (of, stated(coins, of), high(coins))
        for of, coins in ((event(DAY - timedelta(days=1)), COINS_OF[0]), (event(), second))
    ]
    return exchange.recorded(events, asked, np.random.default_rng(7))


def sessions(*spans: tuple[datetime, datetime | None, str]) -> pl.DataFrame:
    """Rows of ``sessions`` from, to and of these kinds."""
    instant = pl.Datetime("us", "UTC")
    frame = pl.DataFrame(list(spans), {"from": instant, "to": instant, "kind": pl.String}, orient="row")
    return frame.with_columns(exchange=pl.lit("kalshi"), known_at=pl.col("from"), known_from=pl.lit("latency"))


@pytest.fixture(scope="module")
def lively() -> Tables:
    """Two events with pauses and many prints; to be looked at, not changed."""
    return recorded(LIVELY)


def test_rows_are_of_the_lakes_classes(lively: Tables) -> None:
    """Every row satisfies the class of its table, and no column has to be cast for it."""
    for table, rows in lively.items():
        TABLES[table].validate(rows.select(TABLES[table].column_names()), cast=False)
        assert rows.height > 0


def test_ladders_tile_and_one_wins(lively: Tables) -> None:
    """Six brackets tile the whole degrees, and the one that holds the settled high pays the only dollar."""
    rows = lively["markets"].join(
        lively["settlements"].select("ticker", "payout", "value"), on="ticker", validate="1:1"
    )
    found = {}
    for (day,), of in rows.group_by("day", maintain_order=True):
        ladder = Ladder(tuple(Bracket(low, top) for low, top in of.select("low", "high").rows()))
        assert str(ladder.brackets[0]) == "≤75°"
        paid = [0] * 6
        paid[ladder.winner(int(of["value"][0]))] = 10_000
        assert of["payout"].to_list() == paid
        found[day] = of["value"].unique().to_list()
    assert found == {DAY - timedelta(days=1): [82.0], DAY: [76.0]}


def test_strikes_say_what_the_bracket_holds(lively: Tables) -> None:
    """A bracket made from strike type, floor and cap is the bracket listed in whole degrees."""
    for kind, floor, cap, low, top in lively["markets"].select("strike_type", "floor", "cap", "low", "high").rows():
        assert Bracket.from_strikes(kind, floor, cap) == Bracket(low, top)


def test_an_event_opens_the_day_before_and_closes_with_its_day(lively: Tables) -> None:
    """Trading is from 15 UTC of the day before to a minute before local standard midnight; the payout is 11 h later."""
    times = lively["markets"].filter(pl.col("day") == DAY).select("open_at", "close_at", "known_at").unique().row(0)
    assert times == (OPEN, datetime(2025, 7, 3, 5, 59, tzinfo=UTC), OPEN)
    paid = lively["settlements"].filter(pl.col("day") == DAY)["known_at"].unique().to_list()
    assert paid == [datetime(2025, 7, 3, 17, tzinfo=UTC)]


def test_candles_are_sparse(lively: Tables) -> None:
    """A minute has a candle if its quote moved or somebody traded, or if it is a market's first; and no other has."""
    candles = lively["candles"].sort("ticker", "end_at")
    assert candles.group_by("ticker").agg(pl.col("end_at").min())["end_at"].dt.time().unique().to_list() == [
        (OPEN + timedelta(minutes=1)).time()
    ]
    moved = pl.any_horizontal(
        pl.col(f"yes_{side}_close").ne_missing(pl.col(f"yes_{side}_close").shift().over("ticker"))
        for side in ("bid", "ask")
    )
    first = pl.col("end_at") == pl.col("end_at").first().over("ticker")
    assert candles.select((first | moved | (pl.col("volume") > 0)).all()).item()
    carried = pl.all_horizontal(
        pl.col(f"yes_{side}_open").eq_missing(pl.col(f"yes_{side}_close").shift().over("ticker"))
        for side in ("bid", "ask")
    )
    assert candles.select((first | carried).all()).item()


def test_prints_are_at_prices_that_stood(lively: Tables) -> None:
    """A taker of YES paid the ask, and a taker of NO sold at the bid, of the newest candle ended before the print."""
    quotes = lively["candles"].select("ticker", "end_at", "yes_bid_close", "yes_ask_close").sort("end_at")
    prints = lively["prints"].sort("at")
    stood = prints.join_asof(quotes, left_on="at", right_on="end_at", by="ticker", check_sortedness=False)
    taken = pl.when(pl.col("taker_side") == "yes").then("yes_ask_close").otherwise("yes_bid_close")
    # 6 an hour for 39 hours in 12 markets, of which at most half find their side empty.
    assert stood.height > 1404
    assert stood.select((pl.col("yes_price") == taken).all()).item()
    assert set(prints["taker_side"]) == {"yes", "no"}
    assert prints["count"].is_between(100, 5_000).all()


def test_candles_hold_the_minutes_prints(lively: Tables) -> None:
    """Volume and prices of candles are those of the prints in their minute, and every print is in one candle."""
    minute = (pl.col("at").dt.truncate("1m") + pl.duration(minutes=1)).alias("end_at")
    price, count = pl.col("yes_price"), pl.col("count")
    tape = (
        lively["prints"]
        .sort("ticker", "at", maintain_order=True)
        .group_by("ticker", minute, maintain_order=True)
        .agg(
            price.first().alias("price_open"),
            price.max().alias("price_high"),
            price.min().alias("price_low"),
            price.last().alias("price_close"),
            ((price * count).sum() / count.sum()).alias("price_mean"),
            count.sum().alias("volume"),
        )
    )
    shown = lively["candles"].filter(pl.col("volume") > 0).select(tape.columns).sort("ticker", "end_at")
    assert shown.equals(tape.sort("ticker", "end_at"))
    quiet = lively["candles"].filter(pl.col("volume") == 0)
    assert quiet.select(pl.col("price_open", "price_mean").is_null().all()).row(0) == (True, True)


def test_a_candle_knows_the_price_before_it(lively: Tables) -> None:
    """The previous price is the newest of the market's own trades before the minute, and null before the first."""
    candles = lively["candles"].sort("ticker", "end_at")
    before = pl.col("price_close").forward_fill().shift(1).over("ticker")
    assert candles.select(pl.col("price_previous").eq_missing(before).all()).item()
    assert candles["price_previous"].null_count() > 0


def test_books_show_the_best_quote_and_more_behind_it(lively: Tables) -> None:
    """Every hour the best level is the quote that stands; the levels behind it hold two and three times its depth."""
    quotes = lively["candles"].select("ticker", "end_at", "yes_bid_close", "yes_ask_close").sort("end_at")
    books = lively["books"].sort("at")
    assert books.height == 2 * 6 * 38
    stood = books.join_asof(quotes, left_on="at", right_on="end_at", by="ticker", check_sortedness=False)
    for bids, asks, bid, ask in stood.select("yes_bids", "yes_asks", "yes_bid_close", "yes_ask_close").rows():
        for levels, best, away in ((bids, bid, -100), (asks, ask, 100)):
            prices = [] if best is None else [best, best + away, best + 2 * away]
            kept = [[p, 5_000 * n] for n, p in enumerate(prices, 1) if 0 < p < 10_000]
            assert levels == kept


def test_nothing_happens_while_the_exchange_is_closed() -> None:
    """In a pause there is no candle, print or book; after it the market begins with quotes and nothing carried."""
    pause = (OPEN + timedelta(hours=9), OPEN + timedelta(hours=12))
    hours = sessions((OPEN - timedelta(days=9), None, "open"), (*pause, "pause"))
    shut, never = recorded(LIVELY, hours), recorded(LIVELY)
    for table, time in (("candles", "end_at"), ("prints", "at"), ("books", "at")):
        inside = (pl.col(time) > pause[0]) & (pl.col(time) <= pause[1])
        assert never[table].filter(inside).height > 0
        assert shut[table].filter(inside).height == 0
        outside = ~((pl.col(time) > pause[0]) & (pl.col(time) <= pause[1] + timedelta(minutes=1)))
        if table == "candles":
            # The price before may have been of the pause.
            shut[table], never[table] = (one[table].drop("price_previous") for one in (shut, never))
        assert shut[table].filter(outside).equals(never[table].filter(outside))
    first = shut["candles"].filter(pl.col("day") == DAY, pl.col("end_at") == pause[1] + timedelta(minutes=1))
    assert first.height == 6
    assert first["yes_ask_open"].equals(first["yes_ask_close"], check_names=False)


def test_an_exchange_that_never_opens_is_refused() -> None:
    """Sessions that leave every market day closed are an error that names the days, not a world without trading."""
    over = sessions((OPEN - timedelta(days=90), OPEN - timedelta(days=60), "open"))
    with pytest.raises(ConfigError, match="no session is open from 2025-06-29 to 2025-07-05"):
        recorded(PLAIN, over)


def test_no_takers_make_no_tape() -> None:
    """With no prints asked for there is an empty tape, of the right types, and candles are of moved quotes alone."""
    rows = recorded(replace(PLAIN, prints_per_hour=0.0))
    assert rows["prints"].height == 0
    TABLES["prints"].validate(rows["prints"].select(TABLES["prints"].column_names()), cast=False)
    assert rows["candles"]["volume"].sum() == 0
    assert rows["candles"]["price_previous"].null_count() == rows["candles"].height
    # The first minute, and at most six falls of a coin.
    assert rows["candles"].group_by("ticker").len()["len"].is_between(2, 1 + COINS).all()


def test_an_event_is_its_own(lively: Tables) -> None:
    """What the coins of one day do changes no row of another."""
    other = recorded(LIVELY, second=(1, 1, 1, 1, 1, 1))
    for table, rows in lively.items():
        mine = pl.col("day") == DAY - timedelta(days=1)
        assert rows.filter(mine).equals(other[table].filter(mine)), table
    assert not lively["candles"].equals(other["candles"])


def test_a_planted_bias_changes_prices_and_nothing_else(lively: Tables) -> None:
    """The third bracket is 5 cents dearer on the tape, the same takers come, and no other bracket's rows change."""
    biased = recorded(replace(LIVELY, biases=(WrongBracket(3, 5.0),)))
    third = pl.col("ticker").str.ends_with("-B78.5")
    for table in ("candles", "prints", "books"):
        assert biased[table].filter(~third).equals(lively[table].filter(~third)), table
    both = lively["prints"].filter(third).join(biased["prints"], on="trade_id")
    dearer = both["yes_price_right"] - both["yes_price"]
    # Late quotes of 0 and 100 cents leave room for less.
    assert (both["at"] == both["at_right"]).all()
    assert dearer.is_between(300, 500).all()
    assert dearer.median() == 500


# What follows is exact: all 64 ways the coins can fall are traded, and gains are averaged over the ways that look
# alike when a trade is decided.

WAYS = np.array(list(product((1, -1), repeat=COINS)))
WON = np.array([[b.contains(high(way)) for b in event().brackets] for way in WAYS.tolist()], dtype=np.float64)


def _known(minutes: NDArray[np.float64]) -> NDArray[np.int64]:
    """How many coins' falls are published by these minutes from the open."""
    return np.searchsorted(FALLS, minutes, side="right")


def _by_prefix(gains: NDArray[np.float64], coins: int) -> NDArray[np.float64]:
    """Mean gain over the ways (first axis) that share their first ``coins`` coins, which stand together in ``WAYS``."""
    means: NDArray[np.float64] = gains.reshape(2**coins, -1, *gains.shape[1:]).mean(axis=1)
    return means


def _best_gain(makers: MakerSpec) -> float:
    """The best expected gain [$] of a trade decided at a minute's end and filled at the next end's quote.

    The best over instants, brackets, sides, what is published, and every limit.
    """
    shown = [exchange.quoted(event(), stated(way), makers, None, np.random.default_rng(1)) for way in WAYS.tolist()]
    best = -1.0
    for minute in (5, 10, 11, 100, 199, 200, 201, 205, 600, 1000, 1001, 1002, 1500, 2000, 2001, 2200):
        known = int(_known(np.array([minute]))[0])
        for leg in range(6):
            ask = np.array([one.ask[minute, leg] for one in shown]) / 100.0
            bid = np.array([one.bid[minute, leg] for one in shown]) / 100.0
            for gain, price in ((WON[:, leg] - ask, ask), (bid - WON[:, leg], -bid)):
                there = (price != 1.0) & (price != 0.0)
                for limit in np.unique(price):
                    best = max(best, float(_by_prefix(np.where(there & (price <= limit), gain, 0.0), known).max()))
    return best


@pytest.mark.parametrize(
    "makers",
    [PLAIN, replace(PLAIN, half_spread=0.0), MakerSpec(pauses_per_hour=1.0), replace(PLAIN, reaction_seconds=60)],
    ids=["plain", "no spread", "pauses", "a minute late"],
)
def test_no_trade_gains_from_what_is_published(makers: MakerSpec) -> None:
    """Decided at a minute's end on all that is published, at any limit, and filled at the next, trades gain nothing."""
    assert _best_gain(makers) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    "makers", [replace(PLAIN, biases=(SlowReaction(2),)), replace(PLAIN, reaction_seconds=61)], ids=["slow", "61 s"]
)
def test_slow_makers_can_be_gained_from(makers: MakerSpec) -> None:
    """Who knows of a fall before the makers gains more than 5 cents from the best of his trades."""
    assert _best_gain(makers) > 0.05


def _best_of_the_tape(trade: Callable[[Quoted, Filtered], Taken]) -> float:
    """The best expected gain [$] of one who takes a print's place, knowing all that is published by its instant."""
    gains, coins = np.zeros((len(WAYS), 6, 10_000)), np.zeros((6, 10_000), dtype=np.int64)
    for number, way in enumerate(WAYS.tolist()):
        state = stated(way)
        taken = trade(exchange.quoted(event(), state, PLAIN, None, np.random.default_rng(1)), state)
        sign = np.where(taken.is_lift, 1.0, -1.0)
        gains[number, taken.leg, taken.number] = sign * (WON[number, taken.leg] - taken.price / 100.0)
        coins[taken.leg, taken.number] = _known((taken.at - event().open_at) / 60e6)
    return max(float(_by_prefix(gains[:, coins == fallen], fallen).max()) for fallen in np.unique(coins).tolist())


def test_no_print_is_a_bargain() -> None:
    """Nobody trades at a quote after a release that it does not show yet, so no print was worth more than its price."""
    busy = replace(PLAIN, prints_per_hour=120.0)

    def held_back(shown: Quoted, state: Filtered) -> Taken:
        return exchange.traded(shown, state, busy, np.random.default_rng(2))

    def not_held_back(shown: Quoted, state: Filtered) -> Taken:
        return takers(shown, busy.prints_per_hour, busy.depth, np.random.default_rng(2))

    assert _best_of_the_tape(held_back) <= 0.0
    assert _best_of_the_tape(not_held_back) > 0.05
