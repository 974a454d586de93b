"""Which models speak in a window of a walk: those stored that could have spoken when it opened, or newly trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol

from drybulb.adapters.lake import Lake
from drybulb.adapters.model_manifest import ModelManifest
from drybulb.adapters.registry import Registry
from drybulb.app.anchor_beliefs import Eras
from drybulb.app.asked_once import AskedOnce
from drybulb.app.asking import BeliefMaker
from drybulb.app.config import Config
from drybulb.app.forecaster import Forecaster
from drybulb.app.locked import models_of
from drybulb.app.noted_training import train
from drybulb.app.openings import Opened
from drybulb.app.progress import Progress, silent
from drybulb.app.walked_windows import Window
from drybulb.forecast.training import NAME
from drybulb.forecast.training_card import instant_text


class Models(StrEnum):
    """Where the models of a window come from."""

    REUSE = "reuse"
    TRAIN = "train"


def train_missing(
    lake: Lake, config: Config, untils: Sequence[datetime], cities: Sequence[str], progress: Progress = silent
) -> tuple[Opened, ...]:
    """Train what no stored model was trained until; whoever was stopped midway goes on with the next.

    Args:
        lake: the tables; models are stored beside them.
        config: the configuration.
        untils: until when to learn [UTC].
        cities: keys of the cities to learn from.
        progress: told what is being done.

    Returns:
        The looks at locked windows that the trainings noted.

    Raises:
        ModelError: nothing to learn from was known by one of them.
        LockedWindow: the file of openings is not what it should be.
    """
    opened: list[Opened] = []
    for number, until in enumerate(untils, start=1):
        stored = {manifest.until for manifest in Registry(lake.path).stock(NAME).manifests}
        if until not in stored:
            progress(f"training until {until:%Y-%m-%d}: {number} of {len(untils)}")
            opened += train(lake, config, until, cities, progress)[1]
    return tuple(opened)


def served(lake: Lake, config: Config, window: Window) -> ModelManifest | str:
    """Return the newest stored model that may speak from the opening of a window to its end, or why none may.

    Args:
        lake: the stored models are beside its tables.
        config: the configuration, ``[training] max_model_age_days``.
        window: the window.
    """
    manifests = Registry(lake.path).stock(NAME).manifests
    able = [one for one in manifests if one.last_known_at <= window.opens_at]
    if not able:
        return f"no stored model may speak at {window.opens_at:%Y-%m-%d %H:%M}Z; train one, or use --models train"
    newest = able[-1]
    oldest = newest.until + timedelta(days=config.training.max_model_age_days)
    # The last event closes before noon of the day after it, wherever it is.
    ends_at = datetime.combine(window.end, time(12), UTC) + timedelta(days=1)
    if ends_at > oldest:
        return (
            f"the newest model that may speak was trained until {newest.until:%Y-%m-%d}, and is out of date on"
            f" {oldest:%Y-%m-%d}; train one, or use --models train"
        )
    return newest


@dataclass(frozen=True, slots=True)
class Speaking:
    """Who speaks in a window.

    Attributes:
        models: ids of the models by name, and until when they learnt.
        maker: makes the beliefs.
    """

    models: dict[str, str]
    maker: BeliefMaker


class Speakers(Protocol):
    """Whoever says who speaks when."""

    def past(self) -> BeliefMaker:
        """Return whoever makes beliefs of any past instant, each as of then."""
        ...

    def of(self, window: Window) -> Speaking | str:
        """Return who speaks in a window from its opening on, or why nobody does."""
        ...


@dataclass(frozen=True, slots=True)
class StoredModels:
    """The models stored in a lake.

    Attributes:
        lake: the tables and the stored models.
        config: the configuration.
    """

    lake: Lake
    config: Config

    def past(self) -> BeliefMaker:
        """Return whoever makes beliefs of any past instant, of each the newest models that could speak then.

        Raises:
            ModelError: none is stored.
        """
        return AskedOnce(Eras.stored(self.lake, self.config))

    def of(self, window: Window) -> Speaking | str:
        """Return the models that could speak at the opening of a window, or why none may.

        Raises:
            ModelError: a stored model that is broken.
        """
        found = served(self.lake, self.config, window)
        if isinstance(found, str):
            return found
        forecaster = Forecaster.load(self.lake, self.config, window.opens_at)
        return Speaking({"until": instant_text(found.until), **models_of(forecaster)}, forecaster)


def stored_before(lake: Lake, instant: datetime) -> list[str]:
    """Return the names and ids of the stored models that could speak by an instant, sorted."""
    registry = Registry(lake.path)
    found = (one for name in registry.names() for one in registry.stock(name).manifests)
    return sorted(f"{one.name}/{one.id}" for one in found if one.last_known_at <= instant)
