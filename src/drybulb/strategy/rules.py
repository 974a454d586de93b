"""What a policy trades by: thresholds and shares of each city, gates, calendar and sizing, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from drybulb.domain.money import COUNT_PER_CONTRACT
from drybulb.strategy.anchor import AnchorRules
from drybulb.strategy.policy import Gates, Threshold
from drybulb.strategy.releases import Releases
from drybulb.strategy.sizing import Drawdown, SizingRules


@dataclass(frozen=True, slots=True)
class CityRules:
    """What one city is traded by.

    Attributes:
        thresholds: of an order that takes, at lead 0 and at lead 1.
        making: of an order that waits in the book, likewise.
        budget: share of the free cash that one event is sized on.
        weight: of the belief beside the market in log odds; at 1 the belief as it is, at 0 nothing is traded.
    """

    thresholds: tuple[Threshold, Threshold]
    making: tuple[Threshold, Threshold]
    budget: float = 1.0
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Rules:
    """What every city is traded by.

    Attributes:
        cities: by key.
        gates: what a belief and a quote must be.
        anchor: when quotes speak for the market, for a weight below 1.
        releases: when nothing rests and nothing is taken.
        hysteresis: more than the threshold, to trade against what is held in that market [centicents per contract].
        step: what counts are a multiple of [1/100 contract].
        drawdown: what sizes are held down by, beside the fraction of Kelly.
        max_trade: cash that one order may take, which bounds a riskless set; None where nothing does [microdollars].
        max_event: what all of its orders together may take, likewise [microdollars].
    """

    cities: Mapping[str, CityRules]
    gates: Gates
    anchor: AnchorRules
    releases: Releases = field(default_factory=Releases)
    hysteresis: float = 0.0
    step: int = COUNT_PER_CONTRACT
    drawdown: Drawdown | None = None
    max_trade: int | None = None
    max_event: int | None = None

    def threshold(self, city: str, lead: int, *, is_taker: bool) -> Threshold:
        """Return what an order of ``city`` at ``lead`` must promise, and its fraction of Kelly."""
        own = self.cities[city]
        return (own.thresholds if is_taker else own.making)[lead]

    def sizing(self, threshold: Threshold) -> SizingRules:
        """Return how an order of ``threshold`` is sized: a fraction of Kelly is a risk aversion of its inverse."""
        return SizingRules(1.0 / threshold.kelly_fraction, self.step, self.drawdown)
