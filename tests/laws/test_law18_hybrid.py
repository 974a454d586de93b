"""Law 18: lead 1 is the global model's, lead 0 the city's, else the global's, else nobody's; where the city model's
card says that the global one is better, lead 0 is the global's, else the city's. Every belief says who and why, and no
distribution jumps at the switch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from drybulb.forecast.hybrid import Hybrid
from drybulb.forecast.model import Floats, Prediction
from tests.unit.forecast.spoken import CITY_SAYS, GLOBAL_SAYS, asked, instant, said, speaker

WHOLE, OWN = said(GLOBAL_SAYS), said(CITY_SAYS)
NO_GLOBAL, NO_CITY = "too few events for a global model", "too few events for Miami"
BETTER = "the global model is better out of fold by 0.012 nats"


@dataclass(frozen=True, slots=True)
class Case:
    """One question and who could answer it.

    Attributes:
        hours: since the event's midnight; below 0 at lead 1 [h].
        is_read: whether the station has just reported.
        global_: whether the global model would speak.
        city: likewise the city's.
    """

    hours: float
    is_read: bool
    global_: bool
    city: bool


@dataclass(frozen=True, slots=True)
class World:
    """Which models there are, what they know of Miami, what the city's card says, and what is asked in one batch."""

    has_global: bool
    has_city: bool
    yields: bool
    is_unseen: bool
    blend_hours: float
    cases: tuple[Case, ...]

    def hybrid(self) -> Hybrid:
        """The hybrid of these models."""
        stations = ["KDEN"] if self.is_unseen else ["KMIA"]
        mute = {"global": [instant(one.hours) for one in self.cases if not one.global_]}
        mute["city"] = [instant(one.hours) for one in self.cases if not one.city]
        return Hybrid(
            speaker("global", mute["global"], stations) if self.has_global else None,
            {"miami": speaker("city", mute["city"], yields=BETTER if self.yields else "")} if self.has_city else {},
            {"global": NO_GLOBAL, "city-miami": NO_CITY},
            self.blend_hours,
        )

    def said(self) -> Prediction:
        """What the hybrid says about all cases at once."""
        ages = pl.Series([0.5 if one.is_read else None for one in self.cases], dtype=pl.Float64)
        rows = asked(*(one.hours for one in self.cases)).with_columns(last_temp_age=ages)
        return self.hybrid().predict("hybrid", rows)

    def speaks_whole(self, case: Case) -> bool:
        """Whether the global model can speak about a case."""
        return self.has_global and case.global_

    def speaks_own(self, case: Case) -> bool:
        """Whether the city model can: on the event's day, from a reading."""
        return self.has_city and case.city and case.is_read and case.hours >= 0.0

    def is_pooled(self, case: Case) -> bool:
        """Whether the city's card leaves a case to the global model, which can speak about it."""
        return self.has_city and self.yields and case.hours >= 0.0 and self.speaks_whole(case)

    def weight(self, case: Case) -> float | None:
        """The global model's share; None where nobody speaks."""
        if self.is_pooled(case):
            return 1.0
        if not self.speaks_own(case):
            return 1.0 if self.speaks_whole(case) else None
        return max(0.0, 1.0 - case.hours / self.blend_hours) if self.speaks_whole(case) else 0.0


#: Whole minutes, and the ends of everything.
_HOURS = st.one_of(
    st.integers(-24 * 60, 24 * 60 - 1).map(lambda minute: minute / 60.0),
    st.integers(-10, 260).map(lambda minute: minute / 60.0),
    st.sampled_from([-24.0, -1.0 / 3600.0, 0.0, 1.0, 2.0, 3.0]),
)
_USUALLY = st.sampled_from([True, True, True, False])
_EITHER = st.booleans()
_CASES = st.lists(
    st.builds(Case, _HOURS, _USUALLY, _USUALLY, _USUALLY), min_size=1, max_size=8, unique_by=lambda c: c.hours
)
WORLDS = st.builds(World, _USUALLY, _USUALLY, _EITHER, _EITHER, st.sampled_from([0.5, 2.0, 3.0]), _CASES.map(tuple))


