"""The blocks ``[risk]`` and ``[caps]``: the limits of a run, and the operator's bounds on them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

from pydantic import Field

from drybulb.app.block import Block
from drybulb.errors import ConfigError

#: A whole number and nothing that can be read as one: a limit says what it is.
Limit = Annotated[int, Field(gt=0, strict=True)]


class LimitValues(Block):
    """Limits no order may exceed."""

    max_trade_usd: Limit
    max_event_usd: Limit
    max_region_usd: Limit
    max_daily_loss_usd: Limit
    max_open_exposure_usd: Limit
    max_drawdown_usd: Limit
    max_positions: Limit
    max_positions_per_event: Limit


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
