"""The gate: each thing that keeps a model from being served is one true sentence, and a sound model has none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest

from drybulb.forecast import probes
from drybulb.forecast.gate import GateRules, refusals, untimely
from drybulb.forecast.model_card import BandScore
from tests.unit.forecast.small_models import CITY, small_models

UNTIL = datetime(2024, 1, 3, 12, tzinfo=UTC)
KNOWN = datetime(2024, 1, 1, 12, tzinfo=UTC)
AT = datetime(2024, 2, 1, tzinfo=UTC)
RULES = GateRules(max_age_days=30)


def _score(loss: float) -> BandScore:
    """Over all rows; the model's log score is worse than S's by ``loss``."""
    return BandScore("all", None, "all", 1234, {"model": 1.0, "S": 1.0}, {"model": 1.5 + loss, "S": 1.5})


def _refusals(**changed: Any) -> tuple[str, ...]:
    """What is said of a sound model of 300 events, as good as S, whose card is changed."""
    sound = small_models()[CITY]
    card = replace(sound.card, until=UNTIL, last_known_at=KNOWN, n_events=300, scores=(_score(0.0),))
    return refusals(replace(card, **changed), sound.model, AT, RULES)


def test_a_sound_model_passes() -> None:
    """A model of enough events, as good as S, of the time and that answers the probes is not refused."""
    assert _refusals() == ()


def test_too_few_events_are_counted() -> None:
    """A model of fewer than 300 events is refused with the number it has and the number it needs."""
    assert _refusals(n_events=299) == ("It was trained on 299 events; 300 are needed.",)


def test_a_model_worse_than_s_is_refused() -> None:
    """More than 0.01 nats worse than S over all rows out of fold is refused, by how much and on how many events."""
    assert _refusals(scores=(_score(0.0099), _score(5.0))) == ()
    (said,) = _refusals(scores=(_score(0.0123), _score(-5.0)))
    assert said == (
        "Out of fold, on 1,234 events, its log score is 0.0123 nats worse than S's (1.5123 against 1.5000);"
        " at most 0.01 nats is allowed."
    )


@pytest.mark.parametrize(
    ("scores", "words"), [((), "no score out of fold"), ((_score(float("nan")),), "the difference is nan")]
)
def test_a_model_nobody_compared_is_refused(scores: tuple[BandScore, ...], words: str) -> None:
    """A card without a score, or with one that is no number, does not show that the model is as good as S."""
    (said,) = _refusals(scores=scores)
    assert words in said


def test_what_was_found_at_training_is_told() -> None:
    """Each thing that made the model degenerate at training is a refusal of its own."""
    found = ("H0 is a constant: it changes every log odds by +0.100", "H1 says what S says: its median correction is 0")
    assert _refusals(degenerate=found) == tuple(
        f"It was found degenerate when it was trained – {reason}." for reason in found
    )


def test_the_probes_are_asked_again() -> None:
    """A model that fails a probe is refused although its card knows nothing of it, and not twice where it does."""
    own = small_models()[CITY]
    sound = replace(own.card, until=UNTIL, last_known_at=KNOWN, n_events=300, scores=(_score(0.0),))
    assert refusals(replace(sound, degenerate=()), own.model, AT, RULES) == ()
    with mock.patch.object(probes, "MIN_DEGREES", 100):
        (fault,) = probes.faults(own.model)
        unknown = refusals(replace(sound, degenerate=()), own.model, AT, RULES)
        known = refusals(replace(sound, degenerate=(fault,)), own.model, AT, RULES)
    assert unknown == (f"It does not answer to what it is told – {fault}.",)
    assert known == (f"It was found degenerate when it was trained – {fault}.",)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (KNOWN - timedelta(microseconds=1), "It is from the future: it knows things from 2024-01-01T12:00:00+00:00, "),
        (KNOWN, None),
        (UNTIL + timedelta(days=30), None),
        (
            UNTIL + timedelta(days=30, microseconds=1),
            "It is out of date: it was trained until 2024-01-03T12:00:00+00:00, more than 30 days before 2024-02-02T12",
        ),
    ],
)
def test_a_model_has_its_time(at: datetime, words: str | None) -> None:
    """A model speaks from what it knows last until its age is the greatest allowed, both ends included."""
    said = untimely(UNTIL, KNOWN, at, RULES)
    assert len(said) == (words is not None)
    assert all(sentence.startswith(str(words)) for sentence in said)


def test_everything_wrong_is_said() -> None:
    """A model with several faults has a sentence for each."""
    said = _refusals(n_events=50, scores=(), degenerate=("a", "b"), until=UNTIL - timedelta(days=400))
    assert len(said) == 5
    assert all(sentence.endswith(".") and sentence[0].isupper() for sentence in said)
