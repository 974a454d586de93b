"""The guidance part of a snapshot: others' forecasts, less the error they have been making.

A source's bias is a weighted mean of its errors, forecast minus official high, that are
known by then. An error's weight halves every ``half_life_days`` calendar days between its
day and the event's; a gap in the record ages what came before it. The error of a day is
that of the source's newest forecast known when the climate day began: one rule for all
sources, and the one that never looks at a forecast made while the high was happening. A
source that speaks only later has no error, and a bias of 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from drybulb.frames.asof import lookup
from drybulb.frames.exact import divide, hours

#: A source is taken to be unbiased until its errors say otherwise: with the weight of this many errors of today.
#: A day's error scatters by about 3 °F, sources' biases by about 1.5 °F, and (3 / 1.5)² is 4.
PRIOR_WEIGHT = 4.0

#: Values are summed in whole ten-thousandths of a degree: the order of sources cannot change a bit.
_SCALE = 10_000

#: Half lives in an era of the running sums.
_ERA = 400

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
        sources (null below two) [°F], ``guidance_age`` of the freshest [h].
    """
    log = newest_guidance(guidance, places)
    bias = bias_log(log, highs, places, rules)
    asked = requests.select("city", "day", "at").with_row_index("request")
    voices = (
        asked.join(log.select("city", "day", "source").unique(), on=["city", "day"])
        .pipe(lookup, log, by=["city", "day", "source"])
        .filter(pl.col("at") - pl.col("issued_at") <= rules.max_age_hours * pl.duration(hours=1))
        .pipe(_with_bias, bias, rules)
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
    """Return every step of every error: when it became known and by how much it changed the sum.

    Args:
        log: what :func:`newest_guidance` returns.
        highs: what :func:`drybulb.frames.published.standing_highs` returns.
        places: ``city``, ``offset`` [h].
        rules: how guidance ages.

    Returns:
        ``city``, ``source``, ``day``, ``known_at`` [UTC], ``error`` [°F] and ``count``: what
        the first final high adds, and what each correction changes.
    """
    begins = pl.col("day").cast(pl.Datetime("us", "UTC")) - pl.duration(hours="offset")
    forecasts = (
        log.select("city", "day", "source")
        .unique()
        .join(places.select("city", "offset"), on="city")
        .select("city", "day", "source", begins=begins)
        .pipe(lookup, log, by=["city", "day", "source"], at="begins")
        .filter(pl.col("begins") - pl.col("issued_at") <= rules.max_age_hours * pl.duration(hours=1))
        .select("city", "day", "source", forecast="high")
    )
    finals = highs.filter("is_final").with_columns(
        correction=pl.col("high") - pl.col("high").shift(1).over("city", "day")
    )
    is_first = pl.col("correction").is_null()
    return finals.join(forecasts, on=["city", "day"]).select(
        "city",
        "source",
        "day",
        "known_at",
        error=pl.when(is_first).then(pl.col("forecast") - pl.col("high")).otherwise(-pl.col("correction")),
        count=is_first.cast(pl.Float64),
    )


def bias_log(log: pl.DataFrame, highs: pl.DataFrame, places: pl.DataFrame, rules: GuidanceRules) -> pl.DataFrame:
    """Log the weighted sums behind each source's bias.

    Weights are ``2 ** ((day - era start) / half life)``, growing along the record, so that
    one running sum serves every event day. A float would overflow after a thousand half
    lives, so the record is cut in eras of 400; an error counts in its own era and in the
    next, and what is left out weighs less than ``2 ** -400``.

    Returns:
        A log by ``city``, ``source`` and ``era``: ``weighted_errors`` [°F], ``weights``.
    """
    era = _era(pl.col("day"), rules)
    steps = errors(log, highs, places, rules).with_columns(era=pl.concat_list(era, era + 1)).explode("era")
    weight = _growth(rules)
    key = [*_SOURCE, "era"]
    return (
        steps.sort(*key, "known_at", "day", maintain_order=True)
        .select(*key, "known_at", weighted_errors=weight * pl.col("error"), weights=weight * pl.col("count"))
        .with_columns(pl.col("weighted_errors", "weights").cum_sum().over(key))
    )


def _with_bias(voices: pl.DataFrame, bias: pl.DataFrame, rules: GuidanceRules) -> pl.DataFrame:
    """Add to each source's standing forecast its ``bias`` [°F], as known at the request."""
    shrunk = pl.col("weighted_errors") / (pl.col("weights") + PRIOR_WEIGHT * _growth(rules))
    return (
        voices.with_columns(era=_era(pl.col("day"), rules))
        .pipe(lookup, bias, by=[*_SOURCE, "era"])
        .with_columns(bias=shrunk.fill_null(0.0))
    )


def _over_sources(voices: pl.DataFrame) -> pl.DataFrame:
    """Mean, spread and age over the sources of each request."""
    scaled = {"raw": pl.col("high"), "debiased": pl.col("high") - pl.col("bias")}
    n, total, squares = pl.col("guidance_n"), pl.col("debiased"), pl.col("squares")
    variance = (n * squares - total * total) / (n * (n - 1))
    return (
        voices.with_columns(**{name: (value * _SCALE).round().cast(pl.Int64) for name, value in scaled.items()})
        .group_by("request")
        .agg(
            pl.len().cast(pl.Int32).alias("guidance_n"),
            pl.col("raw", "debiased").sum(),
            squares=(pl.col("debiased") * pl.col("debiased")).sum(),
            age=(pl.col("at") - pl.col("issued_at")).min(),
        )
        .select(
            "request",
            "guidance_n",
            guidance=divide(total / n, _SCALE),
            guidance_raw=divide(pl.col("raw") / n, _SCALE),
            guidance_spread=pl.when(n > 1).then(divide(variance.sqrt(), _SCALE)),
            guidance_age=hours(pl.col("age")),
        )
    )


def _era(day: pl.Expr, rules: GuidanceRules) -> pl.Expr:
    return divide(day.cast(pl.Int32), _ERA * rules.half_life_days).floor().cast(pl.Int32)


def _growth(rules: GuidanceRules) -> pl.Expr:
    """Weight of an error of ``day`` in ``era``, before it is divided by that of the event's day."""
    days = pl.col("day").cast(pl.Int32) - pl.col("era") * _ERA * rules.half_life_days
    return 2.0 ** divide(days, rules.half_life_days)
