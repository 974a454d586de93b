"""Out-of-fold scores of a global or city model, beside S and the baselines on the same rows."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import polars as pl

from drybulb.forecast.model import GRID_LOW, Floats
from drybulb.forecast.model_card import ALL, BandScore
from drybulb.forecast.shares import EDGES
from drybulb.verification import crps, log_score, outcome_probability

_WHAT = ("crps", "log")

_BLOCK = 1024
"""Rows scored at once: so many stay in the cache."""

Scored = Floats
"""CRPS [°F] and log score [nats] of each row, shape (2, n), NaN where nobody spoke."""


def row_scores(rows: pl.DataFrame, pmf: Floats) -> Scored:
    """CRPS [°F] and log score [nats] of each row, shape (2, n).

    Args:
        rows: snapshot rows with ``high`` [°F].
        pmf: distribution of each, shape (n, 201).
    """
    high = rows["high"].to_numpy()
    found = np.empty((len(_WHAT), high.size))
    for start in range(0, high.size, _BLOCK):
        block = slice(start, start + _BLOCK)
        found[0, block] = crps(pmf[block], GRID_LOW, high[block])
        found[1, block] = log_score(outcome_probability(pmf[block], GRID_LOW, high[block]))
    return found


def band_scores(rows: pl.DataFrame, said: Mapping[str, Scored]) -> tuple[BandScore, ...]:
    """Mean scores of forecasters by station, lead and part of the day.

    A forecaster that was silent on a row of a part is left out of that part: means over other rows are no comparison.

    Args:
        rows: snapshot rows.
        said: scores of the rows by forecaster; ``model`` and ``S`` have one of every row.

    Returns:
        All stations and leads together, then each lead and part of all, then the same of each station where the model
        has several.
    """
    columns = {
        f"{name} {what}": values for name, both in said.items() for what, values in zip(_WHAT, both, strict=True)
    }
    table = rows.select("station", "day", "lead", "hours").with_columns(
        pl.Series(name, values).fill_nan(None) for name, values in columns.items()
    )
    stations = sorted(set(table["station"]))
    found = []
    for station in [ALL, *(stations if len(stations) > 1 else [])]:
        mine = table if station == ALL else table.filter(pl.col("station") == station)
        found.append(_part(mine, (station, None, ALL)))
        for lead in sorted(set(mine["lead"]), reverse=True):
            of_lead = mine.filter(pl.col("lead") == lead)
            found.append(_part(of_lead, (station, lead, ALL)))
            for start, end in pairwise(EDGES):
                part = of_lead.filter(pl.col("hours").is_between(start, end, closed="left"))
                if part.height:
                    found.append(_part(part, (station, lead, f"{start} … {end}")))
    return tuple(found)


def _part(rows: pl.DataFrame, part: tuple[str, int | None, str]) -> BandScore:
    """Means over the rows of each event, then over events."""
    spoke = [name for name in rows.columns if " " in name and rows[name].null_count() == 0]
    events = rows.group_by("station", "day", maintain_order=True).agg(pl.col(spoke).mean())
    means = {name: float(events[name].to_numpy().mean()) for name in spoke}

    def of(what: str) -> dict[str, float]:
        return {name.removesuffix(f" {what}"): value for name, value in means.items() if name.endswith(f" {what}")}

    station, lead, band = part
    return BandScore(station, lead, band, events.height, of("crps"), of("log"))
