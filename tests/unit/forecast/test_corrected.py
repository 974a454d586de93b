"""Corrections of S: which member speaks where, how much of it is taken, and what it never touches."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

import numpy as np
import polars as pl
import pytest

from drybulb.forecast import corrected
from drybulb.forecast.corrected import Corrected, Correction
from drybulb.forecast.features import Features
from drybulb.forecast.hazard import Hazard, HazardRules, Pairs
from drybulb.forecast.hazards import expit, hazards_of, logit, pmf_of_hazards
from drybulb.forecast.model import GRID, GRID_LOW, Booleans, Floats, Prediction
from drybulb.forecast.normals import Normals
from drybulb.forecast.shares import Shares
from drybulb.forecast.structural import Structural
from tests.unit.forecast.made import labelled, rows

NORMALS = Normals({})
H0 = HazardRules(name="H0", from_anchor=False, span=(-2, 4))
H1 = HazardRules(name="H1")

#: Nothing observed, on the event's day and the day before; then 84 °F reached, and 86 where the neighbour stands.
NOTHING = {"guidance": 85.0}
EVE = {"guidance": 85.0, "lead": 1, "hours": -6.0}
REACHED = {"guidance": 85.0, "running_max": 84}
NEXT_DOOR = {"guidance": 85.0, "neighbour_running_max": 86, "neighbour_bias": 2.0}


class Shift:
    """A hazard that adds the same to S's log odds, whatever the row.

    Args:
        rules: which degrees it speaks about.
        by: what it adds.
    """

    def __init__(self, rules: HazardRules, by: float) -> None:
        self.rules = rules
        self.by = by

    def log_odds(self, features: Features, pairs: Pairs) -> Floats:
        """S's log odds and what is added."""
        return pairs.anchor + self.by


def _correction(*members: Shift, share: float = 1.0) -> Correction:
    hazards = [cast("Hazard", member) for member in members]
    return Correction(NORMALS, (), hazards, Shares({"*": (share,) * 7}))


def _bell(n: int) -> Floats:
    """S of n rows: a bell around 85 °F, shape (n, 201)."""
    pmf = 1.0 / np.cosh((GRID - 85.0) / 4.0) ** 2
    return np.tile(pmf / pmf.sum(), (n, 1))


def _shifted(pmf: Floats, where: Booleans, by: float) -> Floats:
    """Distributions whose hazards have other log odds at some degrees."""
    hazards = hazards_of(pmf)
    return pmf_of_hazards(np.where(where, expit(logit(hazards) + by), hazards))


def _open(pmf: Floats) -> Booleans:
    hazards = hazards_of(pmf)
    return (hazards > 0.003) & (hazards < 0.997)


def test_a_correction_is_the_mean_of_its_members() -> None:
    """H0 adds 1 from two below to four above the maximum of 84, but not below it; H1 takes 1 off wherever S is open."""
    pmf = _bell(1)
    found = _correction(Shift(H0, 1.0), Shift(H1, -1.0)).apply(rows(REACHED), pmf)
    of_h0 = _shifted(pmf, (GRID >= 84) & (GRID <= 88), 1.0)
    of_h1 = _shifted(pmf, _open(pmf) & (GRID >= 84), -1.0)
    assert found == pytest.approx((of_h0 + of_h1) / 2.0, abs=1e-12)
    assert np.abs(found - pmf).max() > 0.005


def test_nothing_below_the_stations_own_maximum_is_touched() -> None:
    """What S leaves below the 84 reached stays, degree by degree, however much is added above."""
    pmf = _bell(1)
    found = _correction(Shift(H0, 5.0), Shift(H1, 5.0)).apply(rows(REACHED), pmf)
    below = GRID < 84
    assert pmf[0, below].sum() > 0.1
    assert found[0, below] == pytest.approx(pmf[0, below], abs=1e-12)
    assert found[0, GRID == 84] < 0.01 * pmf[0, GRID == 84]


