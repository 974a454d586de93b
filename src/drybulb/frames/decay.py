"""Biases: weighted means of errors that were published, fading with their age.

An error's weight halves every ``half_life_days`` calendar days between its day and the
event's; a gap in the record ages what came before it. An error counts from when the final
official high of its day is known, and what a correction changes from when that is.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from drybulb.frames.asof import lookup
from drybulb.frames.exact import divide

#: Who speaks is taken to be unbiased until errors say otherwise: with the weight of this many errors of today.
#: A day's error scatters by about 3 °F, guidance sources' biases by about 1.5 °F, and (3 / 1.5)² is 4. A neighbour's
#: errors scatter less, and would bear a weaker prior; between 1 and 4 what is left of them differs by less than 1 %.
PRIOR_WEIGHT = 4.0

#: Half lives in an era of the running sums.
ERA = 400


def error_steps(highs: pl.DataFrame, said: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Return every step of every error: when it became known and by how much it changed the sum.

    Args:
        highs: what :func:`drybulb.frames.published.standing_highs` returns.
        said: ``city`` and the other columns of ``by``, ``day``, ``said`` [°F]: what is measured by the day's high.
        by: columns that name who said it, ``city`` first.

    Returns:
        The columns ``by``, ``day``, ``known_at`` [UTC], ``error`` [°F] and ``count``: what the
        first final high adds, and what each correction changes.
    """
    # In order of the highs: of a final and its correction known at one instant, the final is summed first.
    finals = highs.filter("is_final").join(said, on=["city", "day"], maintain_order="left")
    correction = pl.col("high") - pl.col("high").shift(1).over(*by, "day")
    return finals.with_columns(correction=correction, is_first=correction.is_null()).select(
        *by,
        "day",
        "known_at",
        error=pl.when("is_first").then(pl.col("said") - pl.col("high")).otherwise(-pl.col("correction")),
        count=pl.col("is_first").cast(pl.Float64),
    )


def bias_log(steps: pl.DataFrame, by: Sequence[str], half_life_days: float) -> pl.DataFrame:
    """Log the weighted sums behind each bias.

    Weights are ``2 ** ((day - era start) / half life)``, growing along the record, so that
    one running sum serves every event day. A float would overflow after a thousand half
    lives, so the record is cut in eras of 400; an error counts in its own era and in the
    next, and what is left out weighs less than ``2 ** -400``.

    Args:
        steps: what :func:`error_steps` returns.
        by: columns that name who erred.
        half_life_days: calendar days in which the weight of an error halves [d].

    Returns:
        A log by ``by`` and ``era``: ``weighted_errors`` [°F], ``weights``.
    """
    era = _era(half_life_days)
    weight = _growth(half_life_days)
    key = [*by, "era"]
    return (
        steps.with_columns(era=pl.concat_list(era, era + 1))
        .explode("era")
        .sort(*key, "known_at", "day", maintain_order=True)
        .select(*key, "known_at", weighted_errors=weight * pl.col("error"), weights=weight * pl.col("count"))
        .with_columns(pl.col("weighted_errors", "weights").cum_sum().over(key))
    )


def with_bias(requests: pl.DataFrame, log: pl.DataFrame, by: Sequence[str], half_life_days: float) -> pl.DataFrame:
    """Add ``bias`` [°F] as known at each request, null where no error is known.

    Args:
        requests: the columns ``by``, ``day`` of the event, ``at`` [UTC].
        log: what :func:`bias_log` returns.
        by: columns that name who erred.
        half_life_days: calendar days in which the weight of an error halves [d].
    """
    shrunk = pl.col("weighted_errors") / (pl.col("weights") + PRIOR_WEIGHT * _growth(half_life_days))
    return requests.with_columns(era=_era(half_life_days)).pipe(lookup, log, by=[*by, "era"]).with_columns(bias=shrunk)


def _era(half_life_days: float) -> pl.Expr:
    return divide(pl.col("day").cast(pl.Int32), ERA * half_life_days).floor().cast(pl.Int32)


def _growth(half_life_days: float) -> pl.Expr:
    """Weight of an error of ``day`` in ``era``, before it is divided by that of the event's day."""
    days = pl.col("day").cast(pl.Int32) - pl.col("era") * ERA * half_life_days
    return 2.0 ** divide(days, half_life_days)
