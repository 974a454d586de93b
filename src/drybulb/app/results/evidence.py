"""What was gathered for the page: scores and differences by where they are, and runs by policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from drybulb.app.clocked import ALL
from drybulb.app.results.disputes import Dispute
from drybulb.app.results.kept import Kept
from drybulb.app.results.plan import Window
from drybulb.app.scored import MARKET

Row = dict[str, Any]
Interval = Sequence[float]
#: Of what is paired with the market, the score that is compared; of the others.
METRIC = {MARKET: "rps", None: "crps"}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a score stands: a city (or ``all``), a lead, a clock (or ``all``), and what it is paired with."""

    city: str
    lead: int
    clock: str = ALL
    paired_with: str | None = None

    @classmethod
    def of(cls, row: Row) -> Spot:
        """Where a row of the verification table stands."""
        return cls(row["city"], row["lead"], row["clock"], row["paired_with"])


@dataclass(frozen=True, slots=True)
class Judged:
    """Scores and paired differences of one window.

    Attributes:
        window: the event days.
        scores: by spot and forecaster.
        differences: by spot, forecaster and reference; below zero the forecaster is better.
        notes: what a reader must know.
    """

    window: Window
    scores: Mapping[tuple[Spot, str], Row]
    differences: Mapping[tuple[Spot, str, str], Row]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, window: Window, rows: Sequence[Row], comparisons: Sequence[Row], notes: Sequence[str]) -> Judged:
        """Put the rows of verification tables where they can be looked up."""
        scores = {(Spot.of(row), row["forecaster"]): row for row in rows}
        differences = {(Spot.of(row), row["forecaster"], row["reference"]): row for row in comparisons}
        return cls(window, scores, differences, tuple(notes))

    def spots(self, city: str, paired_with: str | None) -> list[Spot]:
        """Where there are scores of a city: the day before first, each clock in order, all clocks last."""
        found = {spot for spot, _ in self.scores if (spot.city, spot.paired_with) == (city, paired_with)}
        return sorted(found, key=lambda spot: (-spot.lead, spot.clock == ALL, spot.clock))

    def between(self, forecaster: str, reference: str, paired_with: str | None) -> Iterator[Row]:
        """Differences of two forecasters, wherever they are."""
        for (spot, mine, other), row in self.differences.items():
            if (mine, other, spot.paired_with) == (forecaster, reference, paired_with):
                yield row


@dataclass(frozen=True, slots=True)
class PolicyRun:
    """One policy replayed.

    Attributes:
        policy: its name.
        is_twice: whether it decided twice an event only.
        document: ``backtest/1``.
        gains: by event day [microdollars].
        kept: its fills, and how long each waited.
    """

    policy: str
    is_twice: bool
    document: Row
    gains: Mapping[date, int]
    kept: Kept = field(default_factory=Kept)

    @property
    def decides(self) -> str:
        """Its protocol in words."""
        return "twice an event" if self.is_twice else "at any time"

    @property
    def per_day(self) -> Interval | None:
        """90 % interval of the gain of an event day [dollars]; None where nothing was filled, so none can be drawn."""
        total = self.document["total"]
        return total["pnl_per_day"]["ci90"] if total["fills"] else None


@dataclass(frozen=True, slots=True)
class Season:
    """What was found about one window.

    Attributes:
        judged: the scores.
        runs: of the policies, at any time and twice an event, in the order of the plan.
        disputes: events that the exchange settled otherwise than the official high says.
        only_sources: by city, number of event days by source of the official high, where none has a second source.
    """

    judged: Judged
    runs: Sequence[PolicyRun]
    disputes: Sequence[Dispute] = ()
    only_sources: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def run(self, policy: str, *, is_twice: bool = False) -> PolicyRun | None:
        """The run of a policy in one of the two protocols."""
        found = [one for one in self.runs if (one.policy, one.is_twice) == (policy, is_twice)]
        return found[0] if found else None

    @property
    def months(self) -> str:
        """The window in words, such as November 2024 to February 2025."""
        return f"{self.judged.window.start:%B %Y} to {self.judged.window.end:%B %Y}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the page is written from.

    Attributes:
        archive: the months with prints of four cities.
        polled: the events quoted by polls; None where the lake has none.
        neighbours: by city, the station whose readings stand in for its own.
        seed: of the bootstrap.
        bankroll: with which each run began [dollars].
        poll_lifetime: for so long an order may wait for the next poll [min].
    """

    archive: Season
    polled: Season | None
    neighbours: Mapping[str, str]
    seed: int
    bankroll: int
    poll_lifetime: int

    @property
    def seasons(self) -> tuple[Season, ...]:
        """What there is of the two, the archive's first."""
        return (self.archive,) if self.polled is None else (self.archive, self.polled)
