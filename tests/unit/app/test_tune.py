"""The search: what is proposed, kept, refused and made of it; scored on a made-up objective that takes no time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from math import log, pi, sqrt
from pathlib import Path
from typing import Any
from unittest import mock

import jsonschema
import numpy as np
import polars as pl
import pytest

from drybulb.adapters import search
from drybulb.adapters.registry import Registry
from drybulb.adapters.search import propose
from drybulb.adapters.trial_log import TrialLog, tried
from drybulb.app.config import load
from drybulb.app.console import show
from drybulb.app.tune import Search, TuneResult, tune
from drybulb.app.tuned_chance import Gain, expected_best
from drybulb.app.tuned_ground import cities_of
from drybulb.app.tuned_space import block_of, members_with, settings_of, space_of
from drybulb.errors import ConfigError, TuningError
from drybulb.forecast.hazard import HazardRules
from tests.meta.repository import ROOT
from tests.unit.forecast.made import UNTIL

CITY = load().hazards.members().city
NOTED = {"seed": 7, "lake": "abc", "until": "2024-01-01T12:00:00+00:00"}
ABOUT = {"model": "city-miami", **NOTED}
DAYS = [date(2024, 1, 1) + timedelta(days=n) for n in range(40)]


def _score(members: Sequence[HazardRules], penalty: float = 0.0) -> pl.DataFrame:
    """Best at twenty trees of H1, however the others are set; days differ, and react differently."""
    far = log(members[1].trees / 20.0)
    noise = np.random.default_rng(1).normal(size=len(DAYS))
    scores = 1.0 + noise + 0.1 * far**2 * (1.0 + 0.1 * noise) + penalty
    return pl.DataFrame({"station": "KMIA", "day": DAYS, "log": scores})


def _study(lake: Path, name: str = "city-miami") -> Search:
    log_ = TrialLog(lake, name)
    log_.begin(ABOUT)
    return Search(log_, _score, CITY, NOTED)


def _found(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "seconds": 0.0} for row in rows]


def test_a_study_that_was_interrupted_ends_as_one_that_was_not(tmp_path: Path) -> None:
    """Three trials and then five more are the same eight as eight at once; asked for fewer, all are returned."""
    whole = _study(tmp_path / "a").run(8)
    _study(tmp_path / "b").run(3)
    resumed = _study(tmp_path / "b").run(8)
    assert [row["number"] for row in resumed] == list(range(9))
    assert _found(resumed) == _found(whole)
    assert _found(_study(tmp_path / "b").run(4)) == _found(whole)
    kept = TrialLog(tmp_path / "b", "city-miami").rows()
    assert kept == resumed
    assert {row["until"] for row in kept} == {NOTED["until"]}
    assert {"number", "settings", "score", "gain", "seconds", "seed", "lake", "until"} == set(kept[0])


def test_the_defaults_are_trial_0_and_gain_nothing_on_themselves(tmp_path: Path) -> None:
    """Trial 0 has the settings of the configuration; a gain is the score of the defaults less the trial's."""
    rows = _study(tmp_path).run(2)
    assert rows[0]["settings"] == settings_of(CITY)
    assert rows[0]["gain"] == {"mean": 0.0, "low": 0.0, "high": 0.0, "sd": 0.0}
    for row in rows[1:]:
        assert row["gain"]["mean"] == pytest.approx(rows[0]["score"] - row["score"])
        assert row["gain"]["low"] < row["gain"]["mean"] < row["gain"]["high"]


def test_proposals_lie_in_the_space_and_are_numbers_one_can_paste() -> None:
    """Each value lies within its bounds, whole where it should be, else of three digits; seeds and numbers differ."""
    space = space_of(CITY)
    one, again = (propose(space, [], 1, 1) for _ in range(2))
    assert one == again
    assert propose(space, [], 1, 2) != one != propose(space, [], 2, 1)
    assert list(one) == [dimension.name for dimension in space]
    for dimension in space:
        value = one[dimension.name]
        assert dimension.holds(value)
        assert isinstance(value, int) if dimension.is_whole else value == float(f"{value:.3g}")


