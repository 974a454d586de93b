"""`drybulb train`, and a look at locked days noted: a model that serves learns from them, and its card scores them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from drybulb.adapters.lake import Lake
from drybulb.app import train as use_case
from drybulb.app.config import Config
from drybulb.app.locked import noted, span_of, touched
from drybulb.app.locked_block import LockedBlock
from drybulb.app.openings import Opened, openings
from drybulb.app.progress import Progress, silent
from drybulb.app.train import TrainResult
from drybulb.domain.city import City
from drybulb.forecast.labels import known_labels

Days = Mapping[str, Sequence[date]]
"""Days by city key."""


def train(
    lake: Lake,
    config: Config,
    until: datetime,
    cities: Sequence[str] | None = None,
    progress: Progress = silent,
    now: datetime | None = None,
) -> tuple[TrainResult, tuple[Opened, ...]]:
    """Fit and store every forecaster; where its scores out of fold are of locked days, say so and note the look.

    Nobody is refused: what serves should know all it can. An opening noted here has no reason, and unlocks nothing.

    Args:
        lake: the tables; the models are stored beside them.
        config: the configuration.
        until: nothing known later is used [aware].
        cities: city keys; all when None.
        progress: told what is being done.
        now: when [aware]; the clock when None.

    Returns:
        The result, with a note a locked window looked into, and the openings noted.

    Raises:
        ConfigError: a city that is not configured.
        LockedWindow: the file of openings is not what it should be.
        ModelError: nothing to learn from was known by ``until``.
    """
    keys = list(config.city) if cities is None else list(cities)
    windows = touched(config, date.min, until.date(), keys)
    if windows:
        openings(config.evaluation.file)  # a list that is none is found before the work, which is long
    result = use_case.train(lake, config, until, cities, progress)
    found = {window: locked_days(lake, config, result, window) for window in windows}
    opened = [one for window, days in found.items() for one in _noted(config, window, days, result, now)]
    sentences = tuple(_sentence(window, days) for window, days in found.items() if days)
    return replace(result, card=replace(result.card, notes=(*result.card.notes, *sentences))), tuple(opened)


def locked_days(lake: Lake, config: Config, result: TrainResult, window: LockedBlock) -> Days:
    """Labelled days of a locked window between the first and the last that a training has of each city.

    Which of them had readings or guidance too is not looked up: none it was scored on is missing here.

    Args:
        lake: the tables.
        config: the configuration.
        result: of the training.
        window: the window.
    """
    table, found = config.cities(), {}
    for station, key in result.stations.items():
        cards = [card for card in result.card.forecasters if card.station == station]
        firsts, lasts = [card.first for card in cards if card.first], [card.last for card in cards if card.last]
        if not firsts or not lasts or (window.cities and key not in window.cities):
            continue
        first, last = max(min(firsts), window.starts), min(max(lasts), window.ends)
        days = [day for day in _labelled(lake, config, table[key], result.card.until) if first <= day <= last]
        if days:
            found[key] = days
    return found


def _labelled(lake: Lake, config: Config, city: City, until: datetime) -> list[date]:
    official, settlements = lake.read("official", [city.station]), lake.read("settlements", [city.key])
    return known_labels(official, settlements, [city], until, config.training.embargo_days)["day"].to_list()


def _noted(
    config: Config, window: LockedBlock, days: Days, result: TrainResult, now: datetime | None
) -> tuple[Opened, ...]:
    if not days:
        return ()
    span = min(min(one) for one in days.values()), max(max(one) for one in days.values())
    models = {result.manifest.name: result.manifest.id, **{card.name: model for model, card in result.grown}}
    return noted(config, [window], "train", span, list(days), models, "", now)


def _sentence(window: LockedBlock, days: Days) -> str:
    count = len({day for one in days.values() for day in one})
    return (
        f"Scores out of fold include up to {count} days of the locked window {window.name}"
        f" ({' … '.join(span_of(window))}); that look is noted with the openings."
    )
