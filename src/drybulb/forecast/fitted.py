"""A set of fitted forecasters with their card: what a training makes, what is stored, and what is asked."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from drybulb.errors import ModelError
from drybulb.forecast.baselines.climatology import Climatology
from drybulb.forecast.baselines.emos import Emos
from drybulb.forecast.baselines.persistence import Persistence
from drybulb.forecast.baselines.point import POINTS, PointForecast
from drybulb.forecast.forms import BASES, Form
from drybulb.forecast.model import Model, Prediction
from drybulb.forecast.structural import Structural
from drybulb.forecast.training_card import TrainingCard

FORMAT = "first-floor/3"
"""Format of the artefact; another one is refused."""

NAMES = (Climatology.name, Persistence.name, *POINTS, Emos.name, Structural.name)
"""Names of the forecasters, simplest first."""


@dataclass(frozen=True, slots=True)
class FittedForecasters:
    """Forecasters of one training.

    Attributes:
        card: what is known about them.
        models: forecaster by name.
    """

    card: TrainingCard
    models: dict[str, Model]

    def predict(self, name: str, rows: pl.DataFrame) -> Prediction:
        """Ask one forecaster.

        Args:
            name: one of :data:`NAMES`.
            rows: rows of the snapshot frame.

        Raises:
            ModelError: an unknown name, or a row from before the newest thing the models know.
        """
        if name not in self.models:
            raise ModelError(f"no forecaster {name!r}; known: {', '.join(self.models)}")
        if rows.height:
            refuse_before(self.card.last_known_at, rows["at"].min())
        return self.models[name].predict(rows)

    def to_json(self) -> dict[str, Any]:
        """The artefact as plain values; floats survive exactly."""
        models = {name: model.to_json() for name, model in self.models.items()}
        return {"format": FORMAT, "card": self.card.to_json(), "models": models}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> FittedForecasters:
        """The inverse of :meth:`to_json`.

        Raises:
            ModelError: another format, or forms that are not those of this version.
        """
        if data.get("format") != FORMAT:
            raise ModelError(f"model format {data.get('format')!r} is not {FORMAT!r}; train again with this version")
        card = TrainingCard.from_json(data["card"])
        if card.forms != forms_json():
            raise ModelError("the model's inputs are not those of this version; train again")
        stored = data["models"]
        models: dict[str, Model] = {
            Climatology.name: Climatology.from_json(stored[Climatology.name]),
            Persistence.name: Persistence.from_json(stored[Persistence.name]),
            **{name: PointForecast.from_json(name, stored[name]) for name in POINTS},
            Emos.name: Emos.from_json(stored[Emos.name]),
            Structural.name: Structural.from_json(stored[Structural.name]),
        }
        return cls(card, models)


def forms_json() -> dict[str, Any]:
    """Inputs and parts of the day of S by basis, as plain values."""
    return {
        basis.name: {
            "clock": basis.clock,
            "cuts": list(basis.cuts),
            "forms": [{"start": start, **_form_json(form)} for start, form in basis.forms],
        }
        for basis in BASES
    }


def _form_json(form: Form) -> dict[str, Any]:
    return {field: value if isinstance(value, str) else list(value) for field, value in asdict(form).items()}


def refuse_before(last_known_at: datetime, asked: Any) -> None:  # noqa: ANN401 - the least of a column
    """Refuse an instant from before the newest thing a model knows.

    Raises:
        ModelError: ``asked`` is before ``last_known_at``.
    """
    if asked < last_known_at:
        raise ModelError(
            f"asked about {asked.isoformat()}, but these models know things from {last_known_at.isoformat()};"
            f" train with an earlier --until, or ask about event days from {last_known_at + timedelta(days=2):%F} on"
        )
