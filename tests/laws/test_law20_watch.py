"""Law 20: however long it looks, the watch stops a city in at most 1/level of worlds in which the belief is right.

Right means: the chance of the outcome given all that the market knows.
"""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from drybulb.app import config, watch_bets, watch_block, watch_events
from drybulb.verification import evalue

LEVEL = 20.0
WORLDS, EVENTS, BRACKETS = 2000, 200, 5
SPELLS = 240

Floats = NDArray[np.float64]

CITIES = {"miami": config.load().cities()["miami"]}
REGISTERED = watch_block.WatchBlock.model_validate(
    {"from": date(2025, 1, 1), "forecaster": "S", "clock": "DT10:00", "share": 0.5, "level": LEVEL, "is_enforced": True}
)


def _most(worlds: int) -> float:
    """A watch that stops in as many worlds as it may stops in more than this in one trial of a million."""
    return worlds / LEVEL + 4.8 * math.sqrt(worlds * (1.0 - 1.0 / LEVEL) / LEVEL)


@cache
def _worlds(seed: int, noise: float) -> tuple[Floats, Floats]:
    """Probability of what happened, as believed and by a market that errs, of outcomes drawn from the beliefs."""
    rng = np.random.default_rng(seed)
    believed = rng.dirichlet(np.full(BRACKETS, 0.7), size=(WORLDS, EVENTS))
    market = believed * np.exp(noise * rng.standard_normal(believed.shape)) + 1e-9
    market /= market.sum(axis=2, keepdims=True)
    below = np.cumsum(believed, axis=2)[:, :, :-1]
    won = (rng.random((WORLDS, EVENTS, 1)) > below).sum(axis=2)[:, :, None]
    return np.take_along_axis(believed, won, axis=2)[:, :, 0], np.take_along_axis(market, won, axis=2)[:, :, 0]


def _stopped(held: Floats, other: Floats) -> int:
    factors = evalue.log_factors(held.ravel(), other.ravel()).reshape(held.shape)
    return int((evalue.crossings(evalue.log_e_values(factors), LEVEL) >= 0).sum())


def test_a_calibrated_belief_is_stopped_in_at_most_one_world_of_level() -> None:
    """Whether the market errs a little or wildly, a belief that is the outcome's own chance is seldom stopped."""
    for seed, noise in ((20260121, 0.5), (20260122, 2.0)):
        assert _stopped(*_worlds(seed, noise)) <= _most(WORLDS), noise


def test_a_belief_that_knows_less_than_the_market_is_stopped() -> None:
    """The other way round the watch is not blind: against a market that is right, a noisy belief is mostly stopped."""
    right, noisy = _worlds(20260123, 0.7)
    assert _stopped(noisy, right) > 0.9 * WORLDS


def test_bets_do_not_overlap() -> None:
    """Of events whose outcomes are the same in a row of days, those bet on were placed when the last had paid.

    Where two days have one outcome, known on the second, who bets on both wins twice by one piece of luck, and stops
    more cities than the law allows.
    """
    rng = np.random.default_rng(20260124)
    stopped = 0
    for _ in range(SPELLS):
        won = np.repeat(rng.integers(2, size=60), 2)[1:]
        events = [_event(day, int(place)) for day, place in enumerate(won)]
        gathered = watch_events.Gathered({"miami": events}, {"miami": Counter()}, frozenset())
        (watched,) = watch_bets.city_watches(gathered, REGISTERED, CITIES)
        assert len(watched.days) + watched.skipped[watch_bets.OVERLAP] == len(events)
        stopped += watched.stopped is not None
    assert stopped <= _most(SPELLS)


def _event(day: int, place: int) -> watch_events.WatchedEvent:
    """A day of a spell of two: believed even, the market sure of one side, known on the morning after the spell."""
    at = datetime.combine(date(2025, 1, 1), time(15), UTC) + timedelta(days=day)
    known_at = at + timedelta(days=1 + day % 2, hours=-2)
    return watch_events.WatchedEvent(
        "miami", at.date(), at, (0.5, 0.5), (0.95, 0.05), place, known_at, is_disputed=False
    )
