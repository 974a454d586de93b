"""The original recipe: what each threshold learns, what is served, and what it may not look at."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import pytest

from drybulb.errors import ModelError
from drybulb.forecast.model import GRID_LOW, Floats
from drybulb.forecast.thresholds import (
    Classifier,
    Constant,
    Original,
    RecipeRules,
    base,
    constants,
    degrees_of,
    recipe_features,
)
from tests.unit.forecast.made import labelled, rows

RULES = RecipeRules(seed=5, trees=20, depth=2)
FIRST = date(2024, 5, 1)
DAYS = 240
#: What the rest of the synthetic day adds to 80 °F, one day after the other: 0 … 4 °F, foretold by the guidance.
GAINS = [number % 5 for number in range(DAYS)]


def _day(number: int, **given: Any) -> dict[str, Any]:
    day = FIRST + timedelta(days=number)
    at = datetime(day.year, day.month, day.day, 17, tzinfo=UTC)
    known = {"running_max": 80, "running_max_at": at - timedelta(hours=1), "last_temp": 79.0, "n_readings": 12}
    return {"day": day, "at": at, **known, "guidance": 80.0 + GAINS[number], **given}


@cache
def _fitted() -> Original:
    """The recipe on 240 days: no high is below the maximum so far and none is more than 4 °F above it."""
    return Original.fit(labelled(*(_day(i, high=80 + gain) for i, gain in enumerate(GAINS))), RULES)


def _support(pmf: Floats) -> list[int]:
    return [int(place) + GRID_LOW for place in np.flatnonzero(pmf)]


def test_the_defaults_are_the_originals() -> None:
    """Unless told otherwise there are twelve thresholds, -1 … 10 °F, of 1,000 trees of depth 8 at a rate of 0.05."""
    rules = RecipeRules(seed=0)
    assert list(rules.thresholds) == [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert (rules.trees, rules.depth, rules.learning_rate, rules.constant_rate) == (1000, 8, 0.05, 0.005)


def test_it_learns_what_the_rest_of_the_day_brings() -> None:
    """Of two rows that differ in the guidance alone, each gives most to the high that such days had."""
    found = _fitted().predict(rows(_day(0), _day(3)))
    assert found.available.all()
    assert (found.pmf.argmax(axis=1) + GRID_LOW).tolist() == [80, 83]


def test_probabilities_sum_to_one() -> None:
    """Each row's probabilities are not negative and sum to 1, and none lies outside the thirteen degrees."""
    pmf = _fitted().predict(rows(*(_day(i) for i in range(10)))).pmf
    assert (pmf >= 0.0).all()
    np.testing.assert_allclose(pmf.sum(axis=1), 1.0, rtol=1e-12)
    assert set(_support(pmf.sum(axis=0))) <= set(range(78, 91))


def test_thresholds_of_one_class_are_constants() -> None:
    """A threshold all rows reach has the constant 1, one that none reaches 0; the others have classifiers."""
    assert constants(_fitted()) == {"KMIA": {-1: 1.0, 0: 1.0, 5: 0.0, 6: 0.0, 7: 0.0, 8: 0.0, 9: 0.0, 10: 0.0}}


def test_a_rare_class_is_a_constant_of_its_rate() -> None:
    """Reached by 1 row in 240, less than 0.5 %, a threshold is the constant 1/240; by 2 in 240 it is a classifier."""
    once = [_day(i, high=80 + (7 if i == 9 else i % 2)) for i in range(DAYS)]
    twice = [_day(i, high=80 + (7 if i in {9, 77} else i % 2)) for i in range(DAYS)]
    assert constants(Original.fit(labelled(*once), RULES))["KMIA"][7] == pytest.approx(1 / 240)
    assert 7 not in constants(Original.fit(labelled(*twice), RULES))["KMIA"]


def test_a_rarely_missed_threshold_is_a_constant() -> None:
    """Missed by 1 row in 240, a threshold is the constant 239/240; the one above it, missed by half, is not one."""
    given = [_day(i, high=79 if i == 9 else 80 + i % 2) for i in range(DAYS)]
    found = constants(Original.fit(labelled(*given), RULES))["KMIA"]
    assert found[0] == pytest.approx(239 / 240)
    assert 1 not in found


def test_constants_are_served() -> None:
    """A model of constants alone speaks: P(≥ 1) = 0.25 and certainty below give 75 % to 80 °F and 25 % to 81 °F."""
    served: tuple[Classifier, ...] = (Constant(1.0), Constant(1.0), Constant(0.25))
    model = Original(RecipeRules(seed=0, low=-2, high=1), {"KMIA": served})
    found = model.predict(rows(_day(0)))
    assert _support(found.pmf[0]) == [80, 81]
    assert found.pmf[0, [80 - GRID_LOW, 81 - GRID_LOW]].tolist() == [0.75, 0.25]
    assert found.reason == ["0 classifiers and 3 constants"]


def test_the_repair_is_upward() -> None:
    """P(≥ k) is raised to the greatest of the thresholds above: .9, .5, .7, .2 becomes .9, .7, .7, .2."""
    found = degrees_of(np.array([[0.9, 0.5, 0.7, 0.2]]))
    np.testing.assert_allclose(found, [[0.1, 0.2, 0.0, 0.5, 0.2]], atol=1e-15)


def test_the_difference_is_clipped() -> None:
    """A high 15 °F above the maximum so far trains as 10, and one 6 below as -2: all the mass is at 90, or 78."""
    above = Original.fit(labelled(*(_day(i, high=95) for i in range(30))), RULES)
    below = Original.fit(labelled(*(_day(i, high=74) for i in range(30))), RULES)
    assert _support(above.predict(rows(_day(0))).pmf[0]) == [90]
    assert _support(below.predict(rows(_day(0))).pmf[0]) == [78]


