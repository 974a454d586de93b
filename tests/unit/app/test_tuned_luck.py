"""How much of the best of many is luck: worlds in which nothing has an effect, and what is made of them."""

from __future__ import annotations

import json
from itertools import pairwise
from math import pi, sqrt
from typing import Any

import jsonschema
import numpy as np
import pytest

from drybulb.app.console import show
from drybulb.app.tuned_chance import Gain, Luck, expected_best
from drybulb.app.tuned_others import Others
from drybulb.app.tuned_result import TuneResult, luck_of
from drybulb.app.tuned_space import settings_of
from tests.meta.repository import ROOT
from tests.unit.app.tuned import CITY, DAYS
from tests.unit.forecast.made import UNTIL


def test_luck_is_the_mean_of_the_greatest_of_so_many() -> None:
    """Of two standard normal numbers the greater is 1/√π on average, of three 3/(2√π); of none and one it is 0."""
    assert [expected_best(n, 1.0) for n in (0, 1)] == pytest.approx([0.0, 0.0])
    assert expected_best(2, 1.0) == pytest.approx(1.0 / sqrt(pi))
    assert expected_best(3, 0.01) == pytest.approx(0.015 / sqrt(pi))
    gains = [expected_best(n, 1.0) for n in (1, 2, 5, 20, 500)]
    assert all(a < b for a, b in pairwise(gains))


def test_a_gain_of_the_same_every_day_is_certain() -> None:
    """Differences of 0.2 on every day have an interval of no width around 0.2."""
    gain = Gain.of([1, 2, 3], np.full(3, 0.2), 1)
    assert (gain.mean, gain.low, gain.high) == pytest.approx((0.2, 0.2, 0.2))
    assert gain.sd == pytest.approx(0.0)


def _above(worlds: int, trials: int, days: int) -> tuple[float, float]:
    """Share of worlds in which the best of trials without effect is above the bar, and above luck's mean."""
    bar = mean = 0
    for world in range(worlds):
        rng = np.random.default_rng(world)
        shared = rng.standard_t(5, size=days)
        own = rng.standard_t(5, size=(trials, days))
        gains = np.linspace(0.2, 2.0, trials)[:, None] * (own + shared)
        luck, best = Luck.joint(gains, np.ones(days), world), gains.mean(axis=1).max()
        bar, mean = bar + (best > luck.bar), mean + (best > luck.mean)
    return bar / worlds, mean / worlds


def test_what_has_no_effect_is_clear_in_one_study_of_twenty() -> None:
    """In 300 worlds the best of eight correlated trials of unlike spread, none better than the defaults, is called
    clear in about 5 %; it is above what luck gives on average in two fifths.
    """
    bar, mean = _above(300, 8, 80)
    assert 0.015 <= bar <= 0.085
    assert mean > 0.3


def test_luck_of_near_copies_is_the_luck_of_one() -> None:
    """A hundred copies of one trial have the luck of that one: 0 on average, and a bar of 1.645 standard deviations."""
    rng = np.random.default_rng(3)
    one = rng.normal(size=(1, 400))
    alone, copied = (Luck.joint(np.repeat(one, n, axis=0), np.ones(400), 1) for n in (1, 100))
    assert (copied.mean, copied.bar) == pytest.approx((alone.mean, alone.bar))
    sd = float(one.std()) / 20.0
    assert alone.mean == pytest.approx(0.0, abs=0.1 * sd)
    assert alone.bar == pytest.approx(1.645 * sd, rel=0.06)
    assert Luck.joint(np.empty((0, 400)), np.ones(400), 1) == Luck(0.0, 0.0)


def test_days_of_more_events_weigh_more() -> None:
    """A gain of 1 on each event is the same in every resample, however many events its days have: no luck at all."""
    events = np.array([1.0, 2.0, 7.0])
    assert Luck.joint(events[None, :], events, 1).bar == pytest.approx(0.0)


def _row(number: int, mean: float, sd: float = 0.01) -> dict[str, Any]:
    """A trial of forty days whose gains alternate about their mean, so that the sd of the mean is as given."""
    by_day = mean + sd * sqrt(len(DAYS)) * np.resize([1.0, -1.0], len(DAYS))
    gain = {"mean": mean, "low": mean - 1.645 * sd, "high": mean + 1.645 * sd, "sd": sd}
    row = {"number": number, "settings": settings_of(CITY), "score": 1.0 - mean, "gain": gain, "seconds": 1.0}
    row["day_gains"] = by_day.tolist()
    if number == 0:
        row["calendar"] = {"days": [day.isoformat() for day in DAYS], "events": [1] * len(DAYS)}
    return row


def _result(best: dict[str, Any], others: Others) -> TuneResult:
    trials = (_row(0, 0.0, 0.0), best)
    luck = luck_of(trials, others, 7)
    return TuneResult("city-miami", "s", "f", UNTIL, (2, 4), trials, others, luck)


@pytest.mark.parametrize(
    ("best", "others", "is_clear", "words"),
    [
        (_row(1, 0.020), Others(), True, "worth a test on days that nobody has looked at"),
        (_row(1, 0.020), Others((0.01,) * 99), False, "best of 100 gains +0.0251 on average, and more than +0.0328"),
        (_row(1, 0.014), Others(), False, "That is no evidence: leave the defaults"),
        (
            _row(1, -0.02),
            Others((0.01,) * 14, ("cut",)),
            False,
            "No trial of this study scored better",
        ),
    ],
)
def test_the_best_of_many_is_believed_only_beyond_luck(
    best: dict[str, Any], others: Others, is_clear: bool, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A best trial is clear above the 95 % quantile of what luck gives the best: with an sd of 0.01 that is 0.0164 of
    one, and Φ⁻¹(0.95^(1/100)) = 3.28 sd of a hundred. The document fits its schema; the tables say it with its notes.
    """
    found = _result(best, others).to_json()
    assert (found["clear"], words in found["found"]) == (is_clear, True)
    assert (found["tried"], found["tried_elsewhere"]) == (1 + len(others.spreads), len(others.spreads))
    schema = json.loads((ROOT / "docs" / "reference" / "schemas" / "tune.json").read_text())
    jsonschema.validate(found, schema)
    show(found)
    said = capsys.readouterr().out
    assert words[:20] in said
    assert "in 2 of 4 blocks of days" in said
    assert (f"{len(others.spreads)} trials of other studies" in said) == bool(others.spreads)
    assert ("more may have been tried: cut" in said) == bool(others.skipped)


def test_a_wide_trial_of_another_study_raises_the_bar() -> None:
    """Of other studies the greatest standard deviation counts, and never lowers what the joint bootstrap found."""
    trials = (_row(0, 0.0, 0.0), _row(1, 0.0))
    alone, narrow, wide = (luck_of(trials, Others(spreads), 7).bar for spreads in ((), (1e-9,), (0.05,)))
    assert alone <= narrow < wide
    assert wide == pytest.approx(0.05 * 1.955, rel=1e-3)
