"""The pool against the market: paired differences of log score, the weights walk-forward, by city, year and spread."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np

from drybulb.app.anchor_evidence import Quoted
from drybulb.app.anchor_walk import Fitted, Walk
from drybulb.app.clocked import ALL
from drybulb.strategy.anchor_fit import GRID
from drybulb.strategy.anchor_weights import MAX_AGE, POOLED
from drybulb.verification import day_bootstrap

REPLICATES = 1000
_PLACES = 6


class Scored(NamedTuple):
    """One ladder scored; log scores in [nats], less is better.

    Attributes:
        city: city key.
        year: of the event day.
        day: ordinal of the event day.
        lead: 1 or 0.
        clock: see :class:`~drybulb.app.anchor_evidence.Quoted`.
        spread: class.
        weight: of the belief, in force then.
        market: log score.
        pool: log score.
        belief: log score.
    """

    city: str
    year: int
    day: int
    lead: int
    clock: str
    spread: str
    weight: float
    market: float
    pool: float
    belief: float


def score(walk: Walk, sequence: Sequence[tuple[datetime, Fitted]]) -> Iterator[Scored]:
    """Score every pairing whose outcome is known with the weight in force at its instant; 0 where none is.

    Args:
        walk: the pairings.
        sequence: instants in order, each with the weights known then.
    """
    highs = walk.outcomes.known_by()
    dates = [instant for instant, _ in sequence]
    for row, (quoted, _) in enumerate(walk.pairs):
        high = highs.get((quoted.city, quoted.day))
        if high is None:
            continue
        place = bisect_right(dates, quoted.at) - 1
        in_force = place >= 0 and quoted.at - dates[place] <= MAX_AGE
        weight = _weight(sequence[place][1], quoted) if in_force else 0.0
        curve = walk.curve(row, high)
        market = -float(np.log(quoted.market[quoted.ladder.winner(high)]))
        gain = float(curve[round(weight * (len(GRID) - 1))])
        yield Scored(
            quoted.city,
            quoted.day.year,
            quoted.day.toordinal(),
            quoted.lead,
            quoted.clock,
            quoted.spread,
            weight,
            market,
            market - gain,
            market - float(curve[-1]),
        )


def _weight(fitted: Fitted, quoted: Quoted) -> float:
    lead, clock = quoted.lead, quoted.clock
    found = fitted.get((lead, clock, quoted.city)) or fitted.get((lead, clock, POOLED))
    return 0.0 if found is None else found.weight


def rows(scored: Iterable[Scored], seed: int) -> list[dict[str, Any]]:
    """Return the table: by class of spread, city, year, lead and clock, and of each the sum over all.

    Args:
        scored: one entry a ladder.
        seed: of the bootstrap by calendar day.
    """
    groups: dict[tuple[str, str, str, str, str], list[Scored]] = {}
    for one in scored:
        for city in (one.city, ALL):
            for year in (str(one.year), ALL):
                for lead, clock in ((str(one.lead), one.clock), (ALL, ALL)):
                    groups.setdefault((one.spread, city, year, lead, clock), []).append(one)
    return [_row(key, found, seed) for key, found in sorted(groups.items())]


def _row(key: tuple[str, str, str, str, str], found: Sequence[Scored], seed: int) -> dict[str, Any]:
    """Means over events, each the mean over its clocks; the interval resamples calendar days."""
    events: dict[tuple[str, int], list[Scored]] = {}
    for one in found:
        events.setdefault((one.city, one.day), []).append(one)
    days = [day for _, day in events]
    values = np.array(
        [
            [np.mean([getattr(one, name) for one in ladders]) for name in ("market", "pool", "belief", "weight")]
            for ladders in events.values()
        ]
    )
    columns = np.column_stack([values, values[:, 1] - values[:, 0], values[:, 2] - values[:, 0]])
    interval = day_bootstrap(days, columns, seed, replicates=REPLICATES)
    mean, low, high = (np.round(part, _PLACES).tolist() for part in interval)
    spread, city, year, lead, clock = key
    return {
        "spread": spread,
        "city": city,
        "year": year,
        "lead": lead,
        "clock": clock,
        "events": len(days),
        "market": mean[0],
        "pool": mean[1],
        "belief": mean[2],
        "weight": mean[3],
        "difference": mean[4],
        "ci90": [low[4], high[4]],
        "belief_difference": mean[5],
        "belief_ci90": [low[5], high[5]],
    }
