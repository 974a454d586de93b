"""The trainings behind the page: each until an instant, in a folder of its own, kept as long as it is the same."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from bench.trained import READ, beside, identity, is_noted, note
from drybulb.adapters.lake import Lake
from drybulb.app.config import Config
from drybulb.app.forecaster import Forecaster
from drybulb.app.train import train
from drybulb.domain.city import City
from drybulb.frames.grid import clock_requests

GROUPS = ("max_6h", "max_24h")
"""Columns of the six- and twenty-four-hour groups."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A training.

    Attributes:
        name: of its folder under ``models``.
        until: nothing known later trains [aware].
        without: city left out of it; None where none is.
        tables: names of the tables it sees, and whoever asks its models.
        settings: what of ``[training]`` differs from the stock configuration.
    """

    name: str
    until: datetime
    without: str | None = None
    tables: tuple[str, ...] = READ
    settings: Mapping[str, int] = field(default_factory=dict)

    def configured(self, config: Config) -> Config:
        """The configuration with the settings of this training."""
        return config.model_copy(update={"training": config.training.model_copy(update=dict(self.settings))})


def noon(year: int, month: int = 1, day: int = 1) -> datetime:
    """Noon of a day [UTC]."""
    return datetime(year, month, day, 12, tzinfo=UTC)


def trained(kept: Kept, lake: Path, folder: Path, stock: Config) -> Lake:
    """The lake with the models of a training beside it; trained unless that was done before.

    Args:
        kept: the training.
        lake: the tables.
        folder: of all trainings; this one has a folder of its own in it.
        stock: the configuration.
    """
    config, out = kept.configured(stock), folder / kept.name
    cities = [key for key in config.city if key != kept.without]
    what = identity(lake, config, kept.until, cities)
    if kept.tables != READ:
        what["seen"] = sorted(kept.tables)
    if is_noted(out, what):
        say(f"{kept.name}: the models of {kept.until:%Y-%m-%d} are kept")
        return Lake.existing(out)
    say(f"{kept.name}: train until {kept.until:%Y-%m-%dT%H:%MZ}")
    mine = beside(lake, out, kept.tables)
    train(mine, config, kept.until, cities)
    note(out, what)
    return mine


def together(lake: Path, parts: Iterable[Path], out: Path) -> Lake:
    """A lake of all tables with the models of several trainings, made anew of links.

    Args:
        lake: the tables.
        parts: folders of the trainings.
        out: its folder.
    """
    mine = beside(lake, out, Lake(lake).tables())
    for part in parts:
        for model in (part / "registry").glob("*/*"):
            place = out / "registry" / model.parent.name
            place.mkdir(parents=True, exist_ok=True)
            (place / model.name).symlink_to(model.resolve(), target_is_directory=True)
    return mine


def ungrouped(lake: Path, out: Path, station: str) -> Path:
    """A lake in which the reports of a station have no six- and twenty-four-hour groups; made anew."""
    beside(lake, out, [table for table in READ if table != "observations"])
    readings = out / "observations"
    readings.mkdir()
    for other in (lake / "observations").iterdir():
        if other.name != station:
            (readings / other.name).symlink_to(other.resolve(), target_is_directory=True)
    without = [pl.lit(None, dtype=pl.Float64).alias(name) for name in GROUPS]
    Lake(out).merge("observations", Lake(lake).read("observations", [station]).with_columns(without))
    return out


def asked_at(
    forecaster: Forecaster, city: City, days: Collection[date], hours: Mapping[int, Sequence[int]]
) -> pl.DataFrame:
    """Requests about one city at hours of local standard time, by lead; the snapshot rows of them.

    Args:
        forecaster: who will be asked.
        city: whose events.
        days: event days.
        hours: clock hours by lead [h].
    """
    return forecaster.snapshots(clock_requests({city.key: city}, days, hours))


def say(doing: str) -> None:
    """Tell whoever waits which part of the work begins."""
    sys.stderr.write(f"{doing}\n")
