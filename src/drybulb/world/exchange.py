"""Synthetic markets of one city: ladders set at open, makers around a fair price, prints.

The fair price is a posterior: the makers hold a normal prior for the day's peak (season, yesterday, and what cloud and
fronts will take off it, read off better maps than any station's report), hear the guidance when it is published, and
watch a noisy signal of the peak whose precision grows through the event. They know each source's bias, what it misses
of the sky, and how widely it errs on such a day. A posterior is a martingale, so without spread and fees no policy
profits from quotes and guidance alone; readings of the station add little to so precise a signal, and its sky nothing
to such maps. Makers quote the fair price plus and minus a half spread, in whole cents.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr

from drybulb.domain.bracket import Bracket
from drybulb.domain.climateday import ClimateDay
from drybulb.world.guidance import Forecasts
from drybulb.world.spec import WorldSpec
from drybulb.world.weather import CityWeather, known, whole

Floats = NDArray[np.float64]

_CENT = 100  # centicents
_OPEN_HOUR_UTC = 15
#: Precision of the makers' own signal of the peak [1/°F²], by hours from local standard
#: midnight of the event day: a standard error of 1.8 °F there, 1.3 at 06, 0.35 at 12, 0.05 at 16.
_PRECISION = (
    (-24.0, 0.0),
    (-12.0, 0.02),
    (0.0, 0.3),
    (6.0, 0.6),
    (9.0, 1.5),
    (12.0, 8.0),
    (14.0, 40.0),
    (16.0, 400.0),
    (24.0, 4000.0),
)


@dataclass(frozen=True, slots=True)
class _Listed:
    """One event: its day, minutes of trading and brackets."""

    city: str
    day: date
    ticker: str
    open_at: datetime
    close_at: datetime
    brackets: tuple[Bracket, ...]

    def market(self, bracket: Bracket) -> str:
        """The exchange's ticker of one bracket."""
        if bracket.low is None:
            return f"{self.ticker}-T{(bracket.high or 0) + 1}"
        if bracket.high is None:
            return f"{self.ticker}-T{bracket.low - 1}"
        return f"{self.ticker}-B{bracket.low}.5"


def _brackets(centre: int) -> tuple[Bracket, ...]:
    first = centre - 4
    inner = [Bracket(first + 2 * i, first + 2 * i + 1) for i in range(4)]
    return (Bracket(None, first - 1), *inner, Bracket(first + 8, None))


def _list_event(weather: CityWeather, index: int) -> _Listed:
    day = weather.days[index]
    climate = ClimateDay(day, weather.city.standard_offset_hours)
    opened = ClimateDay(day - timedelta(days=1), 0).start + timedelta(hours=_OPEN_HOUR_UTC)
    name = f"{weather.city.series}-{day:%y%b%d}".upper()
    centre = int(whole(weather.expected[index : index + 1])[0])
    return _Listed(weather.city.key, day, name, opened, climate.end - timedelta(minutes=1), _brackets(centre))


def _fair(
    weather: CityWeather, said: list[Forecasts], index: int, event: _Listed, spec: WorldSpec, rng: np.random.Generator
) -> tuple[list[datetime], Floats]:
    """Fair probability of each bracket at the end of each minute: (minutes, brackets)."""
    minutes = int((event.close_at - event.open_at) / timedelta(minutes=1))
    ends = [event.open_at + timedelta(minutes=n + 1) for n in range(minutes)]
    climate = ClimateDay(event.day, weather.city.standard_offset_hours)
    hours = climate.hours_at(event.open_at) + (np.arange(minutes) + 1) / 60.0
    information = np.interp(hours, [h for h, _ in _PRECISION], [p for _, p in _PRECISION])
    gained = np.diff(information, prepend=0.0)
    # Independent signals add up: each is worth its precision times the truth, plus noise of that variance.
    weighted = np.cumsum(gained * weather.peak[index] + rng.normal(0.0, 1.0, minutes) * np.sqrt(gained))
    variance = weather.surprise**2
    precision = information + 1.0 / variance
    weighted += weather.expected[index] / variance
    for source in said:
        heard = source.issued[index] + timedelta(seconds=spec.latency["guidance_model_run_time"])
        since = hours >= climate.hours_at(heard)
        precision += since / source.deviation[index] ** 2
        weighted += since * source.fair[index] / source.deviation[index] ** 2
    mean = weighted / precision
    edges = np.array([b.low for b in event.brackets[1:]], dtype=np.float64) - 0.5
    below = ndtr((edges[None, :] - mean[:, None]) * np.sqrt(precision)[:, None])
    zero, one = np.zeros((minutes, 1)), np.ones((minutes, 1))
    return ends, np.diff(np.hstack([zero, below, one]), axis=1)


