"""Pooling: whether a city's own model or the global one, which pools all stations, speaks on the event's day.

A city model has seen one station's days, the global model those of all. Which of them is better is not a matter of
taste: both are scored out of fold, on the same rows, by fits that did not see that station's day; the global model's
may have seen the same day at another station. The day is the city model's unless the global one is clearly better over
all of it: within chance a choice would only follow the luck of the training (docs/decisions/0006-pooling.md).
"""

from __future__ import annotations

from itertools import pairwise

import polars as pl

from drybulb.forecast.model_card import ALL, CITY, GLOBAL, Pooled
from drybulb.forecast.shares import EDGES
from drybulb.verification import day_bootstrap

_ROW = ("station", "day", "at")

_PARTS = tuple((start, end) for start, end in pairwise(EDGES) if start >= 0)


def choose(own: pl.DataFrame, whole: pl.DataFrame | None, seed: int) -> tuple[Pooled, ...]:
    """Choose between a city model and the global one at each lead.

    Args:
        own: rows of the city model scored out of fold: ``station``, ``day``, ``at``, ``lead``, ``hours``, ``log``
            [nats].
        whole: those of the global model; None where there is none.
        seed: seed of the draws of days.

    Returns:
        Lead 1, at which a city model does not speak, and lead 0, with its parts after it. The global model is chosen
        where its mean log score is lower by a difference whose 90 % interval is clear of 0.
    """
    day_before = Pooled(1, ALL, 0, {}, None, None, GLOBAL)
    if whole is None:
        return (day_before, Pooled(0, ALL, 0, {}, None, None, CITY))
    both = own.join(whole.select(*_ROW, pl.col("log").alias(GLOBAL)), on=_ROW, how="inner", maintain_order="left")
    both = both.filter(pl.col("lead") == 0).rename({"log": CITY})
    parts = ((f"{start} … {end}", pl.col("hours").is_between(start, end, closed="left")) for start, end in _PARTS)
    found = (_compared(both.filter(inside), band, seed) for band, inside in ((ALL, pl.lit(value=True)), *parts))
    return (day_before, *(one for one in found if one.events or one.band == ALL))


def _compared(rows: pl.DataFrame, band: str, seed: int) -> Pooled:
    """Both models over the rows of each event, then over events."""
    if rows.is_empty():
        return Pooled(0, band, 0, {}, None, None, CITY)
    events = rows.group_by("station", "day", maintain_order=True).agg(pl.col(CITY, GLOBAL).mean())
    scores = {name: float(events[name].to_numpy().mean()) for name in (CITY, GLOBAL)}
    days = [day.toordinal() for day in events["day"]]
    between = day_bootstrap(days, (events[CITY] - events[GLOBAL]).to_numpy(), seed)
    difference, ends = float(between.mean), (float(between.low), float(between.high))
    chosen = GLOBAL if ends[0] > 0.0 else CITY
    return Pooled(0, band, events.height, scores, difference, ends, chosen if band == ALL else None)
