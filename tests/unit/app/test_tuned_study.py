"""A study: what is kept of it, who may go on with it, and what else was tried in the lake."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

from drybulb.adapters import search
from drybulb.adapters.registry import Registry
from drybulb.adapters.trial_log import TrialLog
from drybulb.app import tuned_study
from drybulb.app.config import load
from drybulb.app.tune import tune
from drybulb.app.tuned_others import Others, others_of
from drybulb.app.tuned_space import fixed_of, settings_of
from drybulb.app.tuned_study import going_on, searcher
from drybulb.errors import TuningError
from tests.unit.app.tuned import ABOUT, CITY, study
from tests.unit.forecast.made import UNTIL


def test_a_study_of_something_else_is_not_gone_on_with(tmp_path: Path) -> None:
    """Another lake, another --until or other folds are refused by name with a fix; another study's name is free."""
    study(tmp_path).run(1)
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


def test_a_broken_log_is_refused(tmp_path: Path) -> None:
    """A line that is cut, or one that is missing, is an error and not a shorter study."""
    log_ = study(tmp_path).log
    study(tmp_path).run(2)
    lines = log_.file.read_text().splitlines(keepends=True)
    log_.file.write_text("".join(lines)[:-20])
    with pytest.raises(TuningError, match="broken last line"):
        log_.rows()
    log_.file.write_text(lines[0] + lines[2])
    with pytest.raises(TuningError, match=r"numbered \[0, 2\]"):
        log_.rows()


def test_a_study_is_no_model(tmp_path: Path) -> None:
    """Studies lie beside the stored models, and none is listed as one."""
    study(tmp_path).run(2)
    assert Registry(tmp_path).names() == []


def test_a_second_run_of_a_study_is_told_of_the_first(tmp_path: Path) -> None:
    """While one run is at a study another is refused and adds nothing; another study, or a later run, is free."""
    log_ = TrialLog(tmp_path, "city-miami")
    with going_on(log_):
        with pytest.raises(TuningError, match=r"study 'city-miami' is running .* --study"), going_on(log_):
            raise AssertionError
        with going_on(TrialLog(tmp_path, "another")):
            assert log_.rows() == []
    with going_on(log_):
        assert log_.rows() == []


def test_a_last_line_without_an_end_is_ended_before_the_next(tmp_path: Path) -> None:
    """Where the newline at the end of the log was lost, the next trial is a line of its own."""
    study(tmp_path).run(1)
    log_ = TrialLog(tmp_path, "city-miami")
    log_.file.write_text(log_.file.read_text().rstrip("\n"))
    with going_on(log_):
        rows = study(tmp_path).run(2)
    assert log_.rows() == rows
    assert len(rows) == 3


def test_a_study_without_gains_by_day_is_refused(tmp_path: Path) -> None:
    """Lines kept without the gains of each day cannot be resampled together: another name is asked for."""
    study(tmp_path).run(1)
    log_ = TrialLog(tmp_path, "city-miami")
    rows = [{name: value for name, value in row.items() if name != "day_gains"} for row in log_.rows()]
    log_.file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(TuningError, match=r"without their gains by day.*--study"), going_on(log_):
        raise AssertionError


def test_broken_studies_of_others_stop_nobody(tmp_path: Path) -> None:
    """The trials of other studies of the model count; studies that cannot be read are named, one's own is neither."""
    for name in ("mine", "again", "cut", "odd"):
        study(tmp_path, name).run(2)
    TrialLog(tmp_path, "global").begin({**ABOUT, "model": "global"})
    cut, odd = (TrialLog(tmp_path, name) for name in ("cut", "odd"))
    cut.file.write_text(cut.file.read_text()[:-20])
    (odd.path / "study.json").write_text("[")
    found = others_of(tmp_path, "city-miami", "mine")
    kept = TrialLog(tmp_path, "again").rows()
    assert found == Others(tuple(row["gain"]["sd"] for row in kept[1:]), ("cut", "odd"))


def test_rules_that_are_not_searched_are_part_of_a_study(tmp_path: Path) -> None:
    """Another `pairs` makes another study, and the message names it."""
    fewer = [replace(rule, pairs=1000) for rule in CITY]
    assert {"H0.pairs", "H1.pairs", "H1.span"} <= set(fixed_of(CITY))
    assert not set(fixed_of(CITY)) & set(settings_of(CITY))
    log_ = TrialLog(tmp_path, "city-miami")
    log_.begin({**ABOUT, "fixed": fixed_of(CITY), "optuna": searcher()})
    log_.begin({**ABOUT, "fixed": fixed_of(CITY), "optuna": searcher()})
    with pytest.raises(TuningError, match=r"H1\.pairs: 1000000, now 1000.*--study"):
        log_.begin({**ABOUT, "fixed": fixed_of(fewer), "optuna": searcher()})
    with pytest.raises(TuningError, match=r"optuna: .*, now 0\.0"):
        log_.begin({**ABOUT, "fixed": fixed_of(CITY), "optuna": "0.0"})


def test_without_optuna_the_verb_says_how_to_install_it(tmp_path: Path) -> None:
    """Where optuna is missing nothing is begun, and the error says what to install."""
    with mock.patch.object(search, "find_spec", return_value=None), pytest.raises(TuningError, match="pip install"):
        tune(mock.Mock(path=tmp_path), load(), "city-miami", UNTIL, 1)
    assert list(tmp_path.iterdir()) == []


def test_an_optuna_that_cannot_be_imported_is_told_before_anything_is_begun(tmp_path: Path) -> None:
    """Where optuna is found and broken nothing is begun either, and the error says what to do."""
    broken = mock.patch.object(tuned_study, "propose", side_effect=ImportError("no symbol"))
    with broken, pytest.raises(TuningError, match=r"cannot be imported \(no symbol\).*pip install"):
        tune(mock.Mock(path=tmp_path), load(), "city-miami", UNTIL, 1)
    assert list(tmp_path.iterdir()) == []
