"""How a belief came about: the parts of the change of the mean sum to it, and the outlines say what they outline."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from drybulb.errors import ModelError
from drybulb.forecast.contributions import slopes
from drybulb.forecast.explanation import Explanation, Voice, explain
from drybulb.forecast.gaps import GAP_LOW, Gap, Gaps
from drybulb.forecast.hazards import expit
from drybulb.forecast.model import GRID, GRID_LOW, Floats
from drybulb.forecast.normals import Normals
from drybulb.forecast.outlines import GapAbove, Outline, Reached
from drybulb.forecast.structural import Structural
from tests.unit.forecast.made import material, rows
from tests.unit.forecast.small_models import CITY, small_models

#: Corrections taken whole: in so small a world S may leave nothing to correct.
MODELS = small_models(is_taken_whole=True)
NOON = material().rows.filter((pl.col("lead") == 0) & pl.col("hours").is_between(11.9, 12.1)).tail(3)[:1]
EVE = material().rows.filter((pl.col("lead") == 1) & (pl.col("guidance_n") > 0)).tail(1)


def _voice(name: str, share: float = 1.0) -> Voice:
    model = MODELS[name].model
    return Voice(model.name, "0123", share, model.structural, model.correction)


def _sum(found: Explanation) -> float:
    return sum(one.change for one in found.contributions) + found.constant + found.offset


def test_slopes_make_up_the_change_of_the_mean_exactly() -> None:
    """Where one log odds goes from 0 to f, the mean goes from 70.5 to 70 + 1 / (1 + exp(-f)), however far f is."""
    hazards = np.where(GRID < 70, 1.0, 0.0)
    at = np.array([70 - GRID_LOW])
    hazards[at] = 0.5
    for end in (-6.0, 0.01, 6.0):
        slope = slopes(hazards, at, np.zeros(1), np.array([end]))
        assert slope @ np.array([end]) == pytest.approx(1 / (1 + np.exp(-end)) - 0.5, abs=1e-9)


def test_a_slope_counts_every_degree_beyond() -> None:
    """The first of two steps at odds 1:1 counts both: its slope is 0.5 of 0.5 + 0.25, the second's 0.5 of 0.25."""
    hazards = np.where(GRID < 70, 1.0, 0.0)
    at = np.array([70 - GRID_LOW, 71 - GRID_LOW])
    hazards[at] = 0.5
    small = np.full(2, 1e-7)
    assert slopes(hazards, at, np.zeros(2), small) == pytest.approx([0.5 * 0.75, 0.5 * 0.25], abs=1e-6)


def test_slopes_of_many_degrees_sum_to_the_change_of_the_mean() -> None:
    """Large changes of all log odds at once, up and down, are made up to a millionth of a degree."""
    at = np.arange(70, 84) - GRID_LOW
    start, end = np.linspace(4.0, -4.0, at.size), np.linspace(1.0, -7.0, at.size) + 3.0 * np.sin(np.arange(at.size))
    hazards = np.where(GRID < 70, 1.0, 0.0)

    def mean(log_odds: Floats) -> float:
        return 70.0 + float(np.cumprod(expit(log_odds)).sum())

    hazards[at] = expit(start)
    assert slopes(hazards, at, start, end) @ (end - start) == pytest.approx(mean(end) - mean(start), abs=1e-6)


@pytest.mark.parametrize("row", [NOON, EVE], ids=["lead 0", "lead 1"])
@pytest.mark.parametrize("name", [CITY, "global"])
def test_parts_and_remainder_are_the_change_of_the_mean(name: str, row: pl.DataFrame) -> None:
    """Contributions, constant, offset and remainder sum to the exact change of the mean, and the remainder is next to
    nothing; the belief is the model's own.
    """
    voice = _voice(name)
    found = explain(row, [voice])
    own = MODELS[name].model.predict(row).pmf[0]
    of_s = voice.structural.predict(row).pmf[0]
    assert np.array_equal(found.belief, own)
    assert found.change == pytest.approx(GRID @ own - GRID @ of_s, abs=1e-12)
    assert found.change == pytest.approx(_sum(found) + found.remainder, abs=1e-12)
    assert abs(found.remainder) < 1e-6
    assert abs(found.change) > 1e-4
    assert found.change == pytest.approx(sum(one.share * one.change for one in found.voices[0].members), abs=1e-9)
    assert sum(found.groups().values()) == pytest.approx(sum(one.change for one in found.contributions), abs=1e-12)


def test_a_blend_counts_each_voice_with_its_share() -> None:
    """A belief of two models moves the mean by the shares of what each moves it, feature by feature."""
    whole, own = explain(NOON, [_voice("global")]), explain(NOON, [_voice(CITY)])
    both = explain(NOON, [_voice("global", 0.25), _voice(CITY, 0.75)])
    assert both.change == pytest.approx(0.25 * whole.change + 0.75 * own.change, abs=1e-12)
    assert [voice.share for voice in both.voices] == [0.25, 0.75]
    parts = [{one.feature: one.change for one in found.contributions} for found in (whole, own, both)]
    for feature, change in parts[2].items():
        expected = 0.25 * parts[0].get(feature, 0.0) + 0.75 * parts[1][feature]
        assert change == pytest.approx(expected, abs=1e-12)
    assert abs(both.remainder) < 1e-6


