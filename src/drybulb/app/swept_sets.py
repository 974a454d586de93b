"""What a sweep tries: thresholds of either lead, a weight and a fraction of Kelly, put into one city's settings."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from drybulb.app.config import Config
from drybulb.app.proposal import Proposed
from drybulb.app.strategy_block import CityStrategy
from drybulb.engine.fills import Fills
from drybulb.errors import ConfigError


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """One set of what a city is traded by.

    Attributes:
        min_edge: what an order must promise at lead 0 and at lead 1 [cents per contract].
        weight: of the belief beside the market.
        fraction: of Kelly at either lead; None on the flat stake of the screen, which knows none.
    """

    min_edge: tuple[float, float]
    weight: float
    fraction: float | None = None

    @property
    def name(self) -> str:
        """Its name among others, which is that of a folder too."""
        part = "" if self.fraction is None else f"-f{self.fraction:g}"
        return f"e{self.min_edge[0]:g}-{self.min_edge[1]:g}-w{self.weight:g}{part}"

    def at(self, fraction: float) -> ParameterSet:
        """Return the set at a fraction of Kelly."""
        return replace(self, fraction=float(fraction))

    def values(self, fills: Fills) -> dict[str, Proposed]:
        """Return what the block of a city says of it: the threshold is that of whoever makes where makers fill."""
        edge = "maker_min_edge_cents" if fills.is_maker else "min_edge_cents"
        part: dict[str, Proposed] = {} if self.fraction is None else {"kelly_fraction": (self.fraction, self.fraction)}
        return {edge: self.min_edge, "weight": self.weight, **part}

    def to_json(self) -> dict[str, Any]:
        """Return it as a log and a document have it."""
        return {"min_edge_cents": list(self.min_edge), "weight": self.weight, "kelly_fraction": self.fraction}


@dataclass(frozen=True, slots=True)
class Grid:
    """What is tried.

    Attributes:
        min_edges: thresholds, each at lead 0 with each at lead 1 [cents per contract].
        weights: of the belief beside the market, in (0, 1].
        fractions: of Kelly, in (0, 1].
        top: how many of those screened are replayed.

    Raises:
        ConfigError: an empty list, a value twice, two that print alike, or one outside its bounds.
    """

    min_edges: tuple[float, ...] = (1.0, 2.0, 3.0, 5.0, 8.0)
    weights: tuple[float, ...] = (0.25, 0.5, 1.0)
    fractions: tuple[float, ...] = (0.1, 0.25, 0.5)
    top: int = 3

    def __post_init__(self) -> None:
        """Refuse what cannot be tried."""
        _check("min_edge", self.min_edges, 0.0, 100.0)
        for name, values in (("weight", self.weights), ("fraction", self.fractions)):
            _check(name, values, math.nextafter(0.0, 1.0), 1.0)
        if self.top < 1:
            raise ConfigError(f"top is {self.top}; replay 1 set at least")

    def screened(self) -> Iterator[ParameterSet]:
        """Yield what is screened by threshold; of one pair of them the heaviest weight first, the belief as it is."""
        edges, weights = sorted(self.min_edges), sorted(self.weights, reverse=True)
        for first, second, weight in product(edges, edges, weights):
            yield ParameterSet((float(first), float(second)), float(weight))

    def to_json(self) -> dict[str, Any]:
        """Return it as a document has it."""
        return {
            "min_edge_cents": sorted(self.min_edges),
            "weight": sorted(self.weights),
            "kelly_fraction": sorted(self.fractions),
            "top": self.top,
        }


def _check(name: str, values: Sequence[float], least: float, most: float) -> None:
    if not values or len(set(values)) < len(values):
        raise ConfigError(f"{name} has {list(values)}; give one value at least, each once")
    if wrong := [value for value in values if not least <= value <= most]:
        bounds = "above 0" if 0.0 < least < 1e-300 else f"at least {least:g}"
        raise ConfigError(f"{name} {wrong[0]:g} cannot be tried; give numbers {bounds} and at most {most:g}")
    check_names(name, values)


def check_names(name: str, values: Sequence[float]) -> None:
    """Refuse values whose sets would have one name: what was tried of one would be taken for the other.

    Args:
        name: of the values.
        values: in any order.

    Raises:
        ConfigError: two that print alike.
    """
    printed: dict[str, list[float]] = {}
    for value in values:
        printed.setdefault(f"{value:g}", []).append(value)
    for text, alike in printed.items():
        if len(alike) > 1:
            both = " and ".join(repr(value) for value in alike)
            raise ConfigError(f"{name} {both} both print as {text}, and sets are named so; keep one of them")


def configured(config: Config, city: str, fills: Fills) -> dict[str, Any]:
    """Return what the settings in force say of all that a set says, as a document has it."""
    own = config.strategy.city.get(city)
    said = {} if own is None else own.model_dump(exclude_none=True)
    trade = config.strategy.model_copy(update=said)
    edges = trade.maker_min_edge_cents if fills.is_maker else trade.min_edge_cents
    return {"min_edge_cents": list(edges), "weight": trade.weight, "kelly_fraction": list(trade.kelly_fraction)}


def with_set(config: Config, city: str, tried: ParameterSet, fills: Fills) -> Config:
    """Return the settings with a set in the block of its city, and nothing else changed.

    Args:
        config: the settings in force; they stay as they are.
        city: key of the city.
        tried: the set.
        fills: what the simulated exchange grants, which says whose threshold it is.
    """
    own = config.strategy.city.get(city, CityStrategy())
    block = CityStrategy.model_validate({**own.model_dump(exclude_none=True), **tried.values(fills)})
    strategy = config.strategy.model_copy(update={"city": {**config.strategy.city, city: block}})
    return config.model_copy(update={"strategy": strategy})
