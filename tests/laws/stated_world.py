"""Events of a synthetic world with what it states of them, for law 11: fair prices, quotes around them, and payouts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from drybulb.app import config
from drybulb.app.mispriced_news import with_news
from drybulb.app.mispriced_slices import RELEASES
from drybulb.world import filtered, ladders, makers, reader, weather
from drybulb.world.filtered import Filtered
from drybulb.world.ladders import MINUTE, Listed
from drybulb.world.schedule import schedule
from drybulb.world.spec import MakerSpec, WorldSpec
from drybulb.world.weather import CityWeather

Floats = NDArray[np.float64]

SEED, FIRST, WEATHER_DAYS, MARKET_DAYS = 11, date(2025, 6, 1), 40, 15
_STEP = 15  # distance of the minutes whose prices are looked at [min]
_HOUR, _SECOND = 60 * MINUTE, MINUTE // 60
_INSTANT = pl.Datetime("us", "UTC")
_LATENCY = config.load().latency.model_dump()


@dataclass(frozen=True, slots=True, eq=False)
class Stated:
    """One event.

    Attributes:
        listed: its brackets and hours.
        state: what the world states of it.
        high: its official high [whole °F].
        maxima: when a maximum of its day so far was published [µs since 1970 UTC], and what it was [whole °F].
        guidance: when guidance for it was published [µs since 1970 UTC], and what it said [whole °F].
    """

    listed: Listed
    state: Filtered
    high: int
    maxima: list[tuple[int, int]]
    guidance: list[tuple[int, int]]

    @property
    def paid(self) -> Floats:
        """(6,) payout of each bracket [$]."""
        return np.array([bracket.contains(self.high) for bracket in self.listed.brackets], dtype=np.float64)


def spec(makers_: MakerSpec | None = None) -> WorldSpec:
    """The world of the law."""
    return WorldSpec(FIRST, WEATHER_DAYS, MARKET_DAYS, SEED, _LATENCY, makers_ or MakerSpec())


def stated() -> list[Stated]:
    """Every event of the world, in six cities; stated anew where what states them has been replaced."""
    return _stated(filtered.filtered, reader.Reader._hear_maximum)


@cache
def _stated(*_: object) -> list[Stated]:
    return [event for city in config.load().cities().values() for event in _of_city(weather.simulate(city, spec()))]


def _of_city(drawn: CityWeather) -> Iterable[Stated]:
    when = schedule(drawn.city.standard_offset_hours, spec().latency)
    late = [(at, run) for run, at in enumerate(when.runs)]
    for state in filtered.filtered(drawn, spec()):
        event = ladders.listed(drawn.city, drawn.days[state.index], int(drawn.consensus[state.index]))
        midnight = event.close_at + MINUTE - 24 * _HOUR
        means = drawn.means[state.index]
        seen = [
            (midnight + item.known_at, int(means[: item.step + 1].max()))
            for item in when.items
            if item.kind == "official_preliminary" or (item.kind == "metar" and when.is_group(item.step))
        ]
        # A group in the first hours of the day tells of the evening before.
        told = [one for one in seen if one[0] >= midnight + 7 * _HOUR]
        said = [(midnight + at, int(drawn.late[state.index, run])) for at, run in late]
        yield Stated(event, state, int(drawn.official[state.index]), told, said)


def price_rows(events: Iterable[Stated], spec_: MakerSpec) -> pl.DataFrame:
    """Price rows of events as their makers quote them, with the world's own chances for a belief.

    Args:
        events: the events.
        spec_: how the makers behave.
    """
    parts, released = [], []
    for event in events:
        parts.append(_rows(event, spec_))
        released.append(_released(event))
    rows, known = pl.concat(parts), pl.concat(released).unique().sort("released_at")
    heard = rows.select("event", "leg", "at", "belief")
    for kind in RELEASES:
        rows = with_news(rows, heard, known.filter(pl.col("kind") == kind), kind)
    return rows


def _rows(event: Stated, spec_: MakerSpec) -> pl.DataFrame:
    listed = event.listed
    at = np.flatnonzero(listed.ends // MINUTE % _STEP == 0)
    bid, ask = (side[at] for side in makers.quotes(makers.thought(event.state, listed, spec_), spec_))
    belief = makers.fair(event.state, listed)[at]
    mid = (bid + ask) / 2.0
    local = (listed.ends[at] + listed.offset_hours * _HOUR) // _HOUR
    midnight = (listed.close_at + listed.offset_hours * _HOUR) // _HOUR // 24 * 24
    columns = {
        "at": pl.Series(np.repeat(listed.ends[at], 6)).cast(_INSTANT),
        "leg": np.tile(np.arange(6, dtype=np.int8), at.size),
        "place": np.tile(np.arange(1, 7), at.size),
        "hour": np.repeat(local % 24, 6),
        "lead": np.repeat((local < midnight).astype(np.int8), 6),
        "mid": mid.ravel(),
        "value": mid.ravel(),
        "is_usable": ((bid > 0) & (ask < 100) & (ask - bid <= 10)).ravel(),
        "belief": 100.0 * belief.ravel(),
        "payout": np.tile(100.0 * event.paid, at.size),
        "warmth": _warmth(mid),
        "believed_warmth": _warmth(belief),
    }
    return pl.DataFrame(columns).with_columns(
        pl.lit(listed.city).alias("city"),
        pl.lit(listed.day).alias("day"),
        pl.lit(listed.ticker).alias("event"),
        pl.lit(None, dtype=pl.Float64).alias("bought"),
        pl.lit(None, dtype=pl.Float64).alias("sold"),
    )


def _warmth(prices: Floats) -> NDArray[np.int8]:
    sides: NDArray[np.int8] = np.sign(np.arange(6) - prices.argmax(axis=1)[:, None]).astype(np.int8).ravel()
    return sides


def _released(event: Stated) -> pl.DataFrame:
    hours = np.arange(event.listed.open_at // _HOUR, event.listed.close_at // _HOUR + 1) * _HOUR
    kinds = {
        "metar": (hours + 53 * MINUTE + spec().latency["metar"] * _SECOND).tolist(),
        "group": [at for at, _ in event.maxima],
        "guidance": [at for at, _ in event.guidance],
        "report": [event.maxima[-1][0]],
    }
    rows = [(event.listed.city, kind, at) for kind, known in kinds.items() for at in known]
    schema = {"city": pl.String, "kind": pl.String, "released_at": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col("released_at").cast(_INSTANT))
