"""From S and its training rows to the global model and the city models, each with its card."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

import numpy as np
import polars as pl

from drybulb.domain.city import City
from drybulb.forecast.corrected import Corrected, Correction
from drybulb.forecast.features.table import families
from drybulb.forecast.folds import Fold, out_of_fold
from drybulb.forecast.grown import Grown
from drybulb.forecast.hazard import HazardRules
from drybulb.forecast.member_rules import MemberRules
from drybulb.forecast.model import Floats, Prediction, at_positions
from drybulb.forecast.model_card import CITY, GLOBAL, ModelCard
from drybulb.forecast.pooling import choose
from drybulb.forecast.probes import faults
from drybulb.forecast.proof import SOURCE_SHARE, prove
from drybulb.forecast.shares import Shares
from drybulb.forecast.structural import Structural

_SAMPLED = 16
"""Every so many rows one is asked how far its log odds are corrected."""

Progress = Callable[[str, int, int], None]
Positions = np.ndarray[tuple[int], np.dtype[np.intp]]


def _unheard(name: str, done: int, of: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class GrowingRules:
    """What shapes the global and city models.

    Attributes:
        members: how the hazards in each model are grown.
        min_events: a model of fewer events is not fitted.
        seed: seed of the draws of features.
        threads: models grown at a time; each is the same however many.
    """

    members: MemberRules
    min_events: int = 300
    seed: int = 20260101
    threads: int = 2


@dataclass(frozen=True, slots=True)
class Ground:
    """What the global and city models are grown on.

    Attributes:
        rows: snapshot rows with ``high`` [°F], sorted by station, day and instant.
        structural: S, fitted on all of them.
        folds: all forecasters, fitted without a block of days each.
        until: nothing known later was used [aware].
        last_known_at: when the newest thing used became known [UTC].
    """

    rows: pl.DataFrame
    structural: Structural
    folds: Sequence[Fold]
    until: datetime
    last_known_at: datetime


def grow(
    ground: Ground, cities: Mapping[str, City], rules: GrowingRules, progress: Progress = _unheard
) -> tuple[list[Grown], dict[str, str]]:
    """Grow the global model on all rows, and a city model on the event-day rows of each city that was observed.

    Args:
        ground: what they are grown on.
        cities: cities trained for, by key.
        rules: what shapes them.
        progress: told which model is being grown, its number and how many there are; by several threads.

    Returns:
        The models, and why there is none of a name.
    """
    anchor = out_of_fold(ground.rows, ground.folds, Structural.name)
    every = list(_asked(cities, rules.members))
    wanted, missing = [], {}
    for number, asked in enumerate(every):
        where = _where(ground, anchor, asked)
        if why := _why_not(ground, asked, where, rules.min_events):
            missing[asked.name] = why
            progress(asked.name, number, len(every))
            continue
        said = _at(anchor, where)
        wanted.append((number, asked, where, said))

    def fit(task: tuple[int, _Asked, Positions, Prediction]) -> tuple[Grown, pl.DataFrame]:
        number, asked, where, said = task
        progress(asked.name, number, len(every))
        return _fit(ground, asked, where, said, rules.seed)

    # Threads, not processes: most of the time is spent in the trees, which leave the interpreter to others.
    with ThreadPoolExecutor(rules.threads) as pool:
        found = list(pool.map(fit, wanted))
    progress("done", len(every), len(every))
    whole = next((scored for one, scored in found if one.card.kind == GLOBAL), None)
    return [_beside(one, scored, whole, rules.seed) for one, scored in found], missing


def _beside(one: Grown, scored: pl.DataFrame, whole: pl.DataFrame | None, seed: int) -> Grown:
    """A city model with the choice between it and the global model on its card."""
    if one.card.kind == GLOBAL:
        return one
    return Grown(replace(one.card, pooling=choose(scored, whole, seed)), one.model)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A model to grow: its kind and cities, the rows it is for, and the hazards in it."""

    kind: str
    cities: dict[str, City]
    of: pl.Expr
    members: tuple[HazardRules, ...]

    @property
    def name(self) -> str:
        return GLOBAL if self.kind == GLOBAL else f"{CITY}-{next(iter(self.cities))}"


def _asked(cities: Mapping[str, City], rules: MemberRules) -> Iterator[_Asked]:
    today = (pl.col("lead") == 0) & (pl.col("last_temp").is_not_null() | pl.col("neighbour_last_temp").is_not_null())
    yield _Asked(GLOBAL, dict(cities), pl.lit(value=True), rules.of(GLOBAL))
    for key, city in cities.items():
        yield _Asked(CITY, {key: city}, today & (pl.col("city") == key), rules.of(f"{CITY}-{key}"))


