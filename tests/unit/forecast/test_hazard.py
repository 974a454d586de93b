"""A boosted hazard: the pairs it learns from, what each weighs, and that its bytes are those of its inputs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from drybulb.errors import ModelError
from drybulb.forecast.features import REFERENCES, Features
from drybulb.forecast.hazard import Hazard, HazardRules, Pairs
from drybulb.forecast.hazards import expit, logit
from drybulb.forecast.model import GRID, GRID_LOW, Floats

FROM_NOTHING = HazardRules(name="H0", from_anchor=False, span=(0, 14), trees=5, leaves=4, events_in_leaf=90.0)
FROM_S = HazardRules(trees=10, events_in_leaf=20.0, feature_share=0.5)

TRUE = 0.7
"""The hazard of every degree of the toy."""

#: (1 − h)/h · ln(1 / (1 − h)) is the mean of 1 / (degrees reached) under a constant hazard h.
BY_PAIRS_REACHED = 1.0 - (1.0 - TRUE) / TRUE * np.log(1.0 / (1.0 - TRUE))


def _features(highest: Floats) -> Features:
    """Two features that mean nothing, and the maximum so far to count from."""
    n = highest.size
    values = np.random.default_rng(1).normal(size=(n, 2)).astype(np.float32)
    references = np.full((n, len(REFERENCES)), np.nan, dtype=np.float32)
    references[:, REFERENCES.index("running_max")] = highest
    anchor = np.column_stack([highest + 2.0, np.full(n, 3.0)]).astype(np.float32)
    return Features(("noise", "more noise"), values, references, anchor)


def _toy(events: int = 900) -> tuple[Floats, Floats]:
    """Maximum so far and high of events whose high goes on from each degree with a chance of 0.7, in exact shares."""
    highest: Floats = np.arange(events, dtype=np.float64) % 30 + 60.0
    chance = (np.arange(events) + 0.5) / events
    steps: Floats = np.floor(np.log(1.0 - chance) / np.log(TRUE))
    return highest, highest + steps


def _pairs(rules: HazardRules, highest: Floats, hazard: float = 0.5) -> Pairs:
    return Pairs.of(rules, np.full((highest.size, GRID.size), hazard), highest, highest)


def _fit(
    rules: HazardRules, highest: Floats, highs: Floats, events: NDArray[np.int64] | None = None, seed: int = 1
) -> Hazard:
    number = np.arange(highest.size) if events is None else events
    return Hazard.fit(rules, _features(highest), _pairs(rules, highest), highs, number, seed)


def _mean_hazard(hazard: Hazard, highest: Floats) -> float:
    return float(expit(hazard.log_odds(_features(highest), _pairs(hazard.rules, highest))).mean())


def test_pairs_stand_on_the_stations_own_maximum() -> None:
    """No pair lies below the floor, counted from S or from a maximum: the mass there is the gap model's."""
    hazards = np.full((3, GRID.size), 0.5)
    floor, highest = np.array([84.0, np.nan, np.nan]), np.array([84.0, 70.0, np.nan])
    from_s = Pairs.of(HazardRules(), hazards, highest, floor)
    degrees = [GRID[from_s.degree[from_s.row == row]] for row in range(3)]
    assert [(found.min(), found.size) for found in degrees] == [(84.0, 140 - 84 + 1), (-60.0, 201), (-60.0, 201)]
    counted = Pairs.of(replace(FROM_NOTHING, span=(-2, 3)), hazards, highest, floor)
    # 84 is the station's own maximum, 70 its neighbour's: that is no floor.
    assert GRID[counted.degree[counted.row == 0]].tolist() == [84.0, 85.0, 86.0, 87.0]
    assert GRID[counted.degree[counted.row == 1]].tolist() == [68.0, 69.0, 70.0, 71.0, 72.0, 73.0]
    assert not (counted.row == 2).any()


def test_a_pair_starts_from_the_hazard_of_s() -> None:
    """The anchor of a pair is the log odds of S's hazard in its row at its degree."""
    hazards = np.zeros((2, GRID.size))
    hazards[0, 80 - GRID_LOW], hazards[1, 81 - GRID_LOW] = 0.75, 0.2
    found = Pairs.of(HazardRules(), hazards, np.full(2, np.nan), np.full(2, np.nan))
    assert (found.row.tolist(), GRID[found.degree].tolist()) == ([0, 1], [80.0, 81.0])
    assert found.anchor == pytest.approx(logit(np.array([0.75, 0.2])))


def test_a_constant_hazard_is_found_again() -> None:
    """Of events that go on with a chance of 0.7 at each degree, 0.7 is learnt, wherever their maximum stood."""
    highest, highs = _toy()
    found = _fit(FROM_NOTHING, highest, highs)
    assert _mean_hazard(found, highest) == pytest.approx(TRUE, abs=0.01)
    assert _mean_hazard(found, np.array([20.0, 100.0])) == pytest.approx(TRUE, abs=0.02)