def test_the_search_listens_to_its_history(tmp_path: Path) -> None:
    """After 18 trials of an objective that is best at 20 trees of H1 the last ones are nearer to it than the first."""
    rows = _study(tmp_path).run(18)
    trees = [abs(log(row["settings"]["H1.trees"] / 20.0)) for row in rows[1:]]
    assert np.mean(trees[-6:]) < np.mean(trees[:6])


def test_a_study_of_something_else_is_not_gone_on_with(tmp_path: Path) -> None:
    """Another lake, another --until or other folds are refused by name with a fix; another study's name is free."""
    _study(tmp_path).run(1)
    for name in ("lake", "until", "seed", "folds"):
        with pytest.raises(TuningError, match=rf"begun on something else \({name}: .*, now \"?other.*--study"):
            TrialLog(tmp_path, "city-miami").begin({**ABOUT, name: "other"})
    with_defaults = TrialLog(tmp_path, "another")
    with_defaults.begin({**ABOUT, "defaults": {"H0.trees": 9, "H1.trees": 40}})
    with pytest.raises(TuningError, match=r"something else \(H1\.trees: 40, now 50\)"):
        with_defaults.begin({**ABOUT, "defaults": {"H0.trees": 9, "H1.trees": 50}})
    TrialLog(tmp_path, "city-miami-2").begin({**ABOUT, "until": "other"})
    with pytest.raises(TuningError, match="a name is of small letters"):
        TrialLog(tmp_path, "../city")


def test_other_code_is_noticed_by_the_score_of_the_defaults(tmp_path: Path) -> None:
    """Where the defaults score otherwise than they did, no trial is added beside the old ones."""
    _study(tmp_path).run(1)
    changed = replace(_study(tmp_path), score=lambda members: _score(members, penalty=0.001))
    with pytest.raises(TuningError, match=r"the defaults score .* now and .* when it was begun"):
        changed.run(2)
    assert len(TrialLog(tmp_path, "city-miami").rows()) == 2


def test_a_broken_log_is_refused(tmp_path: Path) -> None:
    """A line that is cut, or one that is missing, is an error and not a shorter study."""
    log_ = _study(tmp_path).log
    _study(tmp_path).run(2)
    lines = log_.file.read_text().splitlines(keepends=True)
    log_.file.write_text("".join(lines)[:-20])
    with pytest.raises(TuningError, match="broken last line"):
        log_.rows()
    log_.file.write_text(lines[0] + lines[2])
    with pytest.raises(TuningError, match=r"numbered \[0, 2\]"):
        log_.rows()


def test_every_configuration_of_a_model_counts(tmp_path: Path) -> None:
    """Trials of all studies of a model are counted, the defaults and other models left out, and none is a model."""
    _study(tmp_path).run(2)
    _study(tmp_path, "again").run(3)
    TrialLog(tmp_path, "other").begin({**ABOUT, "model": "global"})
    assert tried(tmp_path, "city-miami") == 5
    assert tried(tmp_path, "global") == 0
    assert Registry(tmp_path).names() == []


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


def _row(number: int, mean: float, low: float, sd: float = 0.01) -> dict[str, Any]:
    gain = {"mean": mean, "low": low, "high": mean + 0.02, "sd": sd}
    return {"number": number, "settings": settings_of(CITY), "score": 1.0 - mean, "gain": gain, "seconds": 1.0}


