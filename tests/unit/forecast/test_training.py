"""A whole training: what it makes, how it cards it, and that it can be written and repeated."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from drybulb.errors import ModelError
from drybulb.forecast.fitted import NAMES, FittedForecasters
from drybulb.forecast.training import Material, TrainingRules, fit_forecasters, fit_models, labelled_rows
from drybulb.forecast.training_card import TrainingCard
from tests.unit.forecast import made
from tests.unit.forecast.made import CITIES, MIAMI, RULES, UNTIL, labelled, material


@pytest.fixture(scope="module")
def fitted() -> FittedForecasters:
    """Every forecaster, fitted on a small world."""
    return made.fitted()


def _card(card: TrainingCard, name: str, station: str = "KMIA") -> dict[str, object]:
    return next(c.to_json() for c in card.forecasters if (c.station, c.forecaster) == (station, name))


def test_every_forecaster_is_fitted_and_carded(fitted: FittedForecasters) -> None:
    """A training makes all six forecasters and cards each with its days and scores."""
    assert tuple(fitted.models) == NAMES
    assert [card.forecaster for card in fitted.card.forecasters] == list(NAMES)
    card = _card(fitted.card, "S")
    assert card["days"] == 150
    assert card["last"] == "2024-08-11"
    assert card["note"] == "guidance+observations 150 days, guidance 150 days, observations 150 days"
    assert isinstance(card["crps"], float)
    assert isinstance(card["crps_out_of_fold"], float)
    assert 0.0 < card["crps"] < card["crps_out_of_fold"] < 2.0


def test_the_card_knows_when_it_may_speak(fitted: FittedForecasters) -> None:
    """What was known last is the newest label's instant, not after ``until``; asking before it is refused."""
    newest = datetime(2024, 8, 12, 5, tzinfo=UTC) + timedelta(seconds=28800)
    assert newest <= fitted.card.last_known_at <= UNTIL
    early = material().rows.filter(pl.col("at") < fitted.card.last_known_at).head(1)
    with pytest.raises(ModelError, match="train with an earlier --until"):
        fitted.predict("climatology", early)
    assert fitted.predict("climatology", early.head(0)).reason == []
    with pytest.raises(ModelError, match="oracle"):
        fitted.predict("oracle", early)


def test_a_training_is_written_and_read_to_the_last_bit(fitted: FittedForecasters) -> None:
    """The artefact survives JSON: the same predictions to the last bit, and the same text."""
    text = json.dumps(fitted.to_json(), allow_nan=False)
    again = FittedForecasters.from_json(json.loads(text))
    asked = material().rows.gather_every(97)
    for name in NAMES:
        assert np.array_equal(fitted.models[name].predict(asked).pmf, again.models[name].predict(asked).pmf), name
    assert json.dumps(again.to_json()) == text
    assert again.card == fitted.card


def test_the_same_inputs_give_the_same_bytes(fitted: FittedForecasters) -> None:
    """Trained twice, with the rows in another order, the artefact is the same to the last byte."""
    known = material()
    shuffled = Material(known.rows.reverse(), known.official.reverse(), known.settlements.reverse())
    again = fit_forecasters(shuffled, {"miami": MIAMI}, UNTIL, RULES).fitted
    assert json.dumps(again.to_json()) == json.dumps(fitted.to_json())


def test_another_format_is_refused(fitted: FittedForecasters) -> None:
    """An artefact of another format, or whose inputs are not those of this version, is not guessed at."""
    sound = fitted.to_json()
    with pytest.raises(ModelError, match="first-floor/0"):
        FittedForecasters.from_json({**sound, "format": "first-floor/0"})
    with pytest.raises(ModelError, match="inputs"):
        FittedForecasters.from_json({**sound, "card": {**sound["card"], "forms": {}}})


def test_what_could_not_be_fitted_is_said() -> None:
    """A city without labels, guidance or reports has cards and notes that say so, and stops nobody else."""
    cities = {"miami": MIAMI, "austin": CITIES["austin"]}
    found = fit_forecasters(material(), cities, UNTIL, RULES).fitted.card
    assert _card(found, "S", "KAUS")["note"] == "no labelled day with guidance or observations known"
    assert _card(found, "climatology", "KAUS")["note"] == "no labelled day known"
    assert "austin (KAUS), S, by 2024-08-14T14:00Z: no labelled day with guidance or observations known" in found.notes


def test_no_label_at_all_is_an_error() -> None:
    """Before the first official high was known nothing can be trained, and the message says until when."""
    with pytest.raises(ModelError, match="2023-05-01"):
        fit_forecasters(material(), {"miami": MIAMI}, datetime(2023, 5, 1, tzinfo=UTC), RULES)


def test_rules_are_checked() -> None:
    """A window of no days is refused by its name."""
    with pytest.raises(ModelError, match="window_days"):
        TrainingRules(window_days=0)


def test_models_look_at_their_newest_days_only() -> None:
    """With a window of 100 days, guidance + error counts the errors of 100 days at each lead."""
    official = material().official
    labels = official.select("station", "day", "high")
    models = fit_models(labelled_rows(material().rows, labels, UNTIL), labels, TrainingRules(window_days=100))
    errors = models["guidance_error"].to_json()
    days = {key: sum(found.values()) for key, found in errors.items()}
    # The mean of the sources may change within a lead, and then its error counts again.
    assert 100 <= days["KMIA/0"] <= 300
    narrow = fit_models(labelled_rows(material().rows, labels, UNTIL), labels, TrainingRules(window_days=95))
    assert sum(narrow["guidance_error"].to_json()["KMIA/0"].values()) < days["KMIA/0"]


def test_a_row_after_until_is_not_used() -> None:
    """A snapshot of an instant after ``until`` trains nothing."""
    seen = labelled({"high": 90}, {"high": 90, "at": datetime(2024, 7, 2, 18, tzinfo=UTC)})
    labels = pl.DataFrame({"station": ["KMIA"], "day": [date(2024, 7, 2)], "high": [91]})
    kept = labelled_rows(seen.drop("high"), labels, datetime(2024, 7, 2, 17, tzinfo=UTC))
    assert kept.height == 1
    assert kept["high"].to_list() == [91]
