"""`drybulb mispricing`: where the market's prices were wrong, slice by slice, and what a taker made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app import wiring
from drybulb.app.asking import BeliefMaker
from drybulb.app.config import Config
from drybulb.app.listings import Playable, load_playable
from drybulb.app.mispriced import LEVEL, Mispriced, Named, Tested, find
from drybulb.app.mispriced_news import releases
from drybulb.app.mispriced_rows import STEP, Rules, price_rows
from drybulb.app.mispriced_takers import CONTRACTS
from drybulb.app.progress import Progress, silent
from drybulb.domain.city import City
from drybulb.engine.ports import Listing
from drybulb.errors import LakeError
from drybulb.verification import Interval


@dataclass(frozen=True, slots=True, eq=False)
class MispricingResult:
    """Where prices were wrong in a window.

    Attributes:
        window: first and last event day.
        source: forecaster whose belief stands beside the payouts, or ``none``.
        found: the slices, and which stand.
        refused: events left out, by city and reason.
        notes: what a reader must know.
    """

    window: tuple[date, date]
    source: str
    found: Mispriced
    refused: dict[str, Counter[str]]
    notes: list[str]

    @property
    def sentences(self) -> list[str]:
        """What was found, in plain words: by what was paid, then by the belief."""
        found = self.found
        said = [f"By what was paid: {found.sentence(found.paid)}."]
        if found.believed is None or found.unpaid is None:
            return said
        if found.is_belief_refuted:
            wrong = found.sentence(found.unpaid)
            return [*said, f"By {self.source}: nothing is named, for what was paid refutes its belief: {wrong}."]
        wrong = found.sentence(found.believed)
        if found.believed.named and not found.is_belief_borne_out:
            missing = "but payouts in that slice do not bear it out, so nothing is named"
            return [*said, f"By {self.source}: {wrong}, it says, {missing}."]
        return [*said, f"By {self.source}, only as right as it is calibrated: {wrong}."]

    def to_json(self) -> dict[str, Any]:
        """The document of schema ``mispricing/1``."""
        found = self.found
        believed = found.believed if found.is_belief_borne_out and not found.is_belief_refuted else None
        return {
            "schema": "mispricing/1",
            "window": [day.isoformat() for day in self.window],
            "source": self.source,
            "sentences": self.sentences,
            "level": LEVEL,
            "named": {"paid": self._named(found.paid), "belief": self._named(believed)},
            "is_belief_refuted": found.is_belief_refuted,
            "slices": [self._slice(place) for place in range(len(found.slices))],
            "refused": {key: dict(sorted(reasons.items())) for key, reasons in sorted(self.refused.items())},
            "notes": self.notes,
        }

    def _named(self, tested: Tested | None) -> list[dict[str, Any]]:
        return [] if tested is None else [self._one(one) for one in tested.named]

    def _one(self, named: Named) -> dict[str, Any]:
        where = self.found.slices[named.place]
        return {
            "family": where.family,
            "slice": where.name,
            "measure": where.measure,
            "mean": _rounded(named.mean),
            "ci90": [_rounded(named.low), _rounded(named.high)],
            "text": where.says(named.mean, named.low, named.high),
        }

    def _slice(self, place: int) -> dict[str, Any]:
        found, where = self.found, self.found.slices[place]
        return {
            "family": where.family,
            "slice": where.name,
            "measure": where.measure,
            "paid": _mean(found.paid, place),
            "belief": _mean(found.believed, place),
            "belief_error": _mean(found.unpaid, place),
            "taker": {"bought": _taken(*found.bought, place), "sold": _taken(*found.sold, place)},
        }


def mispricing(
    lake: Lake,
    config: Config,
    cities: Mapping[str, City],
    start: date,
    end: date,
    *,
    source: str = "none",
    forecaster: BeliefMaker | None = None,
    progress: Progress = silent,
) -> MispricingResult:
    """Compare prices with what was paid, and with a belief, on the event days from ``start`` to ``end`` inclusive.

    Args:
        lake: the tables.
        config: the settings; ``[strategy]`` says how old and how wide a quote may be.
        cities: cities to look at, by key.
        start: first event day.
        end: last event day, inclusive.
        source: name of who believes.
        forecaster: makes the beliefs; None for none.
        progress: told of each month begun.

    Raises:
        LakeError: no price in the window is fresh, two-sided and near enough.
        ModelError: as :meth:`~drybulb.app.forecaster.Forecaster.beliefs`.
    """
    playable = load_playable(lake, config.cities(), cities, start, end)
    rules = Rules(
        config.strategy.max_quote_age_min, config.strategy.max_spread_cents, config.backtest.order_lifetime_min
    )
    believe = None if forecaster is None else partial(forecaster.beliefs, source=source)
    costs = wiring.charges(config)
    released = releases(lake, cities)
    parts = []
    months = list(_months(playable))
    for done, listings in enumerate(months):
        progress("prices", done, len(months))
        parts.append(price_rows(lake, released, listings, playable.payouts, believe, rules, costs))
    kept = [part for part in parts if not part.is_empty()]
    if not kept:
        raise LakeError(
            f"no market of {', '.join(cities)} from {start} to {end} was quoted on both sides, at most"
            f" {rules.max_age} min old and {rules.max_spread:g} ¢ wide; see `drybulb coverage`, run `drybulb dense`"
        )
    rows = pl.concat(kept)
    progress("slices")
    found = find(rows, config.training.seed)
    refused = {key: reasons for key, reasons in playable.refused.items() if key in cities}
    return MispricingResult((start, end), source, found, refused, list(_notes(rows, rules)))


def _months(playable: Playable) -> Iterator[dict[str, Listing]]:
    months = sorted({listing.event.day.replace(day=1) for listing in playable.listings.values()})
    for first in months:
        yield {name: one for name, one in playable.listings.items() if one.event.day.replace(day=1) == first}


def _notes(rows: pl.DataFrame, rules: Rules) -> Iterator[str]:
    usable = rows.filter("is_usable")
    yield (
        f"{usable.height:,} prices of {usable['event'].n_unique():,} events, one in {STEP} dense minutes:"
        f" quoted on both sides, at most {rules.max_age} min old and {rules.max_spread:g} ¢ wide"
    )
    carried = usable.filter(pl.col("source") == "prints").height
    if carried:
        yield (
            f"{carried:,} of them are carried from prints: they show what was taken, not what could be, so no taker is"
            " filled at them, and who traded last chose which brackets are here"
        )
    yield (
        f"a taker of {CONTRACTS} contracts is filled at the next quote recorded within {rules.lifetime} min, if it is"
        " no worse than the one seen"
    )


def _mean(tested: Tested | None, place: int) -> dict[str, Any] | None:
    """Numbers of one slice; None where it has no rows."""
    if tested is None or not tested.counts[place, 0]:
        return None
    n_rows, n_minutes, n_events = tested.counts[place].tolist()
    mean, low, high = (float(part[place]) for part in tested.interval)
    adjusted = tested.adjusted[place]
    return {
        "n_events": n_events,
        "n_minutes": n_minutes,
        "n_rows": n_rows,
        "mean": _rounded(mean),
        "ci90": [_rounded(low), _rounded(high)],
        "p_holm": None if np.isnan(adjusted) else float(f"{adjusted:.3g}"),
    }


def _taken(interval: Interval, fills: np.ndarray, place: int) -> dict[str, Any] | None:
    if not fills[place]:
        return None
    mean, low, high = (float(part[place]) for part in interval)
    return {"fills": int(fills[place]), "mean": _rounded(mean), "ci90": [_rounded(low), _rounded(high)]}


def _rounded(value: float) -> float:
    return round(value, 4)
