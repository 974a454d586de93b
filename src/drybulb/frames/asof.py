"""What was known at an instant: lives of versions, logs of what stood, and the one join on ``known_at``.

A *log* is a frame keyed by some columns and an instant ``known_at``: what stands from
that instant until the key's next row. Everything a snapshot says is looked up in logs by
:func:`lookup`, the only join in time of this package, so that a row known after ``at``
cannot reach it. A log's prefix up to an instant is made of rows known by then alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import polars as pl

INSTANT = pl.Datetime("us", "UTC")

#: Stands for "never" where an instant is missing, so that it can be a key.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def with_lives(rows: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Say until when each version of a row was the newest known.

    Args:
        rows: versions of things; several rows of one ``key`` are corrections of each other.
        key: columns that name the thing.

    Returns:
        ``rows`` sorted by key and ``known_at``, with ``until`` [UTC]: the ``known_at`` of
        the next version, ``NEVER`` for the last.
    """
    ordered = rows.sort(*key, "known_at", maintain_order=True)
    corrected = pl.all_horizontal(*(pl.col(name) == pl.col(name).shift(-1) for name in key))
    return ordered.with_columns(
        until=pl.when(corrected).then(pl.col("known_at").shift(-1)).fill_null(pl.lit(NEVER, INSTANT))
    ).filter(pl.col("known_at") < pl.col("until"))


def best_alive(items: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Log the best item alive at every instant.

    An item is alive from its ``known_at`` until before its ``until``. Items that die at the
    same instant form a class, within which the best so far only ever improves; the best of
    all is the best over the classes not yet dead. Corrections and late rows cost classes,
    not correctness.

    Args:
        items: rows in rising order of preference, with ``known_at`` and ``until``.
        by: columns within which items compete.

    Returns:
        A log by ``by``: the other columns of the best item, null where none is alive.
    """
    ranked = items.with_row_index("rank")
    classes = (
        ranked.select(*by, "until", "known_at", "rank")
        .sort(*by, "until", "known_at", "rank")
        .with_columns(pl.col("rank").cum_max().over(*by, "until"))
    )
    born = ranked.select(*by, "known_at")
    died = ranked.filter(pl.col("until") < NEVER).select(*by, known_at="until")
    instants = pl.concat([born, died]).unique()
    standing = (
        instants.join(classes.select(*by, "until").unique(), on=[*by])
        .filter(pl.col("known_at") < pl.col("until"))
        .pipe(lookup, classes, by=[*by, "until"], at="known_at")
        .group_by(*by, "known_at")
        .agg(pl.col("rank").max())
    )
    return (
        instants.join(standing, on=[*by, "known_at"], how="left")
        .join(ranked.drop(*by, "known_at", "until"), on="rank", how="left")
        .drop("rank")
    )


def count_alive(items: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Log how many items are alive at every instant.

    Args:
        items: rows with ``known_at`` and ``until``.
        by: columns within which they are counted.

    Returns:
        A log by ``by`` with ``alive`` (Int32).
    """
    born = items.select(*by, "known_at", change=pl.lit(1, pl.Int32))
    died = items.filter(pl.col("until") < NEVER).select(*by, known_at="until", change=pl.lit(-1, pl.Int32))
    return (
        pl.concat([born, died])
        .group_by(*by, "known_at")
        .agg(pl.col("change").sum())
        .sort(*by, "known_at")
        .select(*by, "known_at", alive=pl.col("change").cum_sum().over(*by))
    )


def lookup(requests: pl.DataFrame, log: pl.DataFrame, by: Sequence[str], at: str = "at") -> pl.DataFrame:
    """Join to each request what stood in ``log`` at its instant.

    Args:
        requests: rows with the columns ``by`` and ``at``.
        log: a log by ``by``; of rows with equal key and ``known_at`` the last one stands.
        by: key columns.
        at: name of the instant column of ``requests`` [UTC].

    Returns:
        ``requests`` in their order with the log's other columns, null where nothing stood yet.
    """
    instant = "_known_at"
    sorted_log = log.rename({"known_at": instant}).sort(instant, maintain_order=True)
    joined = (
        requests.with_row_index("_request")
        .sort(at)
        .join_asof(
            sorted_log,
            left_on=at,
            right_on=instant,
            by=[*by],
            strategy="backward",
            coalesce=False,
            check_sortedness=False,
        )
    )
    return joined.sort("_request").drop("_request", instant)
