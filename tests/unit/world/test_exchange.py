"""The exchange of a world: ladders that tile, quotes around a fair price, and prints at quotes that stood."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from drybulb.domain.bracket import Bracket, Ladder
from drybulb.world import exchange, guidance, weather
from drybulb.world.spec import WorldSpec
from tests.unit.world.conftest import CITIES, Tables, small

EVENTS = 300


@pytest.fixture(scope="module")
def fair() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fair prices of 300 events: at open and at 06, 12, 15 and 18 local standard; and who won (event, bracket)."""
    long = WorldSpec(date(2021, 1, 1), 1200, 2, 5, {"guidance_model_run_time": 18_000})
    rng = np.random.default_rng(5)
    drawn = weather.simulate(CITIES["chicago"], long, rng)
    said = guidance.forecasts(drawn, rng)
    prices, won = [], []
    for index in range(0, 1200, 1200 // EVENTS):
        event = exchange._list_event(drawn, index)
        ends, path = exchange._fair(drawn, said, index, event, long, rng)
        midnight = event.open_at.replace(hour=6) + timedelta(days=1)
        at = [ends.index(midnight + timedelta(hours=h)) for h in (6, 12, 15, 18)]
        prices.append(path[[0, *at]])
        won.append([bracket.contains(int(drawn.official[index])) for bracket in event.brackets])
    return np.array(prices), np.array(won, dtype=np.float64)


def _within_four_errors(changes: NDArray[np.float64]) -> bool:
    error = changes.std(axis=0, ddof=1) / np.sqrt(len(changes))
    return bool((np.abs(changes.mean(axis=0)) < 4 * error).all())


def test_a_fair_price_does_not_drift(fair: tuple[NDArray[np.float64], NDArray[np.float64]]) -> None:
    """From each instant to the next, and to the payout, the mean change of every bracket is 0 within 4 errors."""
    prices, won = fair
    steps = np.diff(np.concatenate([prices, won[:, None, :]], axis=1), axis=1)
    assert _within_four_errors(steps.reshape(EVENTS, -1))


def test_a_fair_price_neither_over_nor_underreacts(fair: tuple[NDArray[np.float64], NDArray[np.float64]]) -> None:
    """What a bracket pays beyond its price does not depend on the price: betting in proportion to it wins nothing."""
    prices, won = fair
    surplus = (prices * (won[:, None, :] - prices)).sum(axis=2)
    assert _within_four_errors(surplus)


def test_a_fair_price_learns(fair: tuple[NDArray[np.float64], NDArray[np.float64]]) -> None:
    """The winner's fair price rises from open through the day, and is near certain by the evening."""
    prices, won = fair
    given = (prices * won[:, None, :]).sum(axis=2).mean(axis=0)
    assert (np.diff(given) > 0).all()
    assert given[0] < 0.4
    assert given[-1] > 0.9


def test_ladders_tile_and_one_wins(world: Tables) -> None:
    """Every event's six brackets tile the whole degrees, and one pays a dollar: the one that holds the settled high."""
    rows = world["markets"].join(world["settlements"].select("ticker", "payout", "value"), on="ticker", validate="1:1")
    for _, event in rows.sort("event", pl.col("low").fill_null(-1000)).group_by("event", maintain_order=True):
        brackets = [Bracket(low, high) for low, high in event.select("low", "high").rows()]
        settled = event["value"].unique().to_list()
        assert len(settled) == 1
        paid = [0] * 6
        paid[Ladder(tuple(brackets)).winner(int(settled[0]))] = 10_000
        assert event["payout"].to_list() == paid


def test_strikes_say_what_the_bracket_holds(world: Tables) -> None:
    """A bracket made from strike type, floor and cap is the bracket listed in whole degrees."""
    for kind, floor, cap, low, high in world["markets"].select("strike_type", "floor", "cap", "low", "high").rows():
        assert Bracket.from_strikes(kind, floor, cap) == Bracket(low, high)


def test_the_settled_value_is_the_official_high(world: Tables) -> None:
    """What markets settle on is the official high of the station."""
    stations = {key: CITIES[key].station for key in ("chicago", "miami")}
    settled = world["settlements"].with_columns(pl.col("city").replace_strict(stations).alias("station"))
    both = settled.join(world["official"], on=["station", "day"], validate="m:1")
    assert both.height == 36
    assert (both["value"] == both["high"]).all()


def test_a_bid_is_below_the_ask(world: Tables) -> None:
    """Bid and ask, where both stand, are whole cents, two half spreads apart and up to a cent more for rounding."""
    candles = world["candles"].drop_nulls(["yes_bid_close", "yes_ask_close"])
    assert candles.height > 1000
    assert (candles["yes_ask_close"] - candles["yes_bid_close"]).is_between(300, 400).all()
    assert ((candles["yes_bid_close"] % 100 == 0) & (candles["yes_ask_close"] % 100 == 0)).all()


def test_without_a_spread_the_quote_still_holds_the_price() -> None:
    """Makers round away from the fair price, so the bid is at most it and the ask at least it, whatever the spread."""
    fair = np.array([[0.004, 0.123, 0.357, 0.501, 0.987]])
    for half_spread in (0.0, 0.5, 1.5):
        bid, ask = exchange._quotes(fair, half_spread)
        assert (bid <= fair * 10_000 + 1e-9).all()
        assert (ask >= fair * 10_000 - 1e-9).all()
        assert (bid < ask).all()


def test_candles_are_sparse(world: Tables) -> None:
    """A minute has a candle if the quote moved or somebody traded, or if it is a market's first; and no other has."""
    candles = world["candles"].sort("ticker", "end_at")
    moved = pl.any_horizontal(
        pl.col(f"yes_{leg}_close").ne_missing(pl.col(f"yes_{leg}_close").shift().over("ticker"))
        for leg in ("bid", "ask")
    )
    first = pl.col("end_at") == pl.col("end_at").first().over("ticker")
    assert candles.select((first | moved | (pl.col("volume") > 0)).all()).item()
    lives = world["markets"].select((pl.col("close_at") - pl.col("open_at")).dt.total_minutes().sum()).item()
    assert 0.1 < candles.height / lives < 0.6


def test_prints_are_at_prices_that_stood(world: Tables) -> None:
    """A taker of YES paid the ask, and a taker of NO sold at the bid, of the newest candle ended before the print."""
    quotes = world["candles"].select("ticker", "end_at", "yes_bid_close", "yes_ask_close").sort("end_at")
    prints = world["prints"].sort("at")
    stood = prints.join_asof(quotes, left_on="at", right_on="end_at", by="ticker")
    taken = pl.when(pl.col("taker_side") == "yes").then("yes_ask_close").otherwise("yes_bid_close")
    assert stood.height > 1000
    assert stood.select((pl.col("yes_price").eq_missing(taken)).all()).item()
    assert set(prints["taker_side"]) == {"yes", "no"}


def test_candles_hold_the_minutes_prints(world: Tables) -> None:
    """Volume and prices of candles are those of the prints in their minute, and every print is in one candle."""
    minute = (pl.col("at").dt.truncate("1m") + pl.duration(minutes=1)).alias("end_at")
    tape = (
        world["prints"]
        .sort("at")
        .group_by("ticker", minute)
        .agg(
            pl.col("count").sum(), pl.col("yes_price").max().alias("highest"), pl.col("yes_price").last().alias("last")
        )
    )
    both = world["candles"].filter(pl.col("volume") > 0).join(tape, on=["ticker", "end_at"], how="full")
    assert both.null_count().select("volume", "count").row(0) == (0, 0)
    assert both.select(
        ((pl.col("volume") == pl.col("count")) & (pl.col("price_high") == pl.col("highest"))).all()
        & (pl.col("price_close") == pl.col("last")).all()
    ).item()


def test_a_market_may_have_no_prints() -> None:
    """With no prints asked for there is no tape, and candles are of moved quotes alone."""
    quiet = WorldSpec(date(2024, 1, 1), 30, 2, 1, small().latency, prints_per_hour=0.0)
    rng = np.random.default_rng(1)
    drawn = weather.simulate(CITIES["miami"], quiet, rng)
    rows = exchange.markets(drawn, guidance.forecasts(drawn, rng), quiet, rng)
    assert rows["prints"].height == 0
    assert rows["candles"]["volume"].sum() == 0
