"""How a belief came about, put together from a forecaster, the models that spoke and the lake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app.forecaster import Forecaster
from drybulb.domain.city import City
from drybulb.errors import ModelError
from drybulb.forecast.corrected import Corrected
from drybulb.forecast.explanation import Explanation, Voice, VoiceSaid, explain
from drybulb.forecast.hybrid import SIDES, Speaker
from drybulb.forecast.model_card import CITY, GLOBAL
from drybulb.forecast.outlines import LEVELS, GapAbove, Outline, Reached
from drybulb.forecast.structural import Structural
from drybulb.frames.degrees import ceil_fahrenheit, floor_fahrenheit
from drybulb.frames.exact import hours
from drybulb.frames.reports import reports_in_reach
from drybulb.frames.snapshot import READS


@dataclass(frozen=True, slots=True)
class Seen:
    """What a station had reached.

    Attributes:
        station: its code.
        reached: its maximum so far.
        bias: how far its maxima lie above the official highs, None at the station that settles [°F].
    """

    station: str
    reached: Reached
    bias: float | None

    def to_json(self) -> dict[str, Any]:
        """Plain values; the interval as ``running_max``."""
        found = {**asdict(self.reached), "since": self.reached.since.isoformat()}
        low, high = found.pop("low"), found.pop("high")
        return {"station": self.station, "running_max": [low, high], **found, "bias": self.bias}


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """How a belief came about.

    Attributes:
        observed: what the station that settles had reached on the event's day, None where nothing was known.
        neighbour: likewise the neighbour.
        gap: how far the official high is expected above it.
        guidance: ``source``, ``forecast`` less bias and ``bias`` [°F], ``age`` [h], by source.
        guidance_mean: mean of the forecasts less bias [°F].
        parts: from S to the belief; None where nobody spoke, or a forecaster that does not stand on S.
    """

    observed: Seen | None
    neighbour: Seen | None
    gap: GapAbove | None
    guidance: list[dict[str, Any]]
    guidance_mean: float | None
    parts: Explanation | None

    def to_json(self) -> dict[str, Any]:
        """The object ``explanation`` of schema ``predict/1``."""
        parts = self.parts
        return {
            "observed": None if self.observed is None else self.observed.to_json(),
            "neighbour": None if self.neighbour is None else self.neighbour.to_json(),
            "gap": None if self.gap is None else asdict(self.gap),
            "guidance": {"sources": self.guidance, "mean": self.guidance_mean},
            "S": None if parts is None else _outline(Outline.of(parts.s)),
            "belief": None if parts is None else _outline(Outline.of(parts.belief)),
            "change": None if parts is None else parts.change,
            "voices": [] if parts is None else [_voice(voice) for voice in parts.voices],
            "contributions": [] if parts is None else [asdict(one) for one in parts.contributions],
            "groups": {} if parts is None else parts.groups(),
            "constant": None if parts is None else parts.constant,
            "offset": None if parts is None else parts.offset,
            "remainder": None if parts is None else parts.remainder,
        }


def explained(forecaster: Forecaster, city: City, rows: pl.DataFrame, source: str) -> Explained:
    """Explain what a forecaster says about one snapshot row.

    Args:
        forecaster: whom to ask.
        city: whose event it is.
        rows: one row of the snapshot frame.
        source: name of the forecaster.

    Raises:
        ModelError: a model that spoke is of a kind that cannot be taken apart.
    """
    row = rows.row(0, named=True)
    voices = _voices(forecaster, rows, source)
    structural = voices[0].structural if voices else _first_floor(forecaster)
    return Explained(
        observed=_seen(row, city.station, ""),
        neighbour=None if city.neighbour is None else _seen(row, city.neighbour, "neighbour_"),
        gap=GapAbove.of(structural, rows),
        guidance=[
            {"source": said["source"], "forecast": said["high"], "bias": said["bias"], "age": said["age"]}
            for said in row["guidance_by"]
        ],
        guidance_mean=row["guidance"],
        parts=explain(rows, voices) if voices else None,
    )


def readings(lake: Lake, city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """What the station and its neighbour had read on the day of one snapshot row's instant, as known by then.

    Args:
        lake: the tables.
        city: whose event it is.
        rows: one row of the snapshot frame.

    Returns:
        ``station``, ``is_neighbour``, ``hours`` since the event's local standard midnight [h], and the least and the
        most each reading can mean, ``low`` and ``high`` [whole °F], by station and time.
    """
    event, at, lead = rows.select("day", "at", "lead").row(0)
    stations = [station for station in (city.station, city.neighbour) if station is not None]
    asked = pl.DataFrame({"station": stations, "offset": city.standard_offset_hours, "day": event})
    lies = event - timedelta(days=lead)
    # A climate day ends on the next day in UTC.
    seen = lake.read("observations", stations, lies, lies + timedelta(days=1), columns=list(READS["observations"]))
    midnight = pl.lit(event).cast(pl.Datetime("us", "UTC")) - pl.duration(hours=city.standard_offset_hours)
    return (
        reports_in_reach(asked, seen)
        .filter((pl.col("known_at") <= at) & (pl.col("until") > at), pl.col("temp").is_not_null())
        .filter(pl.col("day") == lies)
        .sort("station", "valid_at", "kind")
        .select(
            "station",
            is_neighbour=pl.col("station") != city.station,
            hours=hours(pl.col("valid_at") - midnight),
            low=floor_fahrenheit(pl.col("temp")),
            high=ceil_fahrenheit(pl.col("temp")),
        )
    )


def _seen(row: Mapping[str, Any], station: str, prefix: str) -> Seen | None:
    reached = Reached.of(row, prefix)
    return None if reached is None else Seen(station, reached, row.get(f"{prefix}bias"))


def _voices(forecaster: Forecaster, rows: pl.DataFrame, source: str) -> list[Voice]:
    """Who speaks about one row; nobody for a forecaster that does not stand on S."""
    if source == Structural.name:
        structural = _first_floor(forecaster)
        speaks = structural.predict(rows).available[0]
        return [Voice(source, forecaster.model, 1.0, structural, None)] if speaks else []
    if source not in SIDES:
        return []
    hybrid = forecaster.hybrid()
    shares = hybrid.shares(source, rows)
    speakers = {GLOBAL: hybrid.market_clock, CITY: hybrid.cities.get(rows["city"][0])}
    return [
        _voice_of(name, speaker, float(shares[name][0]))
        for name, speaker in speakers.items()
        if speaker is not None and shares[name][0] > 0.0
    ]


def _voice_of(source: str, speaker: Speaker, share: float) -> Voice:
    if not isinstance(speaker.model, Corrected):
        raise ModelError(f"{source} {speaker.id} is a {type(speaker.model).__name__}; it cannot be taken apart")
    return Voice(source, speaker.id, share, speaker.model.structural, speaker.model.correction)


def _first_floor(forecaster: Forecaster) -> Structural:
    found = forecaster.fitted.models[Structural.name]
    if not isinstance(found, Structural):
        raise ModelError(f"model {forecaster.model} has a {type(found).__name__} for S; train again")
    return found


def _outline(outline: Outline) -> dict[str, Any]:
    levels = zip(LEVELS, outline.quantiles, strict=True)
    return {"mean": outline.mean, "quantiles": {f"{round(100 * level)} %": degree for level, degree in levels}}


def _voice(voice: VoiceSaid) -> dict[str, Any]:
    return {
        "source": voice.source,
        "model": voice.id,
        "share": voice.share,
        "basis": voice.basis,
        "S": _outline(voice.of_s),
        "said": _outline(voice.said),
        "taken": voice.taken,
        "members": [
            {
                "name": one.name,
                "share": one.share,
                **_outline(one.said),
                "change": one.change,
                "constant": one.constant,
                "offset": one.offset,
            }
            for one in voice.members
        ],
    }
