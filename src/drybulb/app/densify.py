"""`drybulb dense`: candles from prints, then one row per market and minute, a city-month at a time.

Each month is written whole and only then noted with the digest of what it was made from, so
a run that was killed goes on where it stopped, and a run on unchanged inputs writes nothing.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from time import perf_counter
from typing import Any

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.adapters.manifest import Manifest, digest
from drybulb.app.config import Config
from drybulb.app.progress import Progress, silent
from drybulb.errors import ConfigError, LakeError
from drybulb.frames.candles import CandleLatency, candles_from_prints
from drybulb.frames.dense import densify_month

#: Changed whenever the same inputs would give other rows, so that every month is built anew.
RECIPE = "dense 1"
#: Sessions this far from a month's event days can touch its markets: they open a day or two before.
_MARGIN = timedelta(days=7)
_NOTHING = "no prints and no exchange candles in the lake"


@dataclass(slots=True)
class CityDense:
    """What the dense table holds of a city, for the months asked for.

    Attributes:
        months_built: months made in this run.
        months_skipped: months whose inputs had not changed.
        rows: rows of both.
        candles: candles there were, of both sources.
        candles_observed: candles that became the bar of a row; the others ended while the exchange
            was closed or outside their market's hours, came late, or gave way to the exchange's own.
        seconds: time spent [s].
        reason: why there is nothing, or null.
    """

    months_built: list[str] = field(default_factory=list)
    months_skipped: list[str] = field(default_factory=list)
    rows: int = 0
    candles: int = 0
    candles_observed: int = 0
    seconds: float = 0.0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class DenseResult:
    """What was built, by city."""

    cities: dict[str, CityDense]

    def to_json(self) -> dict[str, Any]:
        """The document of schema ``dense/1``."""
        totals = ("rows", "candles", "candles_observed", "seconds")
        cities = {key: asdict(city) | {"seconds": round(city.seconds, 3)} for key, city in self.cities.items()}
        return {
            "schema": "dense/1",
            "cities": cities,
            "total": {
                "months_built": sum(len(city.months_built) for city in self.cities.values()),
                "months_skipped": sum(len(city.months_skipped) for city in self.cities.values()),
                **{name: round(sum(city[name] for city in cities.values()), 3) for name in totals},
            },
        }


@dataclass(frozen=True, slots=True)
class _Inputs:
    """What one city-month of the dense table is made from."""

    prints: pl.DataFrame
    exchange: pl.DataFrame
    markets: pl.DataFrame
    sessions: pl.DataFrame

    def digest(self, latency: CandleLatency) -> str:
        recipe = f"{RECIPE} prints {latency.prints} exchange {latency.exchange}"
        return digest(recipe, (self.prints, self.exchange, self.markets, self.sessions))


def _inputs(lake: Lake, sessions: pl.DataFrame, city: str, month: str) -> _Inputs:
    year, number = (int(part) for part in month.split("-"))
    first, last = date(year, number, 1), date(year, number, monthrange(year, number)[1])
    near = (pl.col("from").dt.date() <= last + _MARGIN) & (
        pl.col("to").is_null() | (pl.col("to").dt.date() >= first - _MARGIN)
    )
    return _Inputs(
        prints=lake.read("prints", [city], first, last),
        exchange=lake.read("candles", [city], first, last).filter(pl.col("source") == "exchange"),
        markets=lake.read("markets", [city], first, last),
        sessions=sessions.filter(near),
    )


def _build(lake: Lake, city: str, month: str, inputs: _Inputs, latency: CandleLatency) -> dict[str, int]:
    """Write the month's candles, then its dense rows, and count them."""
    candles = pl.concat([inputs.exchange, candles_from_prints(inputs.prints, latency.prints)])
    if not inputs.prints.is_empty():
        lake.write_month("candles", city, month, candles)
    rows = densify_month(candles, inputs.markets, inputs.sessions, latency)
    lake.write_month("dense", city, month, rows)
    return {"rows": rows.height, "candles": candles.height, "candles_observed": int(rows["is_observed"].sum())}


def _bring_up_to_date(
    lake: Lake, city: str, month: str, inputs: _Inputs, latency: CandleLatency
) -> tuple[dict[str, Any], bool]:
    """Build a month unless it was made from these very inputs; return its counts and whether it was built."""
    manifest = Manifest(lake.path / "dense" / "_inputs.json")
    made_from, part = inputs.digest(latency), f"{city}/{month}"
    noted = manifest.read().get(part, {})
    written = [lake.file(table, city, month).exists() for table in ("candles", "dense")]
    if noted.get("inputs") == made_from and all(written):
        return noted, False
    counts = {"inputs": made_from, **_build(lake, city, month, inputs, latency)}
    manifest.note(part, counts)
    return counts, True


def _months(lake: Lake, city: str, start: date | None, end: date | None) -> list[str]:
    """Months with prints or candles that hold a day of the window."""
    first = start.strftime("%Y-%m") if start else ""
    last = end.strftime("%Y-%m") if end else "9999-12"
    found = {*lake.months("prints", city), *lake.months("candles", city)}
    return sorted(month for month in found if first <= month <= last)


def densify(
    lake: Lake,
    config: Config,
    cities: Iterable[str] | None = None,
    start: date | None = None,
    end: date | None = None,
    progress: Progress = silent,
) -> DenseResult:
    """Bring ``candles`` (from prints) and ``dense`` of the lake up to date with its other tables.

    Args:
        lake: the tables; ``prints``, ``candles`` of the exchange, ``markets`` and ``sessions`` are read.
        config: the cities, and the latency of prints and quotes.
        cities: keys of the cities to build; all of the configuration when None.
        start: first event day; its month is built whole.
        end: last event day, likewise.
        progress: told of every city-month.

    Raises:
        ConfigError: a city that the configuration does not have.
        LakeError: a lake without sessions, or a file that cannot be read or written.
    """
    keys = list(config.city) if cities is None else list(cities)
    for key in keys:
        if key not in config.city:
            raise ConfigError(f"no city {key!r}; known: {', '.join(config.city)}")
    sessions = lake.read("sessions")
    if sessions.is_empty():
        raise LakeError(f"{lake.path} has no sessions, so no minute is known to be open; run `drybulb import` first")
    latency = CandleLatency(timedelta(seconds=config.latency.print), timedelta(seconds=config.latency.quote))
    result = DenseResult({key: CityDense() for key in keys})
    work = [(key, month) for key in keys for month in _months(lake, key, start, end)]
    for done, (key, month) in enumerate(work):
        progress(f"dense: {key} {month}", done, len(work))
        began, city = perf_counter(), result.cities[key]
        inputs = _inputs(lake, sessions, key, month)
        counts, built = _bring_up_to_date(lake, key, month, inputs, latency)
        (city.months_built if built else city.months_skipped).append(month)
        city.rows += counts["rows"]
        city.candles += counts["candles"]
        city.candles_observed += counts["candles_observed"]
        city.seconds += perf_counter() - began
    progress("dense: done", len(work), len(work))
    for city in result.cities.values():
        city.reason = None if city.months_built or city.months_skipped else _NOTHING
    return result
