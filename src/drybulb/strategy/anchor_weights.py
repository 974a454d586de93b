"""How much a belief weighs against the market: by part of the day, as fitted on what had settled, looked up as-of."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime, timedelta

#: City of a weight that is fitted on all cities together.
POOLED = "*"

#: Weights are refitted once a month; from the second month missed on, nobody's weight is in force.
MAX_AGE = timedelta(days=62)


@dataclass(frozen=True, slots=True, order=True)
class Phase:
    """A part of an event's two days, in hours of local standard time.

    Attributes:
        lead: 1 on the day before, 0 on the event's day.
        start: first hour [h].
        end: hour it ends before [h].
    """

    lead: int
    start: int
    end: int

    def __str__(self) -> str:
        return f"D{'-1' if self.lead else ''} {self.start:02}-{self.end:02}"


#: Few, so that each has events to be fitted on; a market opens at about 10 on the day before.
PHASES = (Phase(1, 0, 16), Phase(1, 16, 24), Phase(0, 0, 10), Phase(0, 10, 14), Phase(0, 14, 18), Phase(0, 18, 24))


def phase_at(lead: int, hour: float) -> Phase:
    """Return the phase of an hour of local standard time [h, 0 to below 24] at a lead."""
    return next(phase for phase in PHASES if phase.lead == lead and phase.start <= hour < phase.end)


@dataclass(frozen=True, slots=True)
class Weight:
    """One weight and what it stands on.

    Attributes:
        known_at: instant at which it was fitted: nothing known later was used [UTC].
        phase: the part of the day.
        city: key of the city, or :data:`POOLED`.
        weight: the belief's, in [0, 1]: the lower bound of what was fitted; 0 where there were too few events.
        fitted: with the best mean log score on those events; None where there were too few.
        high: upper bound of what was fitted; likewise.
        events: it was fitted on.
        gain: of the pool with ``weight`` over the market on them, in mean log score [nats].
    """

    known_at: datetime
    phase: Phase
    city: str
    weight: float
    fitted: float | None
    high: float | None
    events: int
    gain: float


@dataclass(frozen=True, slots=True)
class Weights:
    """A dated sequence of weights: each is in force from its ``known_at`` until the next of its phase.

    Attributes:
        rows: in any order.
    """

    rows: tuple[Weight, ...]
    _dates: dict[Phase, list[datetime]] = field(default_factory=dict, repr=False, compare=False)
    _found: dict[tuple[Phase, datetime], dict[str, Weight]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        for row in self.rows:
            self._found.setdefault((row.phase, row.known_at), {})[row.city] = row
        for phase, known_at in sorted(self._found):
            self._dates.setdefault(phase, []).append(known_at)

    def in_force(self, phase: Phase, city: str, now: datetime) -> Weight | None:
        """Return the weight of a city in a phase by the newest fit known at ``now``.

        The city's own where that fit has one, else that of all cities; None before the first fit, and where the newest
        is older than :data:`MAX_AGE`.

        Args:
            phase: the part of the day.
            city: key of the city.
            now: the instant [aware].
        """
        dates = self._dates.get(phase, [])
        place = bisect_right(dates, now)
        if place == 0 or now - dates[place - 1] > MAX_AGE:
            return None
        fitted = self._found[phase, dates[place - 1]]
        return fitted.get(city) or fitted.get(POOLED)


def monthly(start: datetime, end: datetime) -> list[datetime]:
    """Return the first instant of every month after ``start`` and up to ``end`` [UTC]."""
    found: list[datetime] = []
    at = start.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while at <= end:
        if at > start:
            found.append(at)
        at = (at + timedelta(days=32)).replace(day=1)
    return found