def grown_on(ground: Ground, name: str, cities: Mapping[str, City]) -> tuple[pl.DataFrame, Prediction]:
    """Rows that a model is grown on, and what S says of them out of fold.

    Args:
        ground: what models are grown on.
        name: name of the model in the registry.
        cities: cities trained for, by key.
    """
    anchor = out_of_fold(ground.rows, ground.folds, Structural.name)
    asked = next(one for one in _asked(cities, MemberRules((), ())) if one.name == name)
    where = _where(ground, anchor, asked)
    return at_positions(ground.rows, where), _at(anchor, where)


def _where(ground: Ground, anchor: Prediction, asked: _Asked) -> Positions:
    """The rows a model is for about which S speaks."""
    found: Positions = np.flatnonzero(ground.rows.select(asked.of & pl.Series(anchor.available)).to_series().to_numpy())
    return found


def _why_not(ground: Ground, asked: _Asked, where: Positions, min_events: int) -> str:
    """Why no model is grown on some rows; empty where one is."""
    rows = at_positions(ground.rows, where)
    events = rows.select("station", "day").n_unique() if where.size else 0
    if events < min_events:
        return f"{events} labelled events with {_NEEDS[asked.kind]}; {min_events} are needed"
    if not any(fold.holds_out(rows).any() and fold.may_fit(rows).any() for fold in ground.folds):
        return f"its {events} events lie in one block of days, so it cannot be scored on days it did not see"
    return ""


def _at(anchor: Prediction, where: Positions) -> Prediction:
    return Prediction(anchor.pmf[where], anchor.available[where], [anchor.reason[i] for i in where])


_NEEDS = {GLOBAL: "guidance or observations", CITY: "observations of the event day"}


def _fit(ground: Ground, asked: _Asked, where: Positions, anchor: Prediction, seed: int) -> tuple[Grown, pl.DataFrame]:
    """Grow a model; return it with its rows scored out of fold."""
    kind, cities, members = asked.kind, asked.cities, asked.members
    rows = at_positions(ground.rows, where)
    sources = families(rows, SOURCE_SHARE)
    stations = {city.station for city in cities.values()}
    structural = ground.structural if kind == GLOBAL else ground.structural.only(stations)
    proof = prove(ground.folds, rows, anchor, members, seed)
    correction = Correction.fit(rows, anchor, structural.normals, sources, members, seed).sharing(proof.shares)
    model = Corrected(kind, structural, correction)
    sample = np.arange(0, rows.height, _SAMPLED)
    changes = correction.changes(rows[sample], anchor.pmf[sample])
    days, seen = rows["day"].unique().sort(), set(rows["station"])
    first, last = days[0], days[-1]
    if not isinstance(first, date) or not isinstance(last, date):
        raise TypeError("snapshot rows without days")
    card = ModelCard(
        kind=kind,
        cities=tuple(key for key, city in cities.items() if city.station in seen),
        stations=tuple(city.station for city in cities.values() if city.station in seen),
        until=ground.until,
        last_known_at=ground.last_known_at,
        first=first,
        last=last,
        n_events=rows.select("station", "day").n_unique(),
        n_rows=rows.height,
        rules={rule.name: asdict(rule) for rule in members} | {"seed": {"seed": seed}},
        features={hazard.rules.name: list(hazard.columns) for hazard in correction.hazards},
        correction={name: float(np.median(np.abs(change))) for name, change in changes.items() if change.size},
        shares=proof.shares.to_json(),
        scores=proof.scores,
        degenerate=(*_idle(changes, proof.shares, sorted(seen)), *faults(model)),
        pooling=(),
    )
    return Grown(card, model), proof.rows


def _idle(changes: Mapping[str, Floats], shares: Shares, stations: Sequence[str]) -> tuple[str, ...]:
    """Which members add nothing to S or the same to everything, and whether nothing at all is taken of them."""
    found = []
    for name, change in changes.items():
        if not change.size or np.median(np.abs(change)) == 0.0:
            found.append(f"{name} says what S says: its median correction is 0")
        elif np.ptp(change) == 0.0:
            found.append(f"{name} is a constant: it changes every log odds by {change[0]:+.3f}")
    if not any(any(shares.of(station)) for station in stations):
        found.append("none of its correction is taken: out of fold it is no better than S")
    return tuple(found)
