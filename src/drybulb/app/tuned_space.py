"""What `drybulb tune` may set: the rules of a model's hazards, by name, and the block of settings they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from itertools import groupby
from typing import Any

from drybulb.adapters.search import Dimension
from drybulb.forecast.hazard import HazardRules
from drybulb.forecast.model_card import CITY, GLOBAL

_SPACE = (
    Dimension("trees", 20, 200, is_whole=True),
    Dimension("leaves", 4, 31, is_whole=True),
    Dimension("learning_rate", 0.02, 0.3),
    Dimension("events_in_leaf", 10, 150),
    Dimension("feature_share", 0.15, 1.0),
    Dimension("ridge", 0.5, 50),
    Dimension("smoothing", 0.2, 20),
    Dimension("bins", 15, 127, is_whole=True),
)


def space_of(members: Sequence[HazardRules]) -> tuple[Dimension, ...]:
    """What may be set of a model's members, named such as ``H1.trees``."""
    return tuple(replace(one, name=f"{rule.name}.{one.name}") for rule in members for one in _SPACE)


def settings_of(members: Sequence[HazardRules]) -> dict[str, float]:
    """The settings that a model's members have."""
    return {f"{rule.name}.{one.name}": getattr(rule, one.name) for rule in members for one in _SPACE}


def fixed_of(members: Sequence[HazardRules]) -> dict[str, Any]:
    """The rules of a model's members that are not searched, such as ``H1.pairs``."""
    searched = settings_of(members)
    named = ((f"{rule.name}.{name}", value) for rule in members for name, value in asdict(rule).items())
    return {name: value for name, value in named if name not in searched}


def members_with(members: Sequence[HazardRules], settings: Mapping[str, float]) -> tuple[HazardRules, ...]:
    """A model's members with other settings."""
    found = []
    for rule in members:
        own: dict[str, Any] = {one.name: settings[f"{rule.name}.{one.name}"] for one in _SPACE}
        found.append(replace(rule, **own))
    return tuple(found)


def block_of(model: str, settings: Mapping[str, float]) -> str:
    """The block of the configuration that says so, in TOML.

    Args:
        model: its name in the registry, such as ``global`` or ``city-miami``.
        settings: by name.
    """
    place = GLOBAL if model == GLOBAL else f"city_of.{model.removeprefix(f'{CITY}-')}"
    lines = []
    for member, named in groupby(settings, key=lambda name: name.split(".")[0]):
        lines.append(f"[hazards.{place}.{member}]")
        lines += [f"{name.split('.')[1]} = {settings[name]}" for name in named]
    return "\n".join(lines) + "\n"
