"""Law 19: no trial scores or trains on a day of a locked window."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app import train as app_train
from drybulb.app import tuned_ground
from drybulb.app.config import Config
from drybulb.app.locked import open_window
from drybulb.app.locked_block import EvaluationBlock, LockedBlock
from drybulb.app.progress import silent
from drybulb.errors import LockedWindow
from drybulb.forecast import clocks
from drybulb.forecast.labels import known_labels
from drybulb.forecast.training import Material
from tests.unit.forecast.made import CONFIG, MIAMI, UNTIL, tables

#: Ten days in the middle of the forty that are learnt from.
FIRST, LAST = date(2024, 7, 20), date(2024, 7, 29)
BEGIN = date(2024, 7, 3)
GUARD = timedelta(days=2)

#: When a training day is looked at here, instead of every hour.
HOURS = (12,)


def _recent(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of the last weeks of the world."""
    return frame.filter((pl.col("valid_at").dt.date() if "valid_at" in frame.columns else pl.col("day")) >= BEGIN)


#: The tables of the world, made before any defect is planted.
LEARNT_FROM = ("observations", "guidance", "official", "settlements", "markets")
MADE = {table: _recent(tables("miami")[table]) for table in LEARNT_FROM}


class _Seen(Exception):
    """What a study would be fitted on."""


def _config(folder: str, *, starts: date = FIRST, ends: date = LAST, cities: tuple[str, ...] = ()) -> Config:
    window = LockedBlock.model_validate({"name": "spring", "from": starts, "to": ends, "cities": cities})
    openings = EvaluationBlock(openings=str(Path(folder) / "openings.jsonl"))
    return CONFIG.model_copy(update={"locked": (window,), "evaluation": openings})


def _open(config: Config) -> None:
    open_window(config, "law", FIRST, LAST, ["miami"], dict, "a law", UNTIL)


def _learnt(config: Config, folder: str, *, is_wrong: bool = False) -> Material:
    """What a study of Miami is fitted on; official highs and settlements of the window may be thirty degrees wrong."""
    lake = Lake(Path(folder) / ("wrong" if is_wrong else "right"))
    inside = pl.col("day").is_between(FIRST, LAST)
    for table in LEARNT_FROM:
        frame, name = MADE[table], {"official": "high", "settlements": "value"}.get(table)
        if is_wrong and name is not None:
            wrong = pl.when(inside).then(pl.col(name) + 30).otherwise(pl.col(name))
            frame = frame.with_columns(wrong.cast(frame.schema[name]))
        lake.merge(table, frame)

    def seen(material: Material, *_given: Any) -> None:
        raise _Seen(material)

    few = mock.patch.object(clocks, "OBSERVED_HOURS", HOURS)
    with few, mock.patch.object(app_train, "fit_forecasters", seen):
        try:
            tuned_ground.tuning_ground(lake, config, "city-miami", UNTIL, silent)
        except _Seen as found:
            learnt: Material = found.args[0]
            return learnt
    raise AssertionError("nothing was fitted")


def test_no_trial_learns_from_a_locked_window_or_the_days_next_to_it() -> None:
    """Of the window and the two days to either side, though it was opened, no label and no row is left; of the days
    beside them all are; and wrong outcomes inside it change nothing that a trial is given.
    """
    with tempfile.TemporaryDirectory() as folder:
        config = _config(folder)
        _open(config)
        right, wrong = _learnt(config, folder), _learnt(config, folder, is_wrong=True)
    labels = known_labels(right.official, right.settlements, [MIAMI], UNTIL, 2)
    left_out = set(pl.date_range(FIRST - GUARD, LAST + GUARD, eager=True))
    for days in (set(labels["day"]), set(right.rows["day"])):
        assert not days & left_out
        assert {FIRST - GUARD - timedelta(days=1), LAST + GUARD + timedelta(days=1)} <= days
    assert right.rows.equals(wrong.rows)
    assert right.official.equals(wrong.official)
    assert right.settlements.equals(wrong.settlements)


def test_nothing_is_learnt_after_a_locked_window_that_was_never_opened() -> None:
    """An --until inside or after a window of the model's city is refused unless all its days were opened for that city;
    the last instant before it and another city's window are not.
    """
    with tempfile.TemporaryDirectory() as folder:
        for until in (datetime.combine(FIRST, UNTIL.timetz()), UNTIL):
            with _refused():
                _begin(_config(folder), until)
        _begin(_config(folder), datetime.combine(FIRST - timedelta(days=1), UNTIL.timetz()))
        _begin(_config(folder, cities=("chicago",)), UNTIL)
        opened = _config(folder)
        _open(opened)
        _begin(opened, UNTIL)
        with _refused():  # another window of the same name was not opened
            _begin(_config(folder, ends=LAST + GUARD), UNTIL)
    for first, last, city in ((FIRST, LAST, "chicago"), (FIRST, FIRST, "miami")):
        with tempfile.TemporaryDirectory() as folder:
            opened = _config(folder)
            open_window(opened, "law", first, last, [city], dict, "a law", UNTIL)
            with _refused():  # another city's days were opened, or one of the days
                _begin(opened, UNTIL)


def _begin(config: Config, until: datetime) -> None:
    """Begin a study, as far as its first look at the lake."""
    with mock.patch.object(tuned_ground, "learn", side_effect=_Seen):
        try:
            tuned_ground.tuning_ground(Lake("nowhere"), config, "city-miami", until, silent)
        except _Seen:
            return
    raise AssertionError("nothing was learnt")


@contextmanager
def _refused() -> Iterator[None]:
    """A context in which a locked window must refuse to be learnt from."""
    try:
        yield
    except LockedWindow:
        return
    raise AssertionError("a study began after a closed window")
