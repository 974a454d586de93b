"""What a notebook shows of a model's card."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

from drybulb.forecast.model_card import BandScore, ModelCard, Pooled
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
    pooling=(),
)

DAY_BEFORE = Pooled(1, "all", 0, {}, None, None, "global")
EVENT_DAY = Pooled(0, "all", 728, {"city": 1.1612, "global": 1.1775}, -0.0163, (-0.0247, -0.008), "city")
EVENING = Pooled(0, "18 … 24", 727, {"city": 0.1642, "global": 0.1623}, 0.0019, (-0.0014, 0.0051), None)


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


def test_a_card_says_who_speaks_at_each_lead_and_why() -> None:
    """The two leads stand open with who speaks and because of what, parts of the day folded, with their scores alone;
    a card without a comparison has no such table.
    """
    html = replace(CARD, pooling=(DAY_BEFORE, EVENT_DAY, EVENING))._repr_html_()
    _, pooling = html.split("City and global model out of fold", 1)
    opened, folded = pooling.split("<details")
    assert rows(opened) == [
        ["1", "all", "0", "–", "–", "–", "global", "the city model speaks on the event day only"],
        [
            *("0", "all", "728", "1.161", "1.177", "-0.0163 (-0.0247 … -0.0080)"),
            *("city", "the city model is better out of fold by 0.016 nats"),
        ],
    ]
    assert rows(folded) == [["0", "18 … 24", "727", "0.164", "0.162", "+0.0019 (-0.0014 … +0.0051)"]]
    assert "because" not in CARD._repr_html_()


def test_a_city_model_yields_by_its_card_and_says_by_how_much() -> None:
    """It yields where the global model is chosen for the whole event day, and not where a part of it was better."""
    better = replace(EVENT_DAY, difference=0.0124, chosen="global")
    assert replace(CARD, pooling=(DAY_BEFORE, better)).yields == "the global model is better out of fold by 0.012 nats"
    for kept in ((), (DAY_BEFORE,), (DAY_BEFORE, EVENT_DAY, replace(EVENING, chosen="global"))):
        assert replace(CARD, pooling=kept).yields == ""


def test_why_the_city_models_day_is_its_own() -> None:
    """What is within chance, and a training without a global model, leave the day to the city model, and say so."""
    near = replace(EVENT_DAY, difference=0.0015, ci90=(-0.0048, 0.0077))
    assert near.why() == "the global model is better out of fold by 0.002 nats, but not clearly: the interval holds 0"
    nobody = Pooled(0, "all", 0, {}, None, None, "city")
    assert nobody.why() == "there was no global model to compare with"


def test_a_card_survives_being_written_down() -> None:
    """Instants, dates, scores and the choice are the same after a trip through JSON."""
    card = replace(CARD, pooling=(DAY_BEFORE, EVENT_DAY, EVENING))
    assert ModelCard.from_json(json.loads(json.dumps(card.to_json()))) == card
