"""Price rows of made events: fair prices that walk to the truth, and what somebody does to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Prices = Callable[[str, Floats], Floats]
CITIES = ("chicago", "miami")
DAY = date(2025, 6, 1)
_CUTS = np.array([-4.0, -2.0, 0.0, 2.0, 4.0])
#: Of the day's temperature: known at the open, and still to come in each step of three hours [°F].
_OPEN, _STEP, STEPS = 2.0, 0.9, 12


def fair(seed: int, events: int) -> list[tuple[str, date, Floats, int]]:
    """City, day, fair prices (steps, 6) and winner of made events."""
    rng = np.random.default_rng(seed)
    made = []
    for number in range(events):
        path = rng.normal(0.0, _OPEN) + np.concatenate([[0.0], rng.normal(0.0, _STEP, STEPS)]).cumsum()
        left = _STEP * np.sqrt(np.arange(STEPS, 0, -1))
        below = _normal((_CUTS - path[:STEPS, None]) / left[:, None])
        chances = np.diff(np.hstack([np.zeros((STEPS, 1)), below, np.ones((STEPS, 1))]), axis=1)
        winner = int(np.searchsorted(_CUTS, path[-1]))
        made.append((CITIES[number % 2], DAY + timedelta(days=number // 2), chances, winner))
    return made


def _normal(x: Floats) -> Floats:
    from scipy.special import ndtr

    found: Floats = ndtr(x)
    return found


def price_rows(seed: int, events: int, prices: Prices = lambda city, chances: chances) -> pl.DataFrame:
    """Price rows of ``events`` made events, whose belief is the truth.

    Args:
        seed: of the truth.
        events: how many, in two cities.
        prices: the market's price of each bracket from its fair one, (steps, 6).
    """
    parts = []
    for city, day, chances, winner in fair(seed, events):
        mid = prices(city, chances)
        opened = datetime.combine(day - timedelta(days=1), datetime.min.time(), UTC) + timedelta(hours=15)
        before = np.vstack([chances[:1], chances[:-1]])
        at = np.repeat([opened + timedelta(hours=3 * step) for step in range(STEPS)], 6)
        hours = np.array([instant.hour for instant in at])
        parts.append(
            pl.DataFrame(
                {
                    "at": pl.Series(at.tolist(), dtype=pl.Datetime("us", "UTC")),
                    "place": np.tile(np.arange(1, 7), STEPS),
                    "mid": 100.0 * mid.ravel(),
                    "value": 100.0 * mid.ravel(),
                    "belief": 100.0 * chances.ravel(),
                    "payout": np.tile(100.0 * (np.arange(6) == winner), STEPS),
                    "warmth": _warmth(mid),
                    "believed_warmth": _warmth(chances),
                    "hour": hours,
                    "lead": np.array([int(instant.date() < day) for instant in at], dtype=np.int8),
                    "since_metar": 2.0,
                    "news_metar": np.sign(np.round(chances - before, 3)).astype(np.int8).ravel(),
                }
            ).with_columns(
                pl.lit(city).alias("city"),
                pl.lit(day).alias("day"),
                pl.lit(f"{city}-{day}").alias("event"),
                pl.col("mid").is_between(2.5, 97.5).alias("is_usable"),
                pl.lit(None, dtype=pl.Float64).alias("bought"),
                pl.lit(None, dtype=pl.Float64).alias("sold"),
                *(pl.lit(None, dtype=pl.Float64).alias(f"since_{kind}") for kind in ("group", "guidance", "report")),
                *(pl.lit(0, dtype=pl.Int8).alias(f"news_{kind}") for kind in ("group", "guidance", "report")),
            )
        )
    return pl.concat(parts)


def _warmth(prices: Floats) -> NDArray[np.int8]:
    sides: NDArray[np.int8] = np.sign(np.arange(6) - prices.argmax(axis=1)[:, None]).astype(np.int8).ravel()
    return sides
