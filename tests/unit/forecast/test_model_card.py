"""What a notebook shows of a model's card."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from drybulb.forecast.model_card import BandScore, ModelCard
from tests.unit.domain.test_notebook import rows

CARD = ModelCard(
    kind="city",
    cities=("miami",),
    stations=("KMIA",),
    until=datetime(2024, 11, 17, 12, tzinfo=UTC),
    last_known_at=datetime(2024, 11, 15, 17, tzinfo=UTC),
    first=date(2022, 1, 1),
    last=date(2024, 11, 14),
    n_events=1049,
    n_rows=25176,
    rules={},
    features={},
    correction={},
    shares={},
    scores=(
        BandScore("all", None, "all", 1049, {"model": 0.57, "S": 0.585}, {"model": 1.5, "S": 1.5279}),
        BandScore("all", 0, "0 … 6", 900, {"model": 0.8, "S": 0.7}, {"model": 1.9, "S": 1.8}),
    ),
    degenerate=(),
)


def test_a_card_says_what_it_knows_and_how_well() -> None:
    """Places, events, the instants of its knowledge and the scores of all parts stand open, parts of the day folded."""
    html = CARD._repr_html_()
    for words in (
        "Model card: city-miami",
        "trained on miami (KMIA): 1,049 events and 25,176 rows of 2022-01-01 … 2024-11-14",
        "until 2024-11-17 12:00 UTC; may speak from 2024-11-15 17:00 UTC on",
        "not degenerate",
    ):
        assert words in html
    opened, folded = html.split("<details")
    assert rows(opened) == [["all", "both", "all", "1,049", "0.570", "0.585", "+0.0279"]]
    assert rows(folded) == [["all", "0", "0 … 6", "900", "0.800", "0.700", "-0.1000"]]


def test_a_degenerate_model_says_why() -> None:
    """A card of a degenerate model gives every reason."""
    html = replace(CARD, degenerate=("it says nothing", "nor that"))._repr_html_()
    assert "degenerate: it says nothing; nor that" in html
    assert "not degenerate" not in html


def test_a_reference_that_scored_has_a_column_and_a_gap_where_it_did_not() -> None:
    """EMOS has a column where any part has its score, and a dash where it was silent."""
    first, second = CARD.scores
    emos = replace(first, station="KMIA", crps={**first.crps, "emos": 0.9})
    html = replace(CARD, scores=(first, emos, second))._repr_html_()
    opened, folded = html.split("<details")
    assert [row[6] for row in rows(opened)] == ["–", "0.900"]
    assert "CRPS emos" not in folded
