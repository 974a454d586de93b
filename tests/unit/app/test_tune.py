"""The search: what is proposed, kept, refused and made of it; scored on a made-up objective that takes no time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import log
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import polars as pl
import pytest

from drybulb.adapters.search import propose
from drybulb.adapters.trial_log import TrialLog
from drybulb.app.config import load
from drybulb.app.tuned_ground import TuningGround, cities_of
from drybulb.app.tuned_space import block_of, members_with, settings_of, space_of
from drybulb.errors import ConfigError, TuningError
from drybulb.forecast.folds import Fold
from drybulb.forecast.hazard import HazardRules
from tests.unit.app.tuned import CITY, DAYS, NOTED, score, study


def _found(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "seconds": 0.0} for row in rows]


def test_a_study_that_was_interrupted_ends_as_one_that_was_not(tmp_path: Path) -> None:
    """Three trials and then five more are the same eight as eight at once; asked for fewer, all are returned."""
    whole = study(tmp_path / "a").run(8)
    study(tmp_path / "b").run(3)
    resumed = study(tmp_path / "b").run(8)
    assert [row["number"] for row in resumed] == list(range(9))
    assert _found(resumed) == _found(whole)
    assert _found(study(tmp_path / "b").run(4)) == _found(whole)
    kept = TrialLog(tmp_path / "b", "city-miami").rows()
    assert kept == resumed
    assert {row["until"] for row in kept} == {NOTED["until"]}
    named = {"number", "settings", "score", "gain", "seconds", "seed", "lake", "until", "day_gains"}
    assert [set(row) - named for row in kept[:2]] == [{"calendar"}, set()]
    assert kept[0]["calendar"] == {"days": [day.isoformat() for day in DAYS], "events": [1] * len(DAYS)}
    assert sum(kept[1]["day_gains"]) / len(DAYS) == pytest.approx(kept[1]["gain"]["mean"])


def test_the_defaults_are_trial_0_and_gain_nothing_on_themselves(tmp_path: Path) -> None:
    """Trial 0 has the settings of the configuration; a gain is the score of the defaults less the trial's."""
    rows = study(tmp_path).run(2)
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
    rows = study(tmp_path).run(18)
    trees = [abs(log(row["settings"]["H1.trees"] / 20.0)) for row in rows[1:]]
    assert np.mean(trees[-6:]) < np.mean(trees[:6])


def test_other_code_is_noticed_by_the_score_of_the_defaults(tmp_path: Path) -> None:
    """Where the defaults score otherwise than they did, no trial is added beside the old ones."""
    study(tmp_path).run(1)
    changed = replace(study(tmp_path), score=lambda members: score(members, penalty=0.001))
    with pytest.raises(TuningError, match=r"the defaults score .* now and .* when it was begun"):
        changed.run(2)
    assert len(TrialLog(tmp_path, "city-miami").rows()) == 2


def test_the_blocks_with_events_are_counted() -> None:
    """Of two blocks of days, one before the first row of the model, one holds events."""
    blocks = ((date(2023, 1, 1), date(2023, 12, 31)), (date(2024, 1, 1), date(2024, 12, 31)))
    folds = [Fold({"KMIA": block}, {}) for block in blocks]
    rows = pl.DataFrame({"station": "KMIA", "day": DAYS})
    assert TuningGround(rows, mock.Mock(), folds, "", 1).held() == (1, 2)


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