def test_dividing_by_the_pairs_reached_would_learn_another() -> None:
    """Weights of 1 over the pairs reached depend on the outcome: shown only those, it learns 0.48 and not 0.7."""
    highest, highs = _toy()
    pairs = _pairs(FROM_NOTHING, highest)
    reached = np.flatnonzero(GRID[pairs.degree] <= highs[pairs.row])
    only = Pairs(pairs.row[reached], pairs.degree[reached], pairs.anchor[reached])
    found = Hazard.fit(FROM_NOTHING, _features(highest), only, highs, np.arange(highest.size), 1)
    log_odds = found.log_odds(_features(highest), only)
    weight = 1.0 / np.bincount(only.row)[only.row]
    assert np.average(expit(log_odds), weights=weight) == pytest.approx(BY_PAIRS_REACHED, abs=0.01)
    assert pytest.approx(0.484, abs=0.001) == BY_PAIRS_REACHED


def test_an_event_weighs_one_however_often_it_was_looked_at() -> None:
    """100 events of ten rows each that went on and 100 of one row that did not make a hazard of 0.5, not of 10/11."""
    rules = replace(FROM_NOTHING, span=(0, 0), events_in_leaf=1e6)
    events = np.concatenate([np.repeat(np.arange(100), 10), np.arange(100, 200)])
    highest = np.full(events.size, 80.0)
    found = _fit(rules, highest, np.where(events < 100, 85.0, 80.0), events)
    assert _mean_hazard(found, highest) == pytest.approx(0.5, abs=0.01)


def test_degrees_never_reached_teach_nothing() -> None:
    """A high below every degree asked about, or no pair at all, is nothing to learn from, and is said."""
    highest = np.full(50, 80.0)
    with pytest.raises(ModelError, match="H0: no degree it may speak about was reached"):
        _fit(FROM_NOTHING, highest, np.full(50, 79.0))
    with pytest.raises(ModelError, match="H0: no degree it may speak about was reached"):
        _fit(FROM_NOTHING, np.full(50, np.nan), np.full(50, 79.0))


def test_h1_starts_from_s() -> None:
    """Where no leaf can hold enough events H1 says exactly what S says; where S is wrong it goes part of the way, and
    only there: S says 0.5 of the first two degrees above the maximum, where 0.7 is true, log odds of 0.85 more.
    """
    highest, highs = _toy()
    is_low = (GRID[None, :] >= highest[:, None]) & (GRID[None, :] < highest[:, None] + 2.0)
    pairs = Pairs.of(FROM_S, np.where(is_low, 0.5, TRUE), highest, highest)
    features, events = _features(highest), np.arange(highest.size)
    idle = Hazard.fit(replace(FROM_S, events_in_leaf=1e6), features, pairs, highs, events, 1)
    assert np.array_equal(idle.log_odds(features, pairs), pairs.anchor)
    change = Hazard.fit(FROM_S, features, pairs, highs, events, 1).log_odds(features, pairs) - pairs.anchor
    wrong = GRID[pairs.degree] < highest[pairs.row] + 2.0
    assert 0.1 < change[wrong].mean() < 0.85
    assert abs(change[~wrong].mean()) < 0.05


def test_the_same_inputs_give_the_same_bytes() -> None:
    """Grown twice the text is the same to the byte; another seed draws other features and grows another."""
    highest, highs = _toy(300)
    one, again, other = (_fit(FROM_S, highest, highs, seed=seed).text for seed in (1, 1, 2))
    assert one.encode() == again.encode()
    assert one != other


def test_a_hazard_survives_being_written() -> None:
    """From its text and plain values it is read back with the same rules and says the same to the last bit."""
    highest, highs = _toy(300)
    found = _fit(FROM_S, highest, highs)
    again = Hazard.from_json(found.to_json(), found.text)
    assert (again.rules, again.columns) == (found.rules, found.columns)
    asked = _pairs(FROM_S, highest)
    assert np.array_equal(again.log_odds(_features(highest), asked), found.log_odds(_features(highest), asked))


def test_a_text_of_other_features_is_refused() -> None:
    """A text whose features are not those of its manifest, in name or in order, is no model of it."""
    highest, highs = _toy(300)
    found = _fit(FROM_NOTHING, highest, highs)
    data = found.to_json()
    for columns in (["moon", *data["columns"][1:]], data["columns"][::-1], data["columns"][1:]):
        with pytest.raises(ModelError, match="H0: its text names other features"):
            Hazard.from_json({**data, "columns": columns}, found.text)


def test_contributions_are_the_change_of_the_log_odds() -> None:
    """With S's log odds, what each feature adds and the constant sum to the log odds at every pair."""
    highest, highs = _toy(300)
    found, asked = _fit(FROM_S, highest, highs), _pairs(FROM_S, highest[:5])
    parts = found.contributions(_features(highest), asked)
    assert parts.shape == (asked.row.size, len(found.columns) + 1)
    assert parts.sum(axis=1) + asked.anchor == pytest.approx(found.log_odds(_features(highest), asked), abs=1e-9)


def test_nothing_asked_nothing_said() -> None:
    """Of no pair there are no log odds."""
    highest, highs = _toy(300)
    found = _fit(FROM_NOTHING, highest, highs)
    assert found.log_odds(_features(highest), _pairs(FROM_NOTHING, np.full(2, np.nan))).shape == (0,)