def test_yesterday_is_never_the_base() -> None:
    """A hotter day before moves neither the base nor the degrees; where only it is known, the row is refused."""
    hot = _day(0, previous_max=99, temp_day_before=98.0, last_high=99, last_high_lag=1)
    nothing_yet = {**hot, "running_max": None, "running_max_at": None, "last_temp": None}
    found = _fitted().predict(rows(hot, nothing_yet))
    assert base(rows(hot)).tolist() == [80.0]
    assert set(_support(found.pmf[0])) <= set(range(78, 91))
    assert found.available.tolist() == [True, False]
    assert found.reason[1] == "no maximum of the event day known"
    assert not found.pmf[1].any()


def test_the_day_before_is_refused() -> None:
    """At lead 1 the maximum so far is another day's: such rows neither train nor are spoken about."""
    early = _day(0, lead=1, hours=-10.0, high=70)
    found = _fitted().predict(rows({name: value for name, value in early.items() if name != "high"}))
    assert found.available.tolist() == [False]
    assert found.reason == ["the original recipe speaks on the event day only"]
    assert Original.fit(labelled(early), RULES).stations == {}


def test_a_neighbour_stands_in() -> None:
    """Without a maximum of its own a station is read by its neighbour, in the base and in every observed feature."""
    own = _day(0, n_readings=12)
    lent = {name: own[name] for name in ("running_max", "running_max_at", "last_temp", "n_readings")}
    silent = {**own, **dict.fromkeys(lent), "n_readings": 0}
    silent |= {f"neighbour_{name}": value for name, value in lent.items()}
    assert base(rows(silent)).tolist() == [80.0]
    np.testing.assert_array_equal(recipe_features(rows(silent))[1], recipe_features(rows(own))[1])


def test_features_are_named_numbers() -> None:
    """The matrix has a column a name, in single precision; what was not known is NaN; ages are in hours."""
    names, matrix = recipe_features(rows(_day(0)))
    values = dict(zip(names, matrix[0].tolist(), strict=True))
    assert matrix.shape == (1, len(names))
    assert matrix.dtype == np.float32
    assert (values["running_max"], values["running_max_age"], values["drop"], values["guidance_gap"]) == (80, 1, 1, 0)
    assert np.isnan(values["last_dewpoint"])


def test_no_feature_is_the_label() -> None:
    """A row says the same whether or not its official high stands beside it."""
    bare, told = rows(_day(0)), labelled(_day(0, high=95))
    np.testing.assert_array_equal(recipe_features(bare)[1], recipe_features(told)[1])


def test_rows_are_independent() -> None:
    """A batch gives what its rows give one by one, bit for bit."""
    batch = rows(*(_day(i) for i in range(7)))
    alone = [_fitted().predict(batch[i]).pmf[0] for i in range(batch.height)]
    np.testing.assert_array_equal(_fitted().predict(batch).pmf, np.stack(alone))


def test_one_seed_one_model() -> None:
    """Two fits on the same rows give the same probabilities, bit for bit, with one seed, and others with another."""
    given = labelled(*(_day(i, high=80 + gain) for i, gain in enumerate(GAINS)))
    asked = rows(_day(1), _day(2))
    np.testing.assert_array_equal(Original.fit(given, RULES).predict(asked).pmf, _fitted().predict(asked).pmf)
    other = Original.fit(given, replace(RULES, seed=6))
    assert (other.predict(asked).pmf != _fitted().predict(asked).pmf).any()


def test_a_station_without_a_fit_is_refused() -> None:
    """A station that was not fitted gets no distribution, and is named."""
    found = _fitted().predict(rows(_day(0, station="KDEN", city="denver")))
    assert found.available.tolist() == [False]
    assert found.reason == ["no fit for KDEN: no labelled row with a maximum so far"]


def test_it_is_not_stored() -> None:
    """Asked for its parameters the recipe says that it is fitted where it is compared."""
    with pytest.raises(ModelError, match="not stored"):
        _fitted().to_json()


def test_a_missing_catboost_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without CatBoost a fit that needs it says which extra to install; one of constants alone does not need it."""
    monkeypatch.setitem(sys.modules, "catboost", None)
    with pytest.raises(ModelError, match=r"pip install drybulb\[original\]"):
        Original.fit(labelled(*(_day(i, high=80 + i % 2) for i in range(30))), RULES)
    assert Original.fit(labelled(*(_day(i, high=80) for i in range(30))), RULES).stations.keys() == {"KMIA"}


@pytest.mark.parametrize("wrong", [{"low": 3, "high": 3}, {"constant_rate": 0.5}])
def test_rules_that_leave_nothing_are_refused(wrong: dict[str, Any]) -> None:
    """Rules without a threshold, or that make every threshold a constant, are refused by name."""
    with pytest.raises(ModelError, match=next(iter(wrong))):
        RecipeRules(seed=0, **wrong)


def test_a_missing_column_is_named() -> None:
    """Rows without a column the recipe reads are an error that names it."""
    with pytest.raises(ModelError, match="temp_trend"):
        recipe_features(rows(_day(0)).drop("temp_trend"))


def test_a_base_at_the_end_of_the_grid_keeps_its_mass() -> None:
    """Degrees beyond the grid go to its last one: a maximum of 140 °F still has probabilities that sum to 1."""
    model = Original(RecipeRules(seed=0, low=-2, high=1), {"KMIA": (Constant(1.0), Constant(1.0), Constant(0.25))})
    pmf = model.predict(rows(_day(0, running_max=140))).pmf[0]
    assert _support(pmf) == [140]
    assert pmf[-1] == 1.0
