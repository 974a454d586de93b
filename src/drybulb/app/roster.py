"""Who may speak: of each global and city model stored, the newest that passes the gate, and why others were refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from drybulb.adapters.lake import Lake
from drybulb.adapters.model_manifest import ModelManifest
from drybulb.adapters.registry import Registry
from drybulb.app.config import Config
from drybulb.domain.climateday import require_aware
from drybulb.errors import ModelError
from drybulb.forecast import artefact, gate
from drybulb.forecast.corrected import Corrected
from drybulb.forecast.gate import GateRules
from drybulb.forecast.grown import Grown
from drybulb.forecast.model_card import CITY, GLOBAL, ModelCard


@dataclass(frozen=True, slots=True)
class Seated:
    """A model that may speak.

    Attributes:
        id: its id in the registry.
        card: what is known about it.
        model: it.
    """

    id: str
    card: ModelCard
    model: Corrected

    @property
    def stations(self) -> tuple[str, ...]:
        """Stations it was trained on."""
        return self.card.stations


@dataclass(frozen=True, slots=True)
class Refused:
    """One reason why a stored model does not speak.

    Attributes:
        name: its name in the registry.
        id: its id.
        reason: a sentence.
        is_later: whether it knows things from after the instant asked about, when nobody could know of it.
    """

    name: str
    id: str
    reason: str
    is_later: bool = False


@dataclass(frozen=True, slots=True)
class Roster:
    """The models that may speak from an instant on.

    Attributes:
        global_: the global model, None where none may.
        cities: city models by city key, of the cities that have one that may.
        refused: why newer models than these were refused, one entry a reason.
    """

    global_: Seated | None
    cities: dict[str, Seated]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class Examined:
    """A stored model and what the gate says of it.

    Attributes:
        manifest: what is known about it without reading it.
        fitted: the model with its card; None where it was not read, or cannot be.
        reasons: why it must not speak, one sentence each; empty where it may.
    """

    manifest: ModelManifest
    fitted: Grown | None
    reasons: tuple[str, ...]


def load_roster(lake: Lake, config: Config, first: datetime) -> Roster:
    """Seat the newest stored models that may speak about all that will be asked.

    Args:
        lake: the stored models are beside its tables.
        config: the configuration: ``[models]``, the cities, and ``[training] max_model_age_days``.
        first: the earliest instant that will be asked about [aware].
    """
    at = require_aware(first, "first")
    registry, rules = Registry(lake.path), gate_rules(config)
    refused: list[Refused] = []
    seats: dict[str, Seated] = {}
    for name in roles(config):
        stock = registry.stock(name)
        refused += [Refused(name, model_id, unusable(reason)) for model_id, reason in stock.unreadable.items()]
        for manifest in reversed(stock.manifests):
            found = examine(registry, manifest, at, rules)
            if found.fitted is not None and not found.reasons:
                seats[name] = Seated(manifest.id, found.fitted.card, found.fitted.model)
                break
            is_later = manifest.last_known_at > at
            refused += [Refused(name, manifest.id, reason, is_later) for reason in found.reasons]
    cities = {key: seats[role] for key, role in _city_roles(config) if role in seats}
    return Roster(seats.get(GLOBAL), cities, tuple(refused))


def gate_rules(config: Config) -> GateRules:
    """What the gate asks, as configured."""
    return GateRules(
        min_events=config.models.min_events,
        max_loss=config.models.max_loss,
        max_age_days=config.training.max_model_age_days,
    )


def roles(config: Config) -> list[str]:
    """Names in the registry of the models asked for: the global one, then one a city in the configured order."""
    return [GLOBAL, *(role for _, role in _city_roles(config))]


def _city_roles(config: Config) -> Iterator[tuple[str, str]]:
    return ((key, f"{CITY}-{key}") for key in config.city)


def examine(
    registry: Registry, manifest: ModelManifest, at: datetime, rules: GateRules, *, is_thorough: bool = False
) -> Examined:
    """Say whether a stored global or city model may speak.

    Args:
        registry: where it is stored.
        manifest: of the model.
        at: the earliest instant it will be asked about [aware].
        rules: what the gate asks.
        is_thorough: whether a model of the wrong time is read all the same, to say what else is wrong with it.
    """
    late = gate.untimely(manifest.until, manifest.last_known_at, at, rules)
    if late and not is_thorough:
        return Examined(manifest, None, late)
    try:
        fitted = _read(registry, manifest)
    except ModelError as error:
        return Examined(manifest, None, (*late, unusable(str(error))))
    return Examined(manifest, fitted, gate.refusals(fitted.card, fitted.model, at, rules))


def unusable(error: str) -> str:
    """What an error says of a model that cannot be read, as a sentence of its own."""
    return f"It cannot be used – {error}."


def _read(registry: Registry, manifest: ModelManifest) -> Grown:
    """Read a model and hold its card against its manifest.

    Raises:
        ModelError: it is not whole, of another version, or its card says other things than its manifest.
    """
    fitted = artefact.from_artefact(*registry.read(manifest.name, manifest.id))
    for what in ("name", "until", "last_known_at"):
        said, noted = getattr(fitted.card, what), getattr(manifest, what)
        if said != noted:
            raise ModelError(f"its manifest gives {what} as {noted}, its card as {said}; train again")
    return fitted
