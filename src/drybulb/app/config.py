"""Configuration: the packaged defaults, then the user's file; unknown keys are refused.

Lists of blocks (``[[sessions]]``, ``[[fees]]``, ``[[calendar]]``, ``[[locked]]``) replace the default list as a whole;
tables are merged key by key, so one ``[city.X]`` block adds a city.
"""

from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from drybulb.app.anchor_block import AnchorBlock
from drybulb.app.block import Block
from drybulb.app.calendar_block import ReleaseBlock
from drybulb.app.hazards_block import HazardsBlock
from drybulb.app.locked_block import EvaluationBlock, LockedBlock, check_locked
from drybulb.app.risk_block import CapsBlock, RiskBlock, check_risk
from drybulb.app.strategy_block import StrategyBlock
from drybulb.app.watch_block import WatchBlock
from drybulb.domain.city import City
from drybulb.domain.fees import FeeRule
from drybulb.errors import ConfigError, DomainError, FeeError


class CityBlock(Block):
    """One ``[city.X]`` block; see :class:`drybulb.domain.city.City` for the fields."""

    code: str
    name: str
    station: str
    series: str
    legacy_series: tuple[str, ...] = ()
    standard_offset_hours: int
    time_zone: str
    ghcn: str
    latitude: float
    longitude: float
    elevation_m: float
    neighbour: str | None = None


class LatencyBlock(Block):
    """Seconds between a row's own time and when a trader could have had it [s]."""

    print: int = Field(ge=0)
    quote: int = Field(ge=0)
    metar: int = Field(ge=0)
    hourly: int = Field(ge=0)
    five_minute: int = Field(ge=0)
    guidance_model_run_time: int = Field(ge=0)
    guidance_asof_12z: int = Field(ge=0)
    guidance_capture_approx: int = Field(ge=0)
    guidance_safe_upper_bound: int = Field(ge=0)
    guidance_tz_uncertain: int = Field(ge=0)
    official_final: int = Field(ge=0)
    settlement: int = Field(ge=0)


class SessionEra(Block):
    """Hours of the exchange from a date on, in exchange-local time, with the evidence for them."""

    starts: date = Field(alias="from")
    hours: tuple[tuple[str, str], ...]
    evidence: str


class FeeBlock(Block):
    """One fee rule: series (or ``*``), first day, type, multiplier and rounding."""

    series: str
    starts: date = Field(alias="from")
    fee_type: str
    multiplier: str
    rounding: Literal["cent", "accumulator_cent", "accumulator"]

    @model_validator(mode="after")
    def _is_a_rule(self) -> FeeBlock:
        """Refuse a type or a multiplier that is none, when it is read and not when it is first charged."""
        try:
            FeeRule.parse(self.series, self.starts, self.fee_type, self.multiplier, self.rounding)
        except FeeError as error:
            raise ValueError(str(error)) from error
        return self


class MarketBlock(Block):
    """What to assume of a market where its listing says nothing, and the member type."""

    open_time: str
    close_time: str
    midnight_close_from: date
    time_zone: str
    member: Literal["direct", "non_direct"]


class BacktestBlock(Block):
    """Assumptions of the simulated exchange and the cadence of beliefs."""

    latency_seconds: int = Field(ge=0)
    order_lifetime_min: int = Field(gt=0, le=5)
    poll_lifetime_min: int = Field(gt=0)
    belief_cadence_min: int = Field(gt=0)


class TrainingBlock(Block):
    """Windows of training and serving."""

    window_days: int = Field(gt=0)
    embargo_days: int = Field(ge=0)
    bias_half_lives_days: tuple[Annotated[float, Field(gt=0)], ...] = Field(min_length=1)
    neighbour_half_life_days: float = Field(gt=0)
    guidance_max_age_hours: float = Field(gt=0)
    climatology_half_window_days: int = Field(gt=0)
    max_model_age_days: int = Field(gt=0)
    threads: int = Field(gt=0)
    seed: int


class ModelsBlock(Block):
    """What is asked of a global or city model before it is served, and how the hybrid joins them."""

    min_events: int = Field(gt=0)
    max_loss: float = Field(ge=0)
    blend_hours: float = Field(gt=0)


class Config(Block):
    """The whole configuration."""

    city: dict[str, CityBlock]
    latency: LatencyBlock
    sessions: tuple[SessionEra, ...]
    fees: tuple[FeeBlock, ...]
    market: MarketBlock
    strategy: StrategyBlock
    calendar: tuple[ReleaseBlock, ...]
    risk: RiskBlock
    caps: CapsBlock
    backtest: BacktestBlock
    training: TrainingBlock
    models: ModelsBlock
    anchor: AnchorBlock
    watch: WatchBlock
    hazards: HazardsBlock
    locked: tuple[LockedBlock, ...] = ()
    evaluation: EvaluationBlock

    def cities(self) -> dict[str, City]:
        """Cities by key, in the order of the configuration.

        Raises:
            ConfigError: an entry that cannot be a city.
        """
        try:
            return {key: City(key=key, **block.model_dump()) for key, block in self.city.items()}
        except DomainError as error:
            raise ConfigError(str(error)) from error

    def find_city(self, key: str) -> City:
        """Return the city called ``key``.

        Raises:
            ConfigError: it is not configured, or cannot be a city.
        """
        cities = self.cities()
        if key not in cities:
            raise ConfigError(f"city {key!r} is not configured; known: {', '.join(cities)}")
        return cities[key]


def _merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        merged[key] = _merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def _read(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name} is not TOML: {error}") from error


def default_text() -> str:
    """The packaged defaults, with their comments."""
    return files("drybulb.app").joinpath("default.toml").read_text(encoding="utf-8")


def load(path: Path | None = None) -> Config:
    """Load the defaults and, over them, the user's file.

    Args:
        path: a TOML file; ``drybulb.toml`` of the working folder when None and present.

    Raises:
        ConfigError: the file is missing, is not TOML, or has a key or value that is
            unknown or wrong; each is listed.
    """
    values = _read(default_text(), "default.toml")
    used = path or (Path("drybulb.toml") if Path("drybulb.toml").exists() else None)
    if used is not None:
        if not used.is_file():
            raise ConfigError(f"config file {used} does not exist; leave --config away to use the defaults")
        values = _merge(values, _read(used.read_text(encoding="utf-8"), str(used)))
    try:
        config = Config.model_validate(values)
    except ValidationError as error:
        faults = "; ".join(_fault(found["loc"], found["msg"], found["input"]) for found in error.errors())
        raise ConfigError(f"{used or 'default.toml'}: {faults}") from error
    for key in config.strategy.city:
        if key not in config.city:
            raise ConfigError(f"[strategy.city.{key}] names no city; known: {', '.join(config.city)}")
    for key in config.hazards.city_of:
        if key not in config.city:
            raise ConfigError(f"[hazards.city_of.{key}] names no city; known: {', '.join(config.city)}")
    for release in config.calendar:
        if unknown := sorted(set(release.cities) - set(config.city)):
            raise ConfigError(
                f"[[calendar]] {release.name} names no city {unknown[0]!r}; known: {', '.join(config.city)}"
            )
    check_risk(config.risk, config.caps, config.city)
    check_locked(config.locked, config.city)
    config.watch.when()
    config.cities()
    return config


def _fault(place: tuple[int | str, ...], words: str, given: object) -> str:
    """Say where a setting is wrong, and what stood there where that is one value."""
    said = "" if given is None or isinstance(given, dict | list | tuple) else f"; it is {given!r}"
    return f"{'.'.join(str(part) for part in place)}: {words}{said}"
