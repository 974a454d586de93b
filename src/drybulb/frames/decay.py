"""Biases: weighted means of errors that were published, fading with their age.

An error's weight halves every half-life [d] between its day and the event's; a gap in the
record ages what came before it. An error counts from when the final official high of its day
is known, and what a correction changes from when that is. Several half-lives may be tried at
once: each makes a *candidate* for the bias.
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

#: The shortest of the half-lives in an era of the running sums.
ERA = 400


def error_steps(highs: pl.DataFrame, said: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Return every step of every error: when it became known and by how much it changed the sum.

    Args:
        highs: what :func:`drybulb.frames.published.standing_highs` returns.
        said: ``city`` and the other columns of ``by``, ``day``, when it ``begins`` [UTC], ``said`` [°F]: what is
            measured by the day's high.
        by: columns that name who said it, ``city`` first.

    Returns:
        The columns ``by``, ``day``, ``begins``, ``known_at`` [UTC], ``error`` [°F] and ``count``: what the
        first final high adds, and what each correction changes; ``standing`` [°F], the error from then on, and
        ``stood`` before, null of the first. Sorted as they became known, and numbered in ``step``.
    """
    # In order of the highs: of a final and its correction known at one instant, the final is summed first.
    final = highs.filter("is_final")
    again = (pl.col("city") == pl.col("city").shift(1)) & (pl.col("day") == pl.col("day").shift(1))
    before = pl.when(again.fill_null(value=False)).then(pl.col("high").shift(1))
    standing, stood = pl.col("said") - pl.col("high"), pl.col("said") - pl.col("before")
    return (
        final.with_columns(before=before)
        .join(said, on=["city", "day"], maintain_order="left")
        .select(
            *by,
            "day",
            "begins",
            "known_at",
            error=pl.when(pl.col("before").is_null()).then(standing).otherwise(pl.col("before") - pl.col("high")),
            count=pl.col("before").is_null().cast(pl.Float64),
            standing=standing,
            stood=stood,
        )
        .sort("known_at", "day", maintain_order=True)
        .with_row_index("step")
    )


def newest_step(requests: pl.DataFrame, steps: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Add ``step`` to each request: the newest known of those who speak there, null before the first.

    Args:
        requests: the columns ``by``, ``at`` [UTC].
        steps: what :func:`error_steps` returns.
        by: columns that name who erred.
    """
    return lookup(requests, steps.select(*by, "known_at", "step"), by=by)


def candidates(
    asked: pl.DataFrame, steps: pl.DataFrame, by: Sequence[str], half_lives: Sequence[float]
) -> pl.DataFrame:
    """Add the biases as they stand after a step.

    A bias is a ratio of two running sums, with weights ``2 ** ((day - era start) / half life)``
    that grow along the record, so that one sum serves every event day. A float would overflow
    after a thousand half-lives, so the record is cut in eras of 400 of the shortest; in each
    era what came before it is summed, too.

    Args:
        asked: ``step``, ``day`` of the event.
        steps: what :func:`error_steps` returns.
        by: columns that name who erred.
        half_lives: calendar days in which the weight of an error halves [d], a candidate each.

    Returns:
        The rows in their order with ``bias_0``, ``bias_1`` and so on [°F], in the order of the half-lives;
        null where ``step`` is.
    """
    era = _era(half_lives)
    placed = asked.with_columns(era=era)
    growth: dict[str, pl.Expr] = {}
    sums: dict[str, pl.Expr] = {}
    biases: dict[str, pl.Expr] = {}
    for n, half_life in enumerate(half_lives):
        growth[f"growth_{n}"] = _growth(half_life, half_lives)
        grown = pl.col(f"growth_{n}")
        sums |= {f"errors_{n}": grown * pl.col("error"), f"weights_{n}": grown * pl.col("count")}
        biases[f"bias_{n}"] = pl.col(f"errors_{n}") / (pl.col(f"weights_{n}") + PRIOR_WEIGHT * growth[f"growth_{n}"])
    summed = (
        steps.select(*by, "step", "day", "error", "count")
        .join(placed.select("era").unique(), how="cross", maintain_order="left")
        .filter(era <= pl.col("era"))
        .with_columns(**growth)
        .select(*by, "step", "era", **sums)
        .with_columns(pl.col(*sums).cum_sum().over(*by, "era"))
        .drop(by)
    )
    return placed.join(summed, on=["step", "era"], how="left", maintain_order="left").select(*asked.columns, **biases)


def _era(half_lives: Sequence[float]) -> pl.Expr:
    return divide(pl.col("day").cast(pl.Int32), ERA * min(half_lives)).floor().cast(pl.Int32)


def _growth(half_life: float, half_lives: Sequence[float]) -> pl.Expr:
    """Weight of an error of ``day`` in ``era``, before it is divided by that of the event's day."""
    days = pl.col("day").cast(pl.Int32) - pl.col("era") * ERA * min(half_lives)
    return 2.0 ** divide(days, half_life)
