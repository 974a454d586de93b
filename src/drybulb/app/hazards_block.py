"""The block ``[hazards]``: how the boosted hazards of the global model and of the city models are grown."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from drybulb.app.block import Block
from drybulb.forecast.hazard import HazardRules
from drybulb.forecast.member_rules import MemberRules


class HazardValues(Block):
    """How one hazard is grown; see :class:`drybulb.forecast.hazard.HazardRules` for what each value means."""

    trees: int = Field(ge=1)
    leaves: int = Field(ge=2)
    learning_rate: float = Field(gt=0, le=1)
    events_in_leaf: float = Field(gt=0)
    feature_share: float = Field(gt=0, le=1)
    ridge: float = Field(ge=0)
    smoothing: float = Field(ge=0)
    bins: int = Field(ge=2, le=255)
    pairs: int = Field(ge=1)


class GlobalHazards(Block):
    """``[hazards.global]``: the one hazard of the global model."""

    H1: HazardValues


class CityHazards(Block):
    """``[hazards.city]``: the two hazards of every city model."""

    H0: HazardValues
    H1: HazardValues


class HazardsBlock(Block):
    """``[hazards]``; a ``[hazards.city_of.X.H1]`` block says what is otherwise in one city."""

    global_: GlobalHazards = Field(alias="global")
    city: CityHazards
    city_of: dict[str, CityHazards] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, values: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
        """Fill what a city does not say otherwise from ``[hazards.city]``."""
        if not isinstance(values, dict) or not isinstance(values.get("city_of"), dict):
            return values
        every = values.get("city", {})
        whole = {key: _over(every, own) for key, own in values["city_of"].items()}
        return {**values, "city_of": whole}

    def members(self) -> MemberRules:
        """The rules of every model's members."""
        return MemberRules(
            (_rules("H1", self.global_.H1),),
            _members(self.city),
            {key: _members(own) for key, own in self.city_of.items()},
        )


def _over(base: Any, over: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
    if not isinstance(base, dict) or not isinstance(over, dict):
        return over
    return {**base, **{key: _over(base.get(key), value) for key, value in over.items()}}


def _members(city: CityHazards) -> tuple[HazardRules, ...]:
    return _rules("H0", city.H0), _rules("H1", city.H1)


def _rules(name: str, values: HazardValues) -> HazardRules:
    return HazardRules(name=name, from_anchor=name == "H1", **values.model_dump())
