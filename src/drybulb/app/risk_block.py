"""The blocks ``[risk]`` and ``[caps]``: the limits of a run, and the operator's bounds on them."""

from __future__ import annotations

from collections.abc import Collection

from pydantic import Field

from drybulb.app.block import Block
from drybulb.errors import ConfigError


class LimitValues(Block):
    """Limits no order may exceed."""

    max_trade_usd: int = Field(gt=0)
    max_event_usd: int = Field(gt=0)
    max_region_usd: int = Field(gt=0)
    max_daily_loss_usd: int = Field(gt=0)
    max_open_exposure_usd: int = Field(gt=0)
    max_drawdown_usd: int = Field(gt=0)
    max_positions: int = Field(gt=0)
    max_positions_per_event: int = Field(gt=0)


class RiskBlock(LimitValues):
    """``[risk]``: the limits in force, and which cities share a region; a city in none is a region of its own."""

    regions: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class CapsBlock(LimitValues):
    """``[caps]``: what the operator allows [risk] to be; nothing but the operator's own file writes them."""


def check_risk(risk: RiskBlock, caps: CapsBlock, cities: Collection[str]) -> None:
    """Refuse limits beyond the operator's caps, and regions that are none.

    Raises:
        ConfigError: a limit above its cap, a region of a city that is not configured, or a city in two regions.
    """
    for name in LimitValues.model_fields:
        limit, cap = getattr(risk, name), getattr(caps, name)
        if limit > cap:
            raise ConfigError(f"[risk] {name} = {limit} is above [caps] {name} = {cap}; lower it, or raise the cap")
    placed = [city for region in risk.regions.values() for city in region]
    for city in placed:
        if city not in cities:
            raise ConfigError(f"[risk.regions] names {city!r}, no city; known: {', '.join(cities)}")
        if placed.count(city) > 1:
            raise ConfigError(f"[risk.regions] has {city!r} twice; a city is in one region")