def test_h0_is_silent_before_anything_was_observed() -> None:
    """With no maximum to count from, on the day or the day before, H1 speaks alone; H0 alone leaves S as it is."""
    pmf, asked = _bell(3), rows(NOTHING, EVE, {**EVE, "running_max": 99, "neighbour_running_max": 99})
    both = _correction(Shift(H0, 1.0), Shift(H1, -1.0)).apply(asked, pmf)
    assert both == pytest.approx(_shifted(pmf, _open(pmf), -1.0), abs=1e-12)
    assert _correction(Shift(H0, 1.0)).apply(asked, pmf) == pytest.approx(pmf, abs=1e-12)


def test_h0_counts_from_the_neighbour_where_there_is_no_own_maximum() -> None:
    """86 °F next door less a bias of 2 is counted from as 84, and is no floor: 82 and 83 are corrected as well."""
    pmf = _bell(1)
    found = _correction(Shift(H0, 1.0)).apply(rows(NEXT_DOOR), pmf)
    assert found == pytest.approx(_shifted(pmf, (GRID >= 82) & (GRID <= 88), 1.0), abs=1e-12)
    own = _correction(Shift(H0, 1.0)).apply(rows({**NEXT_DOOR, "running_max": 80}), pmf)
    assert own == pytest.approx(_shifted(pmf, (GRID >= 80) & (GRID <= 84), 1.0), abs=1e-12)


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_a_share_of_the_change_is_taken(share: float) -> None:
    """A share of 0 leaves S, one of 1 takes all, and a quarter takes a quarter of the log odds, not of the chances."""
    pmf, asked = _bell(2), rows(REACHED, NOTHING)
    found = _correction(Shift(H1, 2.0), share=share).apply(asked, pmf)
    floor = np.array([[84.0], [-99.0]])
    assert found == pytest.approx(_shifted(pmf, _open(pmf) & (floor <= GRID), 2.0 * share), abs=1e-12)
    if share == 0.0:
        assert found == pytest.approx(pmf, abs=1e-14)


def test_each_row_has_its_own_share() -> None:
    """The share is that of the row's own hour: all of it at 12 h, none at 21 h."""
    shares = Shares({"*": (0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0)})
    correction = Correction(NORMALS, (), [cast("Hazard", Shift(H1, 2.0))], shares)
    found = correction.apply(rows({**NOTHING, "hours": 21.0}, {**NOTHING, "hours": 12.0}), _bell(2))
    assert found == pytest.approx(np.stack([_bell(1)[0], _shifted(_bell(1), _open(_bell(1)), 2.0)[0]]), abs=1e-12)


