"""What is known about a global or city model: from what, how much of it, and how well against S and the baselines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from drybulb.domain.notebook import folded, panel, table
from drybulb.forecast.training_card import instant_text

GLOBAL = "global"
CITY = "city"
ALL = "all"
"""Of a score: every station, or the whole lead."""

REFERENCES = ("S", "emos", "climatology")
"""Forecasters a card compares with, all out of fold on the same rows."""


@dataclass(frozen=True, slots=True)
class BandScore:
    """Out-of-fold scores over one part of the day, every forecaster on the same rows.

    Attributes:
        station: ICAO identifier; ``all`` for all the model was trained on.
        lead: 0 or 1; None for both.
        band: local standard hours since the event's midnight, such as ``10 … 14``; ``all`` for the whole lead.
        events: events scored.
        crps: mean CRPS by forecaster, ``model`` the model itself [°F].
        log_score: mean log score by forecaster, with a floor of 0.1 % [nats].
    """

    station: str
    lead: int | None
    band: str
    events: int
    crps: dict[str, float]
    log_score: dict[str, float]

    def gain(self) -> float:
        """Log score of S minus the model's own: above 0, the model is better [nats]."""
        return self.log_score["S"] - self.log_score["model"]


@dataclass(frozen=True, slots=True)
class Pooled:
    """A city model beside the global one: who speaks at a lead, and on what evidence.

    Attributes:
        lead: 0 or 1.
        band: ``all`` for the whole lead; a part of it is evidence that nobody chooses by.
        events: events of the rows on which both were scored out of fold; 0 where they were not compared.
        log_score: mean log score by ``city`` and ``global``, over the rows of an event and then over events [nats].
        difference: the city model's less the global one's: above 0, the global one is better [nats].
        ci90: 90 % interval of the difference, by calendar day [nats].
        chosen: ``city`` or ``global``; None of a part.
    """

    lead: int
    band: str
    events: int
    log_score: dict[str, float]
    difference: float | None
    ci90: tuple[float, float] | None
    chosen: str | None

    def why(self) -> str:
        """Why the chosen one speaks, as the middle of a sentence."""
        if self.lead == 1:
            return "the city model speaks on the event day only"
        if self.difference is None:
            return "there was no global model to compare with"
        by = f"by {abs(self.difference):.3f} nats"
        if self.chosen == GLOBAL:
            return f"the global model is better out of fold {by}"
        if self.difference > 0.0:
            return f"the global model is better out of fold {by}, but not clearly: the interval holds 0"
        return f"the city model is better out of fold {by}"

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Pooled:
        """What :func:`dataclasses.asdict` wrote down."""
        ends = data["ci90"]
        return cls(**{**data, "ci90": None if ends is None else (float(ends[0]), float(ends[1]))})


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One global or city model.

    Attributes:
        kind: ``global`` or ``city``.
        cities: keys of the cities it was trained on.
        stations: their stations, in the same order.
        until: nothing known later was used [UTC].
        last_known_at: when the newest thing used became known; it does not speak before it [UTC].
        first: first event it was fitted on.
        last: last of them.
        n_events: events it was fitted on.
        n_rows: snapshot rows of those events.
        rules: how each member was grown, by name.
        features: names of the members' features, by name.
        correction: median absolute correction of S's log odds by member, on the training pairs.
        shares: how much of the correction is taken, by station and part of the day.
        scores: out-of-fold scores, all parts together first.
        degenerate: why the model says no more than S or a constant does; empty where it says more.
        pooling: of a city model: who speaks at each lead, it or the global one, and by which scores out of fold.
    """

    kind: str
    cities: tuple[str, ...]
    stations: tuple[str, ...]
    until: datetime
    last_known_at: datetime
    first: date
    last: date
    n_events: int
    n_rows: int
    rules: dict[str, Any]
    features: dict[str, list[str]]
    correction: dict[str, float]
    shares: dict[str, list[float]]
    scores: tuple[BandScore, ...]
    degenerate: tuple[str, ...]
    pooling: tuple[Pooled, ...]

    @property
    def name(self) -> str:
        """Name in the registry: ``global``, or ``city-miami``."""
        return GLOBAL if self.kind == GLOBAL else f"{CITY}-{self.cities[0]}"

    @property
    def yields(self) -> str:
        """Why a city model leaves the event's day to the global one; empty where it does not."""
        chosen = (one for one in self.pooling if (one.lead, one.band, one.chosen) == (0, ALL, GLOBAL))
        return next((one.why() for one in chosen), "")

    def _repr_html_(self) -> str:
        """What a notebook shows: what it was trained on and until when, whether it is degenerate, its scores."""
        places = ", ".join(f"{city} ({station})" for city, station in zip(self.cities, self.stations, strict=True))
        size = (
            f"{self.n_events:,} events and {self.n_rows:,} rows of {self.first.isoformat()} … {self.last.isoformat()}"
        )
        said = [
            f"trained on {places}: {size}",
            f"until {self.until:%Y-%m-%d %H:%M} UTC; may speak from {self.last_known_at:%Y-%m-%d %H:%M} UTC on",
            f"degenerate: {'; '.join(self.degenerate)}" if self.degenerate else "not degenerate",
        ]
        whole = [score for score in self.scores if score.band == ALL]
        parts = [score for score in self.scores if score.band != ALL]
        blocks = [_score_table(whole), *([folded("By part of the day", _score_table(parts))] if parts else [])]
        if self.pooling:
            blocks.append(_pooling_table([one for one in self.pooling if one.band == ALL]))
        if by_part := [one for one in self.pooling if one.band != ALL]:
            blocks.append(folded("City and global model by part of the day", _pooling_table(by_part)))
        return panel(f"Model card: {self.name}", said, *blocks)

    def to_json(self) -> dict[str, Any]:
        """Plain values, instants and dates as ISO text."""
        found = asdict(self)
        for name in ("until", "last_known_at"):
            found[name] = instant_text(found[name])
        for name in ("first", "last"):
            found[name] = found[name].isoformat()
        lists: dict[str, Any] = {"scores": self.scores, "pooling": self.pooling}
        return {**found, "name": self.name, **{name: [asdict(one) for one in of] for name, of in lists.items()}}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ModelCard:
        """The inverse of :meth:`to_json`."""
        values = {name: value for name, value in data.items() if name != "name"}
        for name in ("until", "last_known_at"):
            values[name] = datetime.fromisoformat(values[name])
        for name in ("first", "last"):
            values[name] = date.fromisoformat(values[name])
        for name in ("cities", "stations", "degenerate"):
            values[name] = tuple(values[name])
        values["scores"] = tuple(BandScore(**score) for score in values["scores"])
        values["pooling"] = tuple(Pooled.from_json(one) for one in values["pooling"])
        return cls(**values)


