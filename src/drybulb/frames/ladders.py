"""Which events of a markets table have a ladder that tiles, and why the others do not."""

from __future__ import annotations

import polars as pl

from drybulb.domain.bracket import Bracket, Ladder
from drybulb.errors import LadderError


def refused_ladders(markets: pl.DataFrame) -> dict[str, str]:
    """Return event → reason for every event whose brackets do not tile the whole degrees.

    Args:
        markets: rows of ``markets`` (event, low, high [°F]).
    """
    refused: dict[str, str] = {}
    grouped = markets.group_by("event", maintain_order=True).agg("low", "high")
    for event, lows, highs in grouped.iter_rows():
        try:
            Ladder.of(Bracket(low, high) for low, high in zip(lows, highs, strict=True))
        except LadderError as error:
            refused[event] = str(error)
    return refused


def whole_ladders(markets: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of ``markets`` that belong to events whose ladder tiles."""
    refused = list(refused_ladders(markets))
    return markets.filter(~pl.col("event").is_in(refused))
