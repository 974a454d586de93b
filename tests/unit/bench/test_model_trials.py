"""What a trial of the bench of the models is asked under."""

from __future__ import annotations

import pytest

from bench.model_trials import Meter, Trial
from bench.models import TRIALS
from drybulb.app import config
from drybulb.forecast.labels import newest_trainable


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.name)
def test_a_trial_trains_on_nothing_it_is_asked_about(trial: Trial) -> None:
    """The newest day that trains is before the day before the first event, in every city asked about."""
    stock = config.load()
    cities = stock.cities()
    for key in (*trial.observed, *trial.guided):
        offset = cities[key].standard_offset_hours
        newest = newest_trainable(trial.until, offset, stock.training.embargo_days)
        assert (trial.start - newest).days > 1


def test_a_trial_changes_nothing_of_the_stock_configuration_but_its_window() -> None:
    """Only the trial of two years asks for more days and older models; each grows one model at a time, to time it."""
    stock = config.load()
    young, old = TRIALS
    alone = stock.training.model_copy(update={"threads": 1})
    assert young.configured(stock) == stock.model_copy(update={"training": alone})
    changed = old.configured(stock)
    assert (changed.training.max_model_age_days, changed.training.window_days) == (731, 3000)
    stock_again = {"max_model_age_days": 400, "window_days": 1500, "threads": stock.training.threads}
    assert changed.training.model_copy(update=stock_again) == stock.training
    assert changed.model_copy(update={"training": stock.training}) == stock


def test_a_part_of_a_training_lasts_until_the_next_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """CPU seconds are those between the beginnings of two parts, summed where a part comes twice."""
    clock = iter([0.0, 1.0, 3.0, 6.0, 10.0])
    monkeypatch.setattr("bench.model_trials.process_time", lambda: next(clock))
    meter = Meter()
    for part in ("a", "b", "a", "done"):
        meter(part, 0, 1)
    assert (meter.seconds["a"], meter.seconds["b"]) == (2.0 + 4.0, 3.0)