@given(WORLDS)
def test_the_right_one_speaks_with_the_right_share(world: World) -> None:
    """Lead 1 is the global model's; lead 0 the city's, in the blend's hours by its share; else the global's; else
    nobody's. By the city's card lead 0 is the global's from midnight on, else the city's.
    """
    found = world.said()
    for row, case in enumerate(world.cases):
        weight = world.weight(case)
        assert bool(found.available[row]) == (weight is not None), case
        expected: Floats = np.zeros_like(WHOLE) if weight is None else weight * WHOLE + (1.0 - weight) * OWN
        np.testing.assert_allclose(found.pmf[row], expected, atol=1e-12, err_msg=repr(case))


@given(WORLDS)
def test_every_belief_says_who_and_why(world: World) -> None:
    """Source, model and reason name all who speak; where the next in line speaks, or nobody, they tell of each who does
    not; a station never trained on is marked.
    """
    found = world.said()
    for row, case in enumerate(world.cases):
        source, model, reason = (of[row] for of in (found.source or [], found.model or [], found.reason))
        weight, whole, pooled = world.weight(case), world.speaks_whole(case), world.is_pooled(case)
        own, by_card = world.speaks_own(case) and not pooled, world.has_city and world.yields
        is_shared = own and not by_card and case.hours < world.blend_hours
        assert source == _source(world, case, weight), case
        voices = ["global:global-id"] * (whole and (not own or is_shared)) + ["city:city-id"] * own
        assert model == " ".join(voices), case
        told = f"knows of {instant(case.hours):%d %H:%M}"
        assert reason.count(told) == len(voices), case
        assert ("unseen: not trained on KMIA" in reason) == (world.is_unseen and "global:global-id" in voices), case
        assert ("not blended" in reason) == (is_shared and not whole), case
        assert ("standing in" in reason) == (own and by_card), case
        assert (BETTER in reason) == pooled, case
        if case.hours < 0.0 or not own or is_shared or by_card:
            assert (NO_GLOBAL in reason) == (not world.has_global), case
            assert ("global silent: cannot say" in reason) == (world.has_global and not case.global_), case
        if case.hours >= 0.0:
            assert (NO_CITY in reason) == (not world.has_city), case
            assert ("city silent: " in reason) == (world.has_city and not own and not pooled), case


def _source(world: World, case: Case, weight: float | None) -> str:
    """What a belief calls the one who speaks."""
    if weight is None:
        return ""
    if case.hours < 0.0 or world.is_pooled(case):
        return "global"
    if not world.speaks_own(case):
        return "fallback:city model silent" if world.has_city else "fallback:no city model"
    if world.speaks_whole(case) and case.hours < world.blend_hours:
        return f"blend(global {weight:.2f}, city {1.0 - weight:.2f})"
    return "city"


@given(st.lists(_HOURS, min_size=2, max_size=12, unique=True), st.sampled_from([0.5, 2.0, 3.0]))
def test_no_distribution_jumps_at_the_switch(hours: list[float], blend_hours: float) -> None:
    """While both models stay of their minds, a belief moves from the global model's to the city's no faster than evenly
    over the blend's hours, and never back.
    """
    hours = sorted(hours)
    cases = tuple(Case(at, is_read=True, global_=True, city=True) for at in hours)
    world = World(has_global=True, has_city=True, yields=False, is_unseen=False, blend_hours=blend_hours, cases=cases)
    pmf = world.said().pmf
    apart = float(np.abs(WHOLE - OWN).sum())
    for (before, sooner), (after, later) in pairwise(zip(hours, pmf, strict=True)):
        assert np.abs(later - sooner).sum() <= apart * (after - before) / blend_hours + 1e-12, (before, after)
        assert np.abs(later - OWN).sum() <= np.abs(sooner - OWN).sum() + 1e-12, (before, after)
    if hours[0] <= 0.0 and hours[-1] >= blend_hours:
        assert math.isclose(float(np.abs(pmf[0] - pmf[-1]).sum()), apart)
