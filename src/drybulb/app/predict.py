"""`drybulb predict`: one belief about one event at one instant, with what it stood on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app.anchored_event import AnchoredEvent, anchored_event
from drybulb.app.config import Config
from drybulb.app.explain import Explained, explained, readings
from drybulb.app.forecaster import Forecaster
from drybulb.domain.bracket import Bracket
from drybulb.domain.climateday import ClimateDay, require_aware
from drybulb.domain.distribution import MILLION, Belief
from drybulb.frames.consensus import consensus
from drybulb.frames.grid import one_request
from drybulb.frames.ladders import whole_ladders

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
_SHOWN = (
    "hours",
    "running_max",
    "group_max",
    "reading_max",
    "report_max",
    "last_temp",
    "last_temp_age",
    "neighbour_running_max",
    "guidance",
    "guidance_raw",
    "guidance_n",
    "guidance_spread",
    "guidance_age",
    "last_high",
    "last_high_lag",
)


@dataclass(frozen=True, slots=True)
class PredictResult:
    """A belief with its ladder, the market's probabilities and the snapshot it stood on.

    Attributes:
        belief: it.
        lead: 0 on the event's day, 1 on the day before.
        ladder: the listed markets with the belief's and the market's probability.
        inputs: the snapshot's most telling columns.
        explanation: how the belief came about, None where nobody asked.
        readings: what the stations had read that day, for a picture; None where nobody asked.
        anchor: what the pool with the market makes of it; None where no weights of the forecaster are stored.
    """

    belief: Belief
    lead: int
    ladder: list[dict[str, Any]]
    inputs: dict[str, Any]
    explanation: Explained | None = None
    readings: pl.DataFrame | None = None
    anchor: AnchoredEvent | None = None

    def to_json(self) -> dict[str, Any]:
        """The document of schema ``predict/1``."""
        belief, spread = self.belief, self.belief.distribution
        cells = [] if spread is None else list(enumerate(spread.millionths, start=spread.low))
        return {
            "schema": "predict/1",
            "city": belief.city,
            "day": belief.day.isoformat(),
            "at": belief.at.isoformat(),
            "lead": self.lead,
            "source": belief.source,
            "reason": belief.reason,
            "model": belief.model,
            "mean": None if spread is None else spread.mean(),
            "quantiles": None if spread is None else {f"{round(q * 100)} %": spread.quantile(q) for q in QUANTILES},
            "pmf": [{"degree": degree, "probability": mass / MILLION} for degree, mass in cells],
            "ladder": [{**leg, "pooled": self._pooled(leg["ticker"])} for leg in self.ladder],
            "anchor": None if self.anchor is None else self.anchor.to_json(),
            "inputs": self.inputs,
            "explanation": None if self.explanation is None else self.explanation.to_json(),
        }

    def _pooled(self, ticker: str) -> float | None:
        found = None if self.anchor is None else self.anchor.pooled.get(ticker)
        return None if found is None else round(found, 6)


def _ladder(lake: Lake, belief: Belief) -> list[dict[str, Any]]:
    """The listed markets with the belief's and the market's probability, as of the belief's instant."""
    key, day = belief.city, belief.day
    markets = whole_ladders(lake.read("markets", [key], day, day).filter(pl.col("known_at") <= belief.at))
    if markets.is_empty():
        return []
    instant = belief.at.replace(second=0, microsecond=0)
    request = one_request(key, day, instant)
    dense = lake.read("dense", [key], day, day).filter(pl.col("known_at") <= belief.at)
    quotes = lake.read("quotes", [key], day, day).filter(pl.col("source") != "daily")
    said = consensus(request, markets, dense, quotes)
    price = dict(zip(said["lows"][0], said["probabilities"][0], strict=True)) if said.height else {}
    rows = []
    for ticker, low, high in markets.sort(pl.col("low").fill_null(-1000)).select("ticker", "low", "high").iter_rows():
        spread = belief.distribution
        rows.append(
            {
                "ticker": ticker,
                "bracket": str(Bracket(low, high)),
                "low": low,
                "high": high,
                "probability": None if spread is None else spread.probability(low, high),
                "market": round(price[low], 6) if low in price else None,
            }
        )
    return rows


def predict(
    lake: Lake, config: Config, city: str, day: date, at: datetime, source: str, *, explain: bool = False
) -> PredictResult:
    """Say what is believed about an event at an instant, using nothing known later.

    Args:
        lake: the tables and the stored models.
        config: the configuration.
        city: city key.
        day: event day.
        at: instant of the belief [aware].
        source: forecaster to ask, such as ``hybrid``.
        explain: whether to say how the belief came about.

    Raises:
        ConfigError: a city that is not configured.
        OutsideEvent: ``at`` is neither on the event day nor on the day before.
        ModelError: no stored model may speak at ``at``, no forecaster is called ``source``, or its stored weights
            beside the market are broken.
    """
    instant = require_aware(at)
    place = config.find_city(city)
    lead = ClimateDay(day, place.standard_offset_hours).lead_at(instant)
    forecaster = Forecaster.load(lake, config, instant)
    request = one_request(city, day, instant)
    belief = forecaster.beliefs(request, source)[0]
    rows = forecaster.snapshots(request)
    row = rows.row(0, named=True)
    inputs = {name: round(v, 3) if isinstance(v := row[name], float) else v for name in _SHOWN}
    anchor = anchored_event(lake, config, belief, source)
    found = PredictResult(belief, lead, _ladder(lake, belief), inputs, anchor=anchor)
    if not explain:
        return found
    why = explained(forecaster, place, rows, source)
    return replace(found, explanation=why, readings=readings(lake, place, rows))
