"""The guidance part of a snapshot: others' forecasts, less the error they have been making.

A source's bias is a weighted mean of its errors, forecast minus official high, that are
known by then (:mod:`drybulb.frames.decay`). The error of a day is that of the source's
newest forecast known when the climate day began: one rule for all sources, and the one that
never looks at a forecast made while the high was happening. A source that speaks only later
has no error, and a bias of 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from drybulb.frames import decay
from drybulb.frames.asof import lookup
from drybulb.frames.exact import divide, hours

#: Values are summed in whole ten-thousandths of a degree: the order of sources cannot change a bit.
SCALE = 10_000

_SOURCE = ("city", "source")


@dataclass(frozen=True, slots=True)
class GuidanceRules:
    """How guidance ages.

    Attributes:
        half_life_days: calendar days in which the weight of an error halves [d].
        max_age_hours: guidance issued longer ago is dropped [h].
    """

    half_life_days: float
    max_age_hours: float


def attach(
    requests: pl.DataFrame, guidance: pl.DataFrame, highs: pl.DataFrame, places: pl.DataFrame, rules: GuidanceRules
) -> pl.DataFrame:
    """Return the guidance features of each request, in request order.

    Args:
        requests: ``city``, ``day``, ``at`` [UTC].
        guidance: rows of the table, of any stations, in any order.
        highs: what :func:`drybulb.frames.published.standing_highs` returns.
        places: ``city``, ``station``, ``offset`` [h] of the stations that settle.
        rules: how guidance ages.

    Returns:
        ``guidance``, the mean over sources less their biases, ``guidance_raw`` without
        [°F], ``guidance_n`` sources, ``guidance_spread``, the standard deviation over
        sources (null below two) [°F], ``guidance_age`` of the freshest [h], and ``guidance_by``,
        a list by source: its name, its forecast less its bias and its bias [°F], its age [h].
    """
    log = newest_guidance(guidance, places)
    bias = decay.bias_log(errors(log, highs, places, rules), _SOURCE, rules.half_life_days)
    asked = requests.select("city", "day", "at").with_row_index("request")
    voices = (
        asked.join(
            # Requests in their order, the sources of each by name: what is gathered needs no sorting.
            log.select("city", "day", "source").unique().sort("source"),
            on=["city", "day"],
            maintain_order="left_right",
        )
        .pipe(lookup, log, by=["city", "day", "source"])
        .filter(pl.col("at") - pl.col("issued_at") <= rules.max_age_hours * pl.duration(hours=1))
        .pipe(decay.with_bias, bias, _SOURCE, rules.half_life_days)
        # A source without a known error has none to be taken from it.
        .with_columns(pl.col("bias").fill_null(0.0))
    )
    return (
        asked.select("request")
        .join(_over_sources(voices), on="request", how="left", maintain_order="left")
        .select(
            "guidance",
            "guidance_raw",
            pl.col("guidance_n").fill_null(0),
            "guidance_spread",
            "guidance_age",
            pl.col("guidance_by").fill_null([]),
        )
    )


def newest_guidance(guidance: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Log the newest issue of each source for each day.

    An issue that arrives after a newer one says nothing new.

    Returns:
        A log by ``city``, ``day`` and ``source``: ``issued_at`` [UTC], ``high`` [°F].
    """
    key = ["city", "day", "source"]
    return (
        guidance.join(places, on="station")
        .sort(*key, "known_at", "issued_at", "high")
        .filter(pl.col("issued_at") == pl.col("issued_at").cum_max().over(key))
        .select(*key, "known_at", "issued_at", "high")
    )


def errors(log: pl.DataFrame, highs: pl.DataFrame, places: pl.DataFrame, rules: GuidanceRules) -> pl.DataFrame:
    """Return every step of every source's errors, as :func:`drybulb.frames.decay.error_steps` does.

    Args:
        log: what :func:`newest_guidance` returns.
        highs: what :func:`drybulb.frames.published.standing_highs` returns.
        places: ``city``, ``offset`` [h].
        rules: how guidance ages.
    """
    begins = pl.col("day").cast(pl.Datetime("us", "UTC")) - pl.duration(hours="offset")
    forecasts = (
        log.select("city", "day", "source")
        .unique()
        .join(places.select("city", "offset"), on="city")
        .select("city", "day", "source", begins=begins)
        .pipe(lookup, log, by=["city", "day", "source"], at="begins")
        .filter(pl.col("begins") - pl.col("issued_at") <= rules.max_age_hours * pl.duration(hours=1))
        .select("city", "day", "source", said="high")
    )
    return decay.error_steps(highs, forecasts, _SOURCE)


def _over_sources(voices: pl.DataFrame) -> pl.DataFrame:
    """Mean, spread and age over the sources of each request, and the sources one by one.

    Args:
        voices: sorted by ``request`` and ``source``.
    """
    scaled = {"raw": pl.col("high"), "debiased": pl.col("high") - pl.col("bias"), "bias": pl.col("bias")}
    n, total, squares = pl.col("guidance_n"), pl.col("debiased"), pl.col("squares")
    variance = (n * squares - total * total) / (n * (n - 1))
    whole = voices.with_columns(**{name: (value * SCALE).round().cast(pl.Int64) for name, value in scaled.items()})
    said = pl.struct(
        "source",
        high=divide(pl.col("debiased"), SCALE),
        bias=divide(pl.col("bias"), SCALE),
        age=hours(pl.col("at") - pl.col("issued_at")),
    )
    return (
        whole.with_columns(said=said)
        .group_by("request", maintain_order=True)
        .agg(
            pl.len().cast(pl.Int32).alias("guidance_n"),
            pl.col("raw", "debiased").sum(),
            squares=(pl.col("debiased") * pl.col("debiased")).sum(),
            age=(pl.col("at") - pl.col("issued_at")).min(),
            guidance_by="said",
        )
        .select(
            "request",
            "guidance_n",
            "guidance_by",
            guidance=divide(total / n, SCALE),
            guidance_raw=divide(pl.col("raw") / n, SCALE),
            guidance_spread=pl.when(n > 1).then(divide(variance.sqrt(), SCALE)),
            guidance_age=hours(pl.col("age")),
        )
    )
