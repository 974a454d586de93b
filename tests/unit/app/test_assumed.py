"""What is assumed of a run is said as it is: of its own fills, its own policy and its own calendar."""

from __future__ import annotations

import pytest

from drybulb.app import config
from drybulb.app.assumed import assumed
from drybulb.app.terms import Terms
from drybulb.engine.fills import Fills
from tests.unit.app.lakes import calm

CONFIG = config.load()
CALM = calm(CONFIG)

RESTS_NOT = "none rests in the book"
UNCROSSED = "no opposite quote is recorded in a minute built from prints"
POLLS = "it waits for the next one, at most 180 min"
ENDS = "a second before the window of the next release"
INSTEAD = "a fill takes the place of a recorded trade or quote"
SPECI = "special reports (SPECI)"
NO_CALENDAR = "no calendar"
ALL = {RESTS_NOT, UNCROSSED, POLLS, ENDS, INSTEAD, SPECI, NO_CALENDAR}


@pytest.mark.parametrize(
    ("policy", "fills", "settings", "said"),
    [
        ("hybrid", Fills.TAKER, CONFIG, {RESTS_NOT, POLLS, ENDS, INSTEAD, SPECI}),
        ("hybrid", Fills.TAKER, CALM, {RESTS_NOT, POLLS, INSTEAD, NO_CALENDAR}),
        ("flat", Fills.TAKER, CONFIG, {RESTS_NOT, POLLS, ENDS, INSTEAD, SPECI}),
        ("crossed", Fills.TAKER, CONFIG, {RESTS_NOT, POLLS, INSTEAD}),
        ("hybrid", Fills.MAKER_PESSIMISTIC, CONFIG, {UNCROSSED, ENDS, INSTEAD, SPECI}),
        ("hybrid", Fills.MAKER_OPTIMISTIC, CALM, {UNCROSSED, INSTEAD, NO_CALENDAR}),
        ("hybrid", Fills.NAIVE, CONFIG, {SPECI}),
    ],
)
def test_a_sentence_is_said_of_the_runs_it_is_true_of(
    policy: str, fills: Fills, settings: config.Config, said: set[str]
) -> None:
    """Takers rest nowhere, makers cross nothing on prints, naive orders wait for nothing; a probe has no calendar."""
    text = "\n".join(assumed(settings, Terms(policy, fills=fills)))
    assert {sentence for sentence in ALL if sentence in text} == said