def _score_table(scores: Sequence[BandScore]) -> str:
    """Out-of-fold scores of the model and the references, one row a part."""
    names = ["model", *(name for name in REFERENCES if any(name in score.crps for score in scores))]
    columns = ["station", "lead", "hours", "events", *(f"CRPS {name} [°F]" for name in names), "gain on S [nats]"]
    caption = "Out of fold: lower CRPS is better, and so is a higher gain in log score"
    return table(caption, columns, (_score_row(one, names) for one in scores))


def _score_row(score: BandScore, names: Sequence[str]) -> list[str]:
    lead = "both" if score.lead is None else str(score.lead)
    crps = (f"{score.crps[name]:.3f}" if name in score.crps else "–" for name in names)
    return [score.station, lead, score.band, f"{score.events:,}", *crps, f"{score.gain():+.4f}"]


def _pooling_table(rows: Sequence[Pooled]) -> str:
    """Scores of both models; of a whole lead also who speaks and why."""
    chosen = ["speaks", "because"] if any(one.chosen for one in rows) else []
    columns = ["lead", "hours", "events", "city", "global", "city less global (90 %)", *chosen]
    caption = "City and global model out of fold on the same rows, log score in nats: lower is better"
    return table(caption, columns, (_pooling_row(one) for one in rows))


def _pooling_row(one: Pooled) -> list[str]:
    scores = [f"{one.log_score[name]:.3f}" if name in one.log_score else "–" for name in (CITY, GLOBAL)]
    between = "–" if one.difference is None else f"{one.difference:+.4f}"
    if one.ci90 is not None:
        between += f" ({one.ci90[0]:+.4f} … {one.ci90[1]:+.4f})"
    speaks = [] if one.chosen is None else [one.chosen, one.why()]
    return [str(one.lead), one.band, f"{one.events:,}", *scores, between, *speaks]
