"""How fast a source's bias fades: the squared error each half-life would have left, and the mean of them leaves.

``python -m bench.half_lives LAKE --before 2024-01-01`` writes the table of docs/decisions/0003-s.md. Each day is
corrected by the errors known when it began, so the days are out of sample; the interval is one standard error, of
blocks of ten days.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app import config
from drybulb.app.forecaster import snapshot_rules
from drybulb.domain.city import City
from drybulb.forecast.model import Floats
from drybulb.frames import decay, guided, published, trust

_BY = ("city", "source")
_USUAL = 20.0
"""What the others are compared with [d]."""

_BLOCK = 10
_MIN_DAYS = 365


def table(lake: Lake, before: date) -> str:
    """The table in Markdown: a line a source with at least a year of errors.

    Args:
        lake: guidance and official highs.
        before: first day left out.
    """
    settings = config.load()
    rules = snapshot_rules(settings)
    half_lives = rules.bias_half_lives_days
    names = [f"{half_life:g} d" for half_life in half_lives]
    lines = [f"| source | days | {' | '.join(names)} | weighted mean |", "|---|---|" + "---|" * (len(names) + 1)]
    ageing = guided.GuidanceRules(half_lives, rules.guidance_max_age_hours)
    for city in settings.cities().values():
        lines += _lines(lake, city, before, ageing)
    return "\n".join(lines)


def _lines(lake: Lake, city: City, before: date, ageing: guided.GuidanceRules) -> Iterator[str]:
    places = pl.DataFrame(
        {"city": [city.key], "station": [city.station], "offset": [city.standard_offset_hours]},
        schema_overrides={"offset": pl.Int32},
    )
    highs = published.standing_highs(lake.read("official", [city.station]), places)
    log = guided.newest_guidance(lake.read("guidance", [city.station]), places)
    steps = guided.errors(log, highs, places, ageing)
    left = _left(steps, ageing.half_lives_days).filter(pl.col("day") < before)
    for (source,), days in left.sort("source", "day").group_by("source", maintain_order=True):
        if days.height >= _MIN_DAYS:
            yield _line(f"{city.station} {source}", days, len(ageing.half_lives_days), ageing.half_lives_days)


def _left(steps: pl.DataFrame, half_lives: Sequence[float]) -> pl.DataFrame:
    """Squared error [°F²] of each day's first final that every candidate, and their mean, leave."""
    asked = steps.select(*_BY, "day", at="begins")
    known = decay.newest_step(asked, steps, _BY).select("step", "day")
    candidates = decay.candidates(known, steps, _BY, half_lives).select(pl.col("^bias_.*$").fill_null(0.0))
    mean = trust.with_bias(asked, steps, _BY, half_lives).select(mean=pl.col("bias").fill_null(0.0))
    error = pl.col("standing")
    corrected = pl.concat([steps, candidates, mean], how="horizontal").filter(pl.col("count") == 1.0)
    return corrected.select(*_BY, "day", (pl.col("^bias_.*$") - error) ** 2, left=(pl.col("mean") - error) ** 2)


def _line(name: str, days: pl.DataFrame, number: int, half_lives: Sequence[float]) -> str:
    squares = [days[f"bias_{n}"].to_numpy() for n in range(number)]
    better, error = _difference(days["left"].to_numpy() - squares[half_lives.index(_USUAL)])
    cells = [f"{days.height:,}", *(f"{one.mean():.3f}" for one in squares), f"{better:+.3f} ± {error:.3f}"]
    return f"| {name} | {' | '.join(cells)} |"


def _difference(values: Floats) -> tuple[float, float]:
    totals = np.add.reduceat(values, np.arange(0, values.size, _BLOCK))
    return float(values.mean()), float(totals.std() * np.sqrt(totals.size) / values.size)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the table of a lake to standard output."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lake", type=Path)
    parser.add_argument("--before", type=date.fromisoformat, default=date(2024, 1, 1))
    given = parser.parse_args(arguments)
    sys.stdout.write(table(Lake.existing(given.lake), given.before) + "\n")


if __name__ == "__main__":
    main()
