"""The documents of a run's folder, as far as its page shows them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Interval = tuple[float, float]
Lead = Annotated[int, Field(ge=0, le=1)]


class Read(BaseModel):
    """A document as read: frozen, finite, and with more in it than the page needs."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class PerDay(Read):
    """Mean gain of an event day and its 90 % interval [dollars]."""

    mean: float | None
    ci90: Interval | None


class OnCapital(Read):
    """Mean gain of a dollar at stake for a day and its 90 % interval [1/day]."""

    mean: float
    ci90: Interval | None


class Worth(Read):
    """What a result is worth: the verdict, what it would take, and what it took."""

    verdict: Literal["earns", "loses", "too early to say"]
    reason: str
    event_days: int
    days_traded: int
    unseen_per_day_usd: float | None
    days_needed: int | None
    days_further: int | None
    pnl_without_two_best_usd: float
    turnover_usd: float
    sharpe_per_day: float | None
    capital_days_usd: float | None
    pnl_per_capital_day: OnCapital | None


class Part(Read):
    """Numbers of a part of a run."""

    orders: int
    fills: int
    contracts: float
    fees_usd: float
    pnl_usd: float
    pnl_per_day: PerDay
    max_drawdown_usd: float
    worth: Worth


class CityPart(Part):
    """Numbers of a city, or of all of them."""

    events: int
    refused: dict[str, int]
    beliefs: dict[str, int]
    by_lead: dict[Lead, Part] = Field(default_factory=dict)  # the total has none


class RunDocument(Read):
    """The file ``run.json``."""

    kind: Literal["backtest/1"] = Field(alias="schema")
    window: tuple[date, date]
    policy: str
    fills: str
    bankroll_usd: int
    cities: dict[str, CityPart]
    total: CityPart
    by_lead: dict[Lead, Part]
    assumptions: list[str]
    notes: list[str]
    not_traded: dict[str, int]
    challengers: dict[str, str]  # folder by name
    digest: str
    config: str
    lake: str
    files: dict[str, str]  # SHA-256 of the run's other files, less the journal's, which is ``digest``
    result: str  # SHA-256 of all the rest of this document


class ScoreRow(Read):
    """Scores of one forecaster at one clock."""

    city: str
    clock: str
    lead: Lead
    forecaster: str
    paired_with: str | None
    n_events: int
    crps: float | None
    rps: float | None
    log_score: float | None
    mae: float | None
    within_1: float | None
    within_2: float | None
    ci90: dict[str, Interval | None]


class Comparison(Read):
    """A paired difference of one score; below zero the forecaster is better than the reference."""

    city: str
    clock: str
    lead: Lead
    paired_with: str | None
    forecaster: str
    reference: str
    metric: str
    n_events: int
    difference: float
    ci90: Interval


class VerifyDocument(Read):
    """The file ``verify.json``."""

    kind: Literal["verify/1"] = Field(alias="schema")
    window: tuple[date, date]
    rows: list[ScoreRow]
    comparisons: list[Comparison]
    notes: list[str]


class Degrees(Read):
    """How often the high lay in the whole degrees of a central interval."""

    mass: float
    hits: float
    hits_ci90: Interval


class Covered(Read):
    """How often the PIT lay in a central interval."""

    level: float
    covered: float
    covered_ci90: Interval
    degrees: Degrees


class ReliabilityBin(Read):
    """Forecasts of about one probability, and how often it was so."""

    mean_forecast: float
    frequency: float
    frequency_ci90: Interval | None


class CalibrationRow(Read):
    """Calibration of one forecaster in one city, at one lead and clock."""

    city: str
    lead: Lead
    clock: str
    forecaster: str
    n_events: int
    pit: list[float]
    pit_ci90: list[Interval]
    pit_deviation: float
    pit_deviation_chance: float
    coverage: list[Covered]
    sd: float
    width_80: float
    gamma: float | None
    gamma_ci90: Interval | None
    reliability: list[ReliabilityBin]


class CalibrationDocument(Read):
    """The file ``calibration.json``."""

    kind: Literal["calibration/1"] = Field(alias="schema")
    window: tuple[date, date]
    rows: list[CalibrationRow]
    notes: list[str]


class MarkoutRow(Read):
    """Markouts of the fills of one part of a run at one horizon [cents a contract]."""

    city: str
    lead: Lead | Literal["all"]
    horizon: str
    fills: int
    contracts: float
    mean_cents: float | None
    ci90: Interval | None


class MarkoutDocument(Read):
    """The file ``markouts.json``."""

    kind: Literal["markouts/1"] = Field(alias="schema")
    horizons: list[str]
    rows: list[MarkoutRow]
    notes: list[str]