def _quotes(fair: Floats, half_spread: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Bid and ask of YES [centicents]; 0 and 10,000 where nobody quotes."""
    bid = np.floor(fair * 100.0 - half_spread).clip(0, 98).astype(np.int64) * _CENT
    ask = np.ceil(fair * 100.0 + half_spread).clip(2, 100).astype(np.int64) * _CENT
    return bid, ask


def _markets(event: _Listed) -> pl.DataFrame:
    rows = []
    for bracket in event.brackets:
        kind = "less" if bracket.low is None else "greater" if bracket.high is None else "between"
        floor = None if bracket.low is None else float(bracket.low - (kind == "greater"))
        cap = None if bracket.high is None else float(bracket.high + (kind == "less"))
        rows.append((event.market(bracket), kind, floor, cap, bracket.low, bracket.high))
    frame = pl.DataFrame(
        rows,
        schema={
            "ticker": pl.String,
            "strike_type": pl.String,
            "floor": pl.Float64,
            "cap": pl.Float64,
            "low": pl.Int32,
            "high": pl.Int32,
        },
        orient="row",
    )
    instant = pl.Datetime("us", "UTC")
    return known(
        frame.with_columns(
            pl.lit(event.ticker).alias("event"),
            pl.lit(event.city).alias("city"),
            pl.lit(event.day).alias("day"),
            pl.lit(event.open_at).cast(instant).alias("open_at"),
            pl.lit(event.close_at).cast(instant).alias("close_at"),
            pl.lit("world").alias("source"),
        ),
        "open_at",
        0,
    )


def _settlements(event: _Listed, high: int, offset: int, seconds: int) -> pl.DataFrame:
    frame = pl.DataFrame(
        {
            "ticker": [event.market(b) for b in event.brackets],
            "version": pl.Series([1] * len(event.brackets), dtype=pl.Int32),
            "city": event.city,
            "day": pl.Series([event.day] * len(event.brackets), dtype=pl.Date),
            "payout": pl.Series([10_000 * b.contains(high) for b in event.brackets], dtype=pl.Int64),
            "value": float(high),
            "source": "world",
            "ended": pl.Series(
                [ClimateDay(event.day, offset).end] * len(event.brackets), dtype=pl.Datetime("us", "UTC")
            ),
        }
    )
    return known(frame, "ended", seconds).drop("ended")


def _prints(
    event: _Listed,
    ticker: str,
    ends: list[datetime],
    bid: NDArray[np.int64],
    ask: NDArray[np.int64],
    spec: WorldSpec,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Takers hit the quote that stood at the end of the minute before, at random."""
    hit = np.flatnonzero(rng.random(len(ends)) < spec.prints_per_hour / 60.0)
    hit = hit[hit > 0]
    lifts = rng.random(hit.size) < 0.5
    price = np.where(lifts, ask[hit - 1], bid[hit - 1])
    second = rng.integers(1, 59, hit.size)
    count = rng.integers(1, 60, hit.size) * 100
    real = (price > 0) & (price < 10_000)
    at = [ends[i - 1] + timedelta(seconds=int(s)) for i, s, r in zip(hit, second, real, strict=True) if r]
    frame = pl.DataFrame(
        {
            "trade_id": pl.Series([f"{ticker}-{n}" for n in range(int(real.sum()))], dtype=pl.String),
            "at": pl.Series(at, dtype=pl.Datetime("us", "UTC")),
            "yes_price": pl.Series(price[real], dtype=pl.Int32),
            "count": pl.Series(count[real], dtype=pl.Int64),
            "taker_side": pl.Series(np.where(lifts[real], "yes", "no").tolist(), dtype=pl.String),
        }
    )
    # Not in the dict above: beside a value to repeat, columns of a market without prints would lose their types.
    named = frame.with_columns(
        pl.lit(ticker).alias("ticker"), pl.lit(event.city).alias("city"), pl.lit(event.day).alias("day")
    )
    return known(named, "at", spec.latency["print"])


def _candles(
    event: _Listed,
    ticker: str,
    ends: list[datetime],
    bid: NDArray[np.int64],
    ask: NDArray[np.int64],
    prints: pl.DataFrame,
) -> pl.DataFrame:
    """Minutes in which the quote changed or somebody traded, as the exchange gives them."""
    instant = pl.Datetime("us", "UTC")
    before_bid, before_ask = np.concatenate([bid[:1], bid[:-1]]), np.concatenate([ask[:1], ask[:-1]])
    quoted = pl.DataFrame(
        {
            "end_at": pl.Series(ends, dtype=instant),
            "bid_open": before_bid,
            "bid_close": bid,
            "ask_open": before_ask,
            "ask_close": ask,
        }
    ).with_columns(
        ((pl.col("bid_open") != pl.col("bid_close")) | (pl.col("ask_open") != pl.col("ask_close"))).alias("moved")
    )
    traded = prints.group_by((pl.col("at").dt.truncate("1m") + pl.duration(minutes=1)).alias("end_at")).agg(
        pl.col("yes_price").first().alias("price_open"),
        pl.col("yes_price").max().alias("price_high"),
        pl.col("yes_price").min().alias("price_low"),
        pl.col("yes_price").last().alias("price_close"),
        ((pl.col("yes_price") * pl.col("count")).sum() / pl.col("count").sum()).alias("price_mean"),
        pl.col("count").sum().alias("volume"),
    )
    rows = quoted.join(traded, on="end_at", how="left").with_row_index("n")
    rows = rows.with_columns(pl.col("price_close").forward_fill().shift(1).alias("price_previous"))
    rows = rows.filter(pl.col("moved") | pl.col("volume").is_not_null() | (pl.col("n") == 0))

    def side(name: str, how: pl.Expr) -> pl.Expr:
        return pl.when(how.is_between(1, 9_999)).then(how).cast(pl.Int32).alias(name)

    columns = []
    for leg in ("bid", "ask"):
        opened, closed = pl.col(f"{leg}_open"), pl.col(f"{leg}_close")
        columns += [
            side(f"yes_{leg}_open", opened),
            side(f"yes_{leg}_high", pl.max_horizontal(opened, closed)),
            side(f"yes_{leg}_low", pl.min_horizontal(opened, closed)),
            side(f"yes_{leg}_close", closed),
        ]
    frame = rows.with_columns(
        *columns,
        pl.lit(ticker).alias("ticker"),
        pl.lit("exchange").alias("source"),
        pl.lit(event.city).alias("city"),
        pl.lit(event.day).alias("day"),
        pl.col("volume").fill_null(0),
        pl.lit(None, dtype=pl.Int64).alias("open_interest"),
    ).drop("n", "moved", "bid_open", "bid_close", "ask_open", "ask_close")
    return known(frame, "end_at", 0)


def markets(
    weather: CityWeather, said: list[Forecasts], spec: WorldSpec, rng: np.random.Generator
) -> dict[str, pl.DataFrame]:
    """Return rows of ``markets``, ``settlements``, ``prints`` and ``candles`` for the last days of ``spec``."""
    parts: dict[str, list[pl.DataFrame]] = {"markets": [], "settlements": [], "prints": [], "candles": []}
    offset = weather.city.standard_offset_hours
    for index in range(len(weather.days) - spec.market_days, len(weather.days)):
        event = _list_event(weather, index)
        ends, fair = _fair(weather, said, index, event, spec, rng)
        bids, asks = _quotes(fair, spec.half_spread)
        parts["markets"].append(_markets(event))
        high = int(weather.official[index])
        parts["settlements"].append(_settlements(event, high, offset, spec.latency["settlement"]))
        for leg, bracket in enumerate(event.brackets):
            ticker = event.market(bracket)
            tape = _prints(event, ticker, ends, bids[:, leg], asks[:, leg], spec, rng)
            parts["prints"].append(tape)
            parts["candles"].append(_candles(event, ticker, ends, bids[:, leg], asks[:, leg], tape))
    return {name: pl.concat(frames, how="diagonal_relaxed") for name, frames in parts.items()}
