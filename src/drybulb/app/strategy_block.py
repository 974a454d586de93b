"""The block ``[strategy]``: what a trade must promise, how it is sized, and what a belief and a quote must be."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from drybulb.app.block import Block
from drybulb.errors import DomainError
from drybulb.strategy.sizing import MOST_RISK_AVERSE, Drawdown

#: Of Kelly: sizes are found up to a risk aversion of its inverse, 25.
Fraction = Annotated[float, Field(ge=1.0 / MOST_RISK_AVERSE, le=1)]
Cents = Annotated[float, Field(ge=0)]


class DrawdownBlock(Block):
    """``[strategy.drawdown]``: the chance of ever falling below a share of what one has, if all goes as believed."""

    share: float = Field(gt=0, lt=1)
    chance: float = Field(gt=0, lt=1)

    @model_validator(mode="after")
    def _can_be_kept(self) -> DrawdownBlock:
        """Refuse what no stake could keep to."""
        try:
            Drawdown(self.share, self.chance)
        except DomainError as error:
            raise ValueError(str(error)) from error
        return self


class StrategyValues(Block):
    """What every city has; pairs are (lead 0, lead 1)."""

    bankroll_usd: int = Field(gt=0)
    min_edge_cents: tuple[float, float]
    maker_min_edge_cents: tuple[Cents, Cents]
    hysteresis_cents: float = Field(ge=0)
    kelly_fraction: tuple[Fraction, Fraction]
    budget: float = Field(gt=0, le=1)
    weight: float = Field(ge=0, le=1)
    contract_step: Literal["1", "0.01"]
    max_quote_age_min: int = Field(ge=0)
    max_spread_cents: float = Field(gt=0)
    max_belief_age_min: int = Field(ge=1)
    min_minutes_to_close: int = Field(ge=0)
    cooldown_min: int = Field(ge=0)
    drawdown: DrawdownBlock | None = None


class CityStrategy(Block):
    """What a ``[strategy.city.X]`` block may override."""

    min_edge_cents: tuple[float, float] | None = None
    maker_min_edge_cents: tuple[Cents, Cents] | None = None
    kelly_fraction: tuple[Fraction, Fraction] | None = None
    budget: float | None = Field(default=None, gt=0, le=1)
    weight: float | None = Field(default=None, ge=0, le=1)


class StrategyBlock(StrategyValues):
    """``[strategy]`` with its ``[strategy.city.X]`` overrides."""

    city: dict[str, CityStrategy] = Field(default_factory=dict)
