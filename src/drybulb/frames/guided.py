"""The guidance part of a snapshot: others' forecasts, less the error they have been making.

A source's bias is a weighted mean of its errors, forecast minus official high, that are
known by then (:mod:`drybulb.frames.decay`), fading at a rate fitted to them
(:mod:`drybulb.frames.trust`). The error of a day is that of the source's
newest forecast known when the climate day began: one rule for all sources, and the one that
never looks at a forecast made while the high was happening. A source that speaks only later
has no error, and a bias of 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from drybulb.frames import curves, decay, trust
from drybulb.frames.asof import INSTANT, lookup
from drybulb.frames.exact import divide, hours
from drybulb.frames.widths import width

#: Values are summed in whole ten-thousandths of a degree: the order of sources cannot change a bit.
SCALE = 10_000

_SOURCE = ("city", "source")


@dataclass(frozen=True, slots=True)
class GuidanceRules:
    """How guidance ages.

    Attributes:
        half_lives_days: candidates for the calendar days in which the weight of an error halves [d].
        max_age_hours: guidance issued longer ago is dropped [h].
    """

    half_lives_days: tuple[float, ...]
    max_age_hours: float


def attach(
    requests: pl.DataFrame, guidance: pl.DataFrame, highs: pl.DataFrame, places: pl.DataFrame, rules: GuidanceRules
) -> pl.DataFrame:
    """Return the guidance features of each request, in request order.

    Args:
        requests: ``city``, ``day``, ``at`` and ``read_at``, when the last reading was taken (null: none) [UTC].
        guidance: rows of the table, of any stations, in any order.
        highs: what :func:`drybulb.frames.published.standing_highs` returns.
        places: ``city``, ``station``, ``offset`` [h] of the stations that settle.
        rules: how guidance ages.

    Returns:
        ``guidance``, the mean over sources less their biases, ``guidance_raw`` without
        [°F], ``guidance_n`` sources, ``guidance_spread``, the standard deviation over
        sources (null below two) [°F], ``guidance_age`` of the freshest [h]; ``guidance_width``, the
        mean deviation of the sources that give percentiles, ``curve_rest`` and ``curve_now``, the mean
        of those that give a curve, from the request to the end of the day and at the last reading,
        less their biases [°F], null where none does; and ``guidance_by``,
        a list by source: its name, its forecast less its bias and its bias [°F], the half-life
        of that (null without an error) [d], its age [h].
    """
    log = newest_guidance(guidance, places)
    steps = errors(log, highs, places, rules)
    asked = requests.select("city", "day", "at", "read_at").with_row_index("request")
    drawn = log.select("issue", "city", "day", "curve").drop_nulls("curve")
    voices = (
        asked.join(
            # Requests in their order, the sources of each by name: what is gathered needs no sorting.
            log.select("city", "day", "source").unique().sort("source"),
            on=["city", "day"],
            maintain_order="left_right",
        )
        .pipe(lookup, log.drop("curve"), by=["city", "day", "source"])
        .filter(pl.col("at") - pl.col("issued_at") <= rules.max_age_hours * pl.duration(hours=1))
        .pipe(trust.with_bias, steps, _SOURCE, rules.half_lives_days)
        # A source without a known error has none to be taken from it.
        .with_columns(pl.col("bias").fill_null(0.0))
        .pipe(curves.attach, drawn, places)
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
            "guidance_width",
            "curve_rest",
            "curve_now",
            pl.col("guidance_by").fill_null([]),
        )
    )


def attach_both_days(
    requests: pl.DataFrame, guidance: pl.DataFrame, highs: pl.DataFrame, places: pl.DataFrame, rules: GuidanceRules
) -> pl.DataFrame:
    """Return what :func:`attach` does, and what guidance says of the climate day before each event.

    The day before is when an event is first traded, often before any guidance of the event itself is out; what is said
    of that day is then the newest word on the weather.

    Args:
        requests: as of :func:`attach`, with ``lead``.
        guidance: rows of the table, of any stations, in any order.
        highs: what :func:`drybulb.frames.published.standing_highs` returns.
        places: ``city``, ``station``, ``offset`` [h] of the stations that settle.
        rules: how guidance ages.

    Returns:
        The same with ``guidance_day_before`` [°F], as ``guidance`` of that day at that instant; null on the event's own
        day.
    """
    own = requests.select("city", "day", "at", "read_at")
    # What a curve says of now is not asked: the curve of the event itself does.
    earlier = own.with_columns(pl.col("day").dt.offset_by("-1d"), read_at=pl.lit(None, dtype=INSTANT))
    is_before = requests["lead"] == 1
    # Asked together: what is known of a source's errors is as dear to find out as what it says.
    asked = earlier.filter(is_before)
    found = attach(pl.concat([own, asked]), guidance, highs, places, rules)
    rows = own.select(request=pl.int_range(pl.len()))
    said = rows.filter(is_before).hstack(found.tail(asked.height).select(guidance_day_before="guidance"))
    before = rows.join(said, on="request", how="left", maintain_order="left").select("guidance_day_before")
    return found.head(own.height).hstack(before)


def newest_guidance(guidance: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Log the newest issue of each source for each day.

    An issue that arrives after a newer one says nothing new.

    Returns:
        A log by ``city``, ``day`` and ``source``: ``issue``, a number, ``issued_at`` [UTC], ``high``, ``width`` of
        the percentiles [°F], ``curve``.
    """
    key = ["city", "day", "source"]
    return (
        guidance.join(places, on="station")
        .sort(*key, "known_at", "issued_at", "high")
        .filter(pl.col("issued_at") == pl.col("issued_at").cum_max().over(key))
        .select(*key, "known_at", "issued_at", "high", "curve", width=width())
        .with_row_index("issue")
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
        .select("city", "day", "source", "begins", said="high")
    )
    return decay.error_steps(highs, forecasts, _SOURCE)


def _over_sources(voices: pl.DataFrame) -> pl.DataFrame:
    """Mean, spread and age over the sources of each request, and the sources one by one.

    Args:
        voices: sorted by ``request`` and ``source``.
    """
    bias = pl.col("bias")
    scaled = {"raw": pl.col("high"), "debiased": pl.col("high") - bias, "bias": bias, "width": pl.col("width")}
    scaled |= {name: pl.col(name) - bias for name in ("curve_rest", "curve_now")}
    n, total, squares = pl.col("guidance_n"), pl.col("debiased"), pl.col("squares")
    variance = (n * squares - total * total) / (n * (n - 1))
    whole = voices.with_columns(**{name: (value * SCALE).round().cast(pl.Int64) for name, value in scaled.items()})
    said = pl.struct(
        "source",
        high=divide(pl.col("debiased"), SCALE),
        bias=divide(pl.col("bias"), SCALE),
        half_life=divide((pl.col("half_life") * SCALE).round(), SCALE),
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
            **{name: pl.col(name).sum() / pl.col(name).count() for name in ("width", "curve_rest", "curve_now")},
        )
        .select(
            "request",
            "guidance_n",
            "guidance_by",
            guidance=divide(total / n, SCALE),
            guidance_raw=divide(pl.col("raw") / n, SCALE),
            guidance_spread=pl.when(n > 1).then(divide(variance.sqrt(), SCALE)),
            guidance_age=hours(pl.col("age")),
            guidance_width=_known(pl.col("width")),
            curve_rest=_known(pl.col("curve_rest")),
            curve_now=_known(pl.col("curve_now")),
        )
    )


def _known(mean: pl.Expr) -> pl.Expr:
    """A mean in degrees [°F]; null where it was of nobody."""
    return divide(mean.fill_nan(None), SCALE)