def test_only_a_hazard_that_does_not_start_from_s_has_an_offset() -> None:
    """The offset is H0's; without H0 it is exactly 0, and at lead 0 a city model has both members."""
    members = {one.name: one for one in explain(NOON, [_voice(CITY)]).voices[0].members}
    assert set(members) == {"H0", "H1"}
    assert members["H1"].offset == 0.0
    assert members["H0"].offset != 0.0
    assert {one.share for one in members.values()} == {0.5}
    assert explain(NOON, [_voice("global")]).offset == 0.0


def test_contributions_are_named_grouped_and_ordered() -> None:
    """The greatest contribution comes first; a feature has its group and value, a difference the temperature meant."""
    found = explain(NOON, [_voice(CITY)])
    sizes = [abs(one.change) for one in found.contributions]
    assert sizes == sorted(sizes, reverse=True)
    facts = {one.feature: one for one in found.contributions}
    assert facts["hours"].group == "market_clock"
    assert facts["hours"].value == pytest.approx(NOON["hours"][0], abs=1e-5)
    high = facts["degree_minus_running_max"]
    assert (high.group, high.value) == ("threshold", NOON["running_max"][0])
    assert (facts["anchor_log_odds"].group, facts["anchor_log_odds"].value) == ("S", None)
    mean = facts["degree_minus_anchor"]
    assert mean.group == "S"
    assert mean.value == pytest.approx(found.voices[0].of_s.mean, abs=1e-4)
    assert facts["neighbour_fall"].value is None


def test_s_alone_moves_nothing() -> None:
    """S explained has its basis, no contributions, and a change of exactly 0."""
    structural = MODELS["global"].model.structural
    found = explain(NOON, [Voice("S", "0123", 1.0, structural, None)])
    assert (found.change, found.remainder, found.contributions) == (0.0, 0.0, ())
    assert (found.voices[0].basis, found.voices[0].taken) == ("guidance+observations", None)
    assert found.voices[0].said == found.voices[0].of_s


def test_what_nobody_said_cannot_be_explained() -> None:
    """No voice, two rows, or a voice that is silent is refused."""
    with pytest.raises(ModelError, match="0 voices"):
        explain(NOON, [])
    with pytest.raises(ModelError, match="2 rows"):
        explain(pl.concat([NOON, EVE]), [_voice(CITY)])
    with pytest.raises(ModelError, match="no guidance and no observations"):
        explain(rows({}), [_voice(CITY)])


def test_an_outline_has_the_first_degree_that_reaches_each_level() -> None:
    """0.1 at 60, 0.4 at 61 and 0.5 at 65 °F: mean 62.9; 10 % are reached at 60, 50 % at 61, 90 % at 65."""
    pmf = np.zeros(GRID.size)
    for degree, chance in ((60, 0.1), (61, 0.4), (65, 0.5)):
        pmf[degree - GRID_LOW] = chance
    found = Outline.of(pmf)
    assert found.mean == pytest.approx(62.9)
    assert found.quantiles == (60, 61, 65)


def test_the_maximum_so_far_is_an_interval_of_the_events_day() -> None:
    """It has both its ends and when it was reached; on the day before there is none of the event's day."""
    at = NOON["running_max_at"][0]
    row = rows({"running_max": 81, "running_max_upper": 82, "running_max_at": at, "reading_max": 81}).row(0, named=True)
    assert Reached.of(row) == Reached(81, 82, at, None, 81, None)
    assert Reached.of(row, "neighbour_") is None
    assert Reached.of({**row, "lead": 1}) is None


def test_the_gap_is_the_fitted_one_above_the_maximum() -> None:
    """Above readings that 1,000 days stood 0 below and 1,000 days 1 below the high, the gap is 0 or 1 alike, and what
    the prior leaves to others; where nothing was observed there is none.
    """
    days = tuple(1000 if gap in (0, 1) else 0 for gap in range(GAP_LOW, 9))
    gaps = Gaps(Gap(days), Gap(days), Gap(days))
    structural = Structural(Normals({}), {"KMIA": gaps, "*": gaps}, {})
    found = GapAbove.of(structural, rows({"reading_max": 81, "running_max": 81}))
    assert found is not None
    assert found.mean == pytest.approx(0.5, abs=0.002)
    assert found.chances["0"] == pytest.approx(0.5, abs=0.002)
    assert found.chances["1"] == pytest.approx(0.5, abs=0.002)
    assert sum(found.chances.values()) == pytest.approx(1.0, abs=1e-12)
    # Half a day each of -1, 2 and 3, a quarter and so on beyond them, among 2,004 or so.
    assert found.chances["-1"] == pytest.approx(found.chances["2"])
    assert 0.0 < found.chances["≤-2"] < found.chances["-1"] < found.chances["≥3"] < 0.001
    assert GapAbove.of(structural, rows({})) is None
