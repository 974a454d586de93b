"""The block ``[anchor]``: when quotes speak for the market, and what the belief's weight beside it must stand on."""

from __future__ import annotations

from pydantic import Field

from drybulb.app.block import Block


class AnchorBlock(Block):
    """Bounds of a ladder that speaks for the market, and of the events a weight is fitted on."""

    max_spread_cents: float = Field(gt=0)
    max_span_min: int = Field(ge=0)
    min_events: int = Field(gt=1)
    city_events: int = Field(gt=1)
    prior_events: int = Field(ge=0)
    coverage: float = Field(gt=0, lt=1)
