"""The anchor fitted walk-forward: at each instant on events whose outcome was known by then, and on nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app.anchor_evidence import Pairing
from drybulb.domain.city import City
from drybulb.forecast.labels import newest_labels
from drybulb.strategy.anchor_fit import Evidence, Fit, FitRules, Floats, fit, gain_curves
from drybulb.strategy.anchor_weights import POOLED

#: Weights by lead, clock and city, at one instant.
Fitted = Mapping[tuple[int, str, str], Fit]


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

    def newest(self) -> datetime | None:
        """Return when the last of the outcomes was first known; None where there is none [UTC]."""
        final = self.official.filter("is_final").group_by("station", "day").agg(pl.col("known_at").min())
        paid = self.settlements.group_by("ticker").agg(pl.col("known_at").min())
        found = [known_at for table in (final, paid) for known_at in table["known_at"]]
        return max(found, default=None)

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
    """Pairings of ladders and beliefs, fitted instant by instant. Gains are kept, and fits on the same events.

    Attributes:
        pairs: of one class of spread; an event is there at most once for each lead and clock.
        outcomes: what happened, and when it was known.
        rules: what a weight must stand on.
    """

    pairs: Sequence[Pairing]
    outcomes: Outcomes
    rules: FitRules
    _gains: dict[int, Floats] = field(default_factory=dict, repr=False)
    _fits: dict[tuple[tuple[int, int], ...], Fit] = field(default_factory=dict, repr=False)

    def curve(self, row: int, high: int) -> Floats:
        """Return the gain of each weight on the pairing ``row``, if the official high was ``high`` [°F]."""
        curve: Floats = self._all(row)[self.pairs[row].quoted.ladder.winner(high)]
        return curve

    def _all(self, row: int) -> Floats:
        """The gain of each weight on a pairing, whichever leg wins."""
        if row not in self._gains:
            quoted, belief = self.pairs[row]
            self._gains[row] = gain_curves(belief, quoted.market)
        return self._gains[row]

    def fit(self, until: datetime) -> dict[tuple[int, str, str], Fit]:
        """Return the weights by lead, clock and city known at ``until``: of all cities, and of those with enough.

        Args:
            until: ladders quoted and outcomes known later are not used [aware].
        """
        known = self.outcomes.known_by(until)
        groups: dict[tuple[int, str, str], list[tuple[int, int]]] = {}
        for row, (quoted, _) in enumerate(self.pairs):
            high = known.get((quoted.city, quoted.day))
            if high is not None and quoted.at <= until:
                for city in (POOLED, quoted.city):
                    groups.setdefault((quoted.lead, quoted.clock, city), []).append((row, high))
        return {key: self._fitted(rows) for key, rows in sorted(groups.items()) if self._has_own(key, rows)}

    def _has_own(self, key: tuple[int, str, str], rows: Sequence[tuple[int, int]]) -> bool:
        return key[-1] == POOLED or len(rows) >= self.rules.city_events

    def _fitted(self, rows: list[tuple[int, int]]) -> Fit:
        same = tuple(rows)
        if same not in self._fits:
            self._fits[same] = fit([self._evidence(*each) for each in rows], self.rules)
        return self._fits[same]

    def _evidence(self, row: int, high: int) -> Evidence:
        quoted = self.pairs[row].quoted
        return Evidence(quoted.day.toordinal(), quoted.market, quoted.ladder.winner(high), self._all(row))

    def sequence(self, instants: Sequence[datetime]) -> Iterator[tuple[datetime, Fitted]]:
        """Yield each of ``instants``, in order, with the weights known then."""
        for instant in sorted(instants):
            yield instant, self.fit(instant)