@pytest.mark.parametrize(
    ("best", "tried_", "is_clear", "words"),
    [
        (_row(1, 0.02, 0.004), 2, True, "worth a test on days that nobody has looked at"),
        (_row(1, 0.02, 0.004), 100, False, "would gain +0.0251 by luck alone. That is no evidence"),
        (_row(1, 0.02, -0.001), 2, False, "That is no evidence: leave the defaults"),
        (_row(1, -0.02, -0.04), 2, False, "Of 2 configurations none scored better than the defaults"),
    ],
)
def test_the_best_of_many_is_believed_only_beyond_luck(
    best: dict[str, Any], tried_: int, is_clear: bool, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A best configuration is clear where its interval is above 0 and its gain above the expected best of so many; with
    an sd of 0.01 that is 0.0251 of a hundred. The document fits its schema, and the tables say it.
    """
    result = TuneResult("city-miami", "s", "f", UNTIL, 40, (_row(0, 0.0, 0.0, 0.0), best), tried_)
    found = result.to_json()
    assert (found["clear"], words in found["found"]) == (is_clear, True)
    schema = json.loads((ROOT / "docs" / "reference" / "schemas" / "tune.json").read_text())
    jsonschema.validate(found, schema)
    show(found)
    assert words[:20] in capsys.readouterr().out


def test_what_is_proposed_can_be_pasted(tmp_path: Path) -> None:
    """A proposed block, put into a configuration, grows the members that were scored, in its city and nowhere else."""
    proposed = propose(space_of(CITY), [], 3, 1)
    (tmp_path / "drybulb.toml").write_text(block_of("city-miami", proposed))
    rules = load(tmp_path / "drybulb.toml").hazards.members()
    assert rules.of("city-miami") == members_with(CITY, proposed)
    assert rules.of("city-austin") == rules.city == CITY
    (tmp_path / "drybulb.toml").write_text("[hazards.city_of.miami.H1]\ntrees = 41\n")
    own = load(tmp_path / "drybulb.toml").hazards.members().of("city-miami")
    assert own == (CITY[0], replace(CITY[1], trees=41))


def test_the_defaults_are_the_rules_that_were_chosen() -> None:
    """A hundred trees of 15 leaves of 60 events for all cities; a hundred quick and forty slow ones, of 30, for one."""
    rules = load().hazards.members()
    assert rules.pooled == (HazardRules(name="H1", trees=100, leaves=15, events_in_leaf=60.0),)
    assert rules.city == (
        HazardRules(name="H0", from_anchor=False, trees=100, leaves=15, learning_rate=0.15, bins=31),
        HazardRules(name="H1", trees=40, leaves=15, learning_rate=0.08, bins=31),
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[hazards.global.H0]\ntrees = 3\n", "hazards.global.H0"),
        ("[hazards.city.H1]\nbranches = 3\n", "hazards.city.H1.branches"),
        ("[hazards.city_of.miami.H1]\nbranches = 3\n", "hazards.city_of.miami.H1.branches"),
        ("[hazards.city_of.boston.H1]\ntrees = 3\n", "boston"),
        ("[hazards.city.H1]\nfeature_share = 1.5\n", "feature_share"),
    ],
)
def test_hazards_that_are_wrong_are_named(tmp_path: Path, text: str, words: str) -> None:
    """An unknown hazard, setting or city, or a value that makes no sense, is an error that names it."""
    (tmp_path / "drybulb.toml").write_text(text)
    with pytest.raises(ConfigError, match=words):
        load(tmp_path / "drybulb.toml")


def test_an_unknown_model_is_refused_and_the_known_are_named() -> None:
    """A model of no configured city is refused with those there are; a city's learns from its city alone."""
    for name in ("city-boston", "miami", "S"):
        with pytest.raises(TuningError, match=rf"no model '{name}'; known: global, city-chicago"):
            cities_of(load(), name)
    assert list(cities_of(load(), "city-miami")) == ["miami"]
    assert list(cities_of(load(), "global")) == list(load().city)


def test_without_optuna_the_verb_says_how_to_install_it(tmp_path: Path) -> None:
    """Where optuna is missing nothing is begun, and the error says what to install."""
    with mock.patch.object(search, "find_spec", return_value=None), pytest.raises(TuningError, match="pip install"):
        tune(mock.Mock(path=tmp_path), load(), "city-miami", UNTIL, 1)
    assert list(tmp_path.iterdir()) == []
