"""How the members of the global model and of the city models are grown, one city's otherwise where that is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from drybulb.forecast.hazard import HazardRules
from drybulb.forecast.model_card import CITY, GLOBAL


@dataclass(frozen=True, slots=True)
class MemberRules:
    """The members of every model.

    Attributes:
        pooled: of the global model.
        city: of a city model, where its city has none of its own.
        city_of: of one city's model, by city key.
    """

    pooled: tuple[HazardRules, ...]
    city: tuple[HazardRules, ...]
    city_of: Mapping[str, tuple[HazardRules, ...]] = field(default_factory=dict)

    def of(self, name: str) -> tuple[HazardRules, ...]:
        """Members of a model.

        Args:
            name: its name in the registry, such as ``global`` or ``city-miami``.
        """
        return self.pooled if name == GLOBAL else self.city_of.get(name.removeprefix(f"{CITY}-"), self.city)

    def having(self, name: str, members: tuple[HazardRules, ...]) -> MemberRules:
        """The same with other members of one model."""
        if name == GLOBAL:
            return replace(self, pooled=members)
        return replace(self, city_of={**self.city_of, name.removeprefix(f"{CITY}-"): members})
