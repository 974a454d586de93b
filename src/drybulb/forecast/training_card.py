"""What is known about trained forecasters: from what, how much of it, how well, and where they cannot speak."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ForecasterCard:
    """One forecaster at one station.

    Scores are means over what it spoke about, and a forecaster that speaks earlier has the harder questions: compare
    forecasters by ``drybulb verify``, not here.

    Attributes:
        station: ICAO identifier.
        forecaster: name.
        days: labelled days it was fitted on.
        first: first of them, None where there are none.
        last: last of them.
        crps: mean CRPS of its training days, fitted on them [°F]; None where it is silent.
        log_score: mean log score of the same, with a floor of 0.1 % [nats].
        crps_out_of_fold: mean CRPS of its training days, each predicted by a fit that left out its block of days [°F];
            None where the other blocks are too few to speak about every one.
        log_score_out_of_fold: mean log score of the same [nats].
        note: what it stands on, or why it cannot speak.
    """

    station: str
    forecaster: str
    days: int
    first: date | None
    last: date | None
    crps: float | None
    log_score: float | None
    crps_out_of_fold: float | None
    log_score_out_of_fold: float | None
    note: str

    def to_json(self) -> dict[str, Any]:
        """Plain values, dates as ISO text."""
        values = asdict(self)
        for name in ("first", "last"):
            values[name] = None if values[name] is None else values[name].isoformat()
        return values

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ForecasterCard:
        """The inverse of :meth:`to_json`."""
        dates = {name: None if data[name] is None else date.fromisoformat(data[name]) for name in ("first", "last")}
        return cls(**{**data, **dates})


@dataclass(frozen=True, slots=True)
class TrainingCard:
    """All forecasters of one training.

    Attributes:
        name: name of the artefact, such as ``first-floor``.
        until: nothing known later was used [UTC].
        last_known_at: when the newest thing used became known; they do not speak before it [UTC].
        n_events: station-days fitted on.
        rules: window, embargo and whatever else shaped the training.
        forms: inputs of S by basis and lead.
        forecasters: one card a station and forecaster.
        notes: what a reader must know, such as a station that could not be fitted.
        missing: why a global or city model was not grown, by its name in the registry.
    """

    name: str
    until: datetime
    last_known_at: datetime
    n_events: int
    rules: dict[str, Any]
    forms: dict[str, Any]
    forecasters: tuple[ForecasterCard, ...]
    notes: tuple[str, ...]
    missing: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain values, instants as ISO text in UTC."""
        return {
            "name": self.name,
            "until": instant_text(self.until),
            "last_known_at": instant_text(self.last_known_at),
            "n_events": self.n_events,
            "rules": self.rules,
            "forms": self.forms,
            "forecasters": [card.to_json() for card in self.forecasters],
            "notes": list(self.notes),
            "missing": self.missing,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> TrainingCard:
        """The inverse of :meth:`to_json`."""
        return cls(
            name=str(data["name"]),
            until=datetime.fromisoformat(data["until"]),
            last_known_at=datetime.fromisoformat(data["last_known_at"]),
            n_events=int(data["n_events"]),
            rules=dict(data["rules"]),
            forms=dict(data["forms"]),
            forecasters=tuple(ForecasterCard.from_json(card) for card in data["forecasters"]),
            notes=tuple(str(note) for note in data["notes"]),
            missing={str(name): str(why) for name, why in data["missing"].items()},
        )


def instant_text(instant: datetime) -> str:
    """ISO text of an aware instant, in UTC."""
    return instant.astimezone(UTC).isoformat()