def test_long_batches_are_corrected_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of two rows give what one block of five gives, for distributions and for scores."""
    pmf, asked = _bell(5), rows(REACHED, NOTHING, EVE, {**NEXT_DOOR, "hours": 15.0}, {**REACHED, "hours": 21.0})
    members = [cast("Hazard", Shift(H0, 1.0)), cast("Hazard", Shift(H1, -1.0))]
    correction = Correction(NORMALS, (), members, Shares({"*": (1.0, 0.25, 0.0, 0.0, 1.0, 0.5, 0.75)}))

    def score(_rows: pl.DataFrame, of: Floats) -> Floats:
        return np.stack([of @ GRID, of[:, 85 - GRID_LOW]])

    whole, graded = correction.apply(asked, pmf), correction.graded(asked, pmf, score)
    monkeypatch.setattr(corrected, "_BLOCK", 2)
    assert np.array_equal(correction.apply(asked, pmf), whole)
    assert correction.graded(asked, pmf, score) == pytest.approx(graded, abs=1e-12)


def test_every_possible_share_is_scored() -> None:
    """The first grade scores S itself, the last the whole change, and those between lie between: means rise with it."""
    pmf, asked = _bell(2), rows(REACHED, NOTHING)
    correction = _correction(Shift(H1, 1.0))
    found = correction.graded(asked, pmf, lambda _, of: (of @ GRID)[None, :])
    assert found.shape == (5, 1, 2)
    assert found[0, 0] == pytest.approx(pmf @ GRID)
    assert found[4, 0] == pytest.approx(correction.apply(asked, pmf) @ GRID)
    assert (np.diff(found[:, 0], axis=0) > 0.01).all()


def test_changes_are_what_members_add_before_a_share_is_taken() -> None:
    """The changes of a member are all it would add, though nothing of it is taken."""
    found = _correction(Shift(H0, 1.0), Shift(H1, -0.5), share=0.0).changes(rows(REACHED, NOTHING), _bell(2))
    assert list(found) == ["H0", "H1"]
    assert found["H0"] == pytest.approx([1.0] * 5)
    assert set(found["H1"].round(9)) == {-0.5}


class Half(Structural):
    """S that is silent about every row without guidance."""

    def predict(self, rows: pl.DataFrame) -> Prediction:
        found = Prediction.none(rows.height, "nothing known")
        where = np.flatnonzero(rows["guidance"].is_not_null().to_numpy())
        found.put(where, _bell(where.size), "guidance")
        return found


def test_where_s_is_silent_there_is_nothing_to_correct() -> None:
    """A row S cannot speak about stays silent for S's reason; the others are corrected, for S's basis as reason."""
    model = Corrected("global", Half(NORMALS, {}, {}), _correction(Shift(H1, 1.0)))
    found = model.predict(rows({}, NOTHING))
    assert found.available.tolist() == [False, True]
    assert found.reason == ["nothing known", "guidance"]
    assert (found.pmf[0] == 0.0).all()
    assert found.pmf[1] == pytest.approx(_shifted(_bell(1), _open(_bell(1)), 1.0)[0], abs=1e-12)
    assert not model.predict(rows({})).available.any()


def _season(events: int, rows_each: int) -> pl.DataFrame:
    """Rows of events in June, the same number of each; the high is 86 °F."""
    days = [date(2024, 6, 1) + timedelta(days=number) for number in range(events)]
    return labelled(*({**REACHED, "day": day, "high": 86} for day in days for _ in range(rows_each)))


def test_of_too_many_pairs_whole_rows_are_left_out_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    """For half of the pairs every second row of each event is used, the first of one day and the second of the next."""
    seen: list[tuple[int, set[int]]] = []

    def fit(rule: HazardRules, features: Features, pairs: Pairs, highs: Floats, events: Floats, seed: int) -> object:
        seen.append((events.size, set(np.unique(events, return_counts=True)[1].tolist())))
        return Shift(rule, 0.0)

    monkeypatch.setattr(Hazard, "fit", fit)
    season = _season(events=8, rows_each=6)
    anchor = Prediction(_bell(48), np.ones(48, dtype=np.bool_), [""] * 48)
    # From 84 to 88 °F are five pairs a row, 240 in all.
    for pairs in (240, 120, 80):
        Correction.fit(
            season, anchor, NORMALS, (), [HazardRules(name="H0", from_anchor=False, span=(0, 4), pairs=pairs)], 1
        )
    assert seen == [(48, {6}), (24, {3}), (16, {2})]
    rule = HazardRules(name="H0", from_anchor=False, span=(0, 4), pairs=120)
    kept = corrected._thinned(season, _bell(48), rule)
    assert len({int(row) % 6 % 2 for row in kept[:3]}) == 1
    assert {int(row) % 6 % 2 for row in kept[:3]} != {int(row) % 6 % 2 for row in kept[3:6]}


def test_a_row_s_is_silent_about_teaches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only rows S speaks about are learnt from, each with its own event's number."""
    seen: list[list[int]] = []

    def fit(rule: HazardRules, features: Features, pairs: Pairs, highs: Floats, events: Floats, seed: int) -> object:
        seen.append(events.tolist())
        return Shift(rule, 0.0)

    monkeypatch.setattr(Hazard, "fit", fit)
    spoke = np.array([True, True, False, False, True, False])
    Correction.fit(_season(3, 2), Prediction(_bell(6), spoke, [""] * 6), NORMALS, (), [H1], 1)
    (events,) = seen
    assert len(events) == 3
    assert events[0] == events[1] != events[2]
