"""The anchor fitted walk-forward: at each instant on events whose outcome was known by then, and on nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app.anchor_evidence import Pairing
from drybulb.domain.city import City
from drybulb.forecast.labels import newest_labels
from drybulb.strategy.anchor_fit import Fit, FitRules, Floats, fit, gain_curve
from drybulb.strategy.anchor_weights import POOLED

#: Weights by clock and city, at one instant.
Fitted = Mapping[tuple[str, str], Fit]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Official highs and settlements of some cities, with when each was known.

    Attributes:
        official: rows of the table.
        settlements: rows of the table.
        cities: by key.
    """

    official: pl.DataFrame
    settlements: pl.DataFrame
    cities: Mapping[str, City]

    @classmethod
    def read(cls, lake: Lake, cities: Mapping[str, City], start: date, end: date) -> Outcomes:
        """Read those of the event days from ``start`` to ``end`` inclusive."""
        official = lake.read("official", [city.station for city in cities.values()], start, end)
        return cls(official, lake.read("settlements", cities, start, end), cities)

    def known_by(self, until: datetime | None = None) -> dict[tuple[str, date], int]:
        """Return the high of every city and day as it was known by an instant [whole °F].

        Args:
            until: nothing known later is used [aware]; all is when None.
        """
        highs: dict[tuple[str, date], int] = {}
        official, settlements = self.official, self.settlements
        if until is not None:
            official, settlements = (table.filter(pl.col("known_at") <= until) for table in (official, settlements))
        for key, city in self.cities.items():
            labels = newest_labels(official, settlements, city)
            highs.update(((key, day), high) for day, high in labels.select("day", "high").iter_rows())
        return highs


@dataclass(slots=True)
class Walk:
    """Pairings of ladders and beliefs, fitted instant by instant. Curves are kept: an outcome is seldom corrected.

    Attributes:
        pairs: of one class of spread; an event is there at most once for each clock.
        outcomes: what happened, and when it was known.
        rules: what a weight must stand on.
    """

    pairs: Sequence[Pairing]
    outcomes: Outcomes
    rules: FitRules
    _curves: dict[tuple[int, int], Floats] = field(default_factory=dict, repr=False)
    _fits: dict[tuple[tuple[int, int], ...], Fit] = field(default_factory=dict, repr=False)

    def curve(self, row: int, high: int) -> Floats:
        """Return the gain of each weight on the pairing ``row``, if the official high was ``high`` [°F]."""
        quoted, belief = self.pairs[row]
        won = quoted.ladder.winner(high)
        if (row, won) not in self._curves:
            self._curves[row, won] = gain_curve(belief, quoted.market, won)
        return self._curves[row, won]

    def fit(self, until: datetime) -> dict[tuple[str, str], Fit]:
        """Return the weights by clock and city that were known at ``until``: of all cities, and of those with enough.

        Args:
            until: ladders quoted and outcomes known later are not used [aware].
        """
        known = self.outcomes.known_by(until)
        groups: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for row, (quoted, _) in enumerate(self.pairs):
            high = known.get((quoted.city, quoted.day))
            if high is not None and quoted.at <= until:
                groups.setdefault((quoted.clock, POOLED), []).append((row, high))
                groups.setdefault((quoted.clock, quoted.city), []).append((row, high))
        return {key: self._fitted(rows) for key, rows in sorted(groups.items()) if self._has_own(key, rows)}

    def _has_own(self, key: tuple[str, str], rows: Sequence[tuple[int, int]]) -> bool:
        return key[1] == POOLED or len(rows) >= self.rules.city_events

    def _fitted(self, rows: list[tuple[int, int]]) -> Fit:
        same = tuple(rows)
        if same not in self._fits:
            days = [self.pairs[row].quoted.day.toordinal() for row, _ in rows]
            curves = np.array([self.curve(row, high) for row, high in rows])
            self._fits[same] = fit(days, curves, self.rules)
        return self._fits[same]

    def sequence(self, instants: Sequence[datetime]) -> Iterator[tuple[datetime, Fitted]]:
        """Yield each of ``instants``, in order, with the weights known then."""
        for instant in sorted(instants):
            yield instant, self.fit(instant)
