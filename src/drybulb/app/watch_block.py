"""The block ``[watch]``: the bet of the market against the belief, registered before its first event."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from drybulb.app.block import Block
from drybulb.errors import ConfigError, DomainError
from drybulb.strategy.decision_clock import DecisionClock


class WatchBlock(Block):
    """What is watched, from when on, and what stops a city; another first day registers it anew."""

    starts: date = Field(alias="from")
    forecaster: str = Field(min_length=1)
    clock: str
    share: float = Field(gt=0, lt=1)
    level: float = Field(gt=1)
    is_enforced: bool

    def when(self) -> DecisionClock:
        """When belief and market are read.

        Raises:
            ConfigError: no clock.
        """
        try:
            return DecisionClock.parse(self.clock)
        except DomainError as error:
            raise ConfigError(f"[watch] clock: {error}") from error
