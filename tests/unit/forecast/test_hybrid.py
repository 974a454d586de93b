"""The hybrid: who speaks when, with which share, and what it says of who did not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from drybulb.errors import ModelError
from drybulb.forecast.hybrid import Hybrid, Speaker
from drybulb.forecast.model import Prediction
from tests.unit.forecast.spoken import CITY_SAYS, GLOBAL_SAYS, KNOWN, asked, instant, said, speaker

WHOLE, OWN = said(GLOBAL_SAYS), said(CITY_SAYS)
ABSENT = {"global": "40 labelled events; 300 are needed", "city-miami": "it was refused"}


def _hybrid(market_clock: Speaker | None = None, city: Speaker | None = None, **given: Any) -> Hybrid:
    return Hybrid(market_clock, {} if city is None else {"miami": city}, **given)


BOTH = _hybrid(speaker("global"), speaker("city"))


def _one(hybrid: Hybrid, hours: float, name: str = "hybrid", **given: Any) -> tuple[str, str, str]:
    """Source, reason and model of what is said at an hour."""
    found = hybrid.predict(name, asked(hours, **given))
    assert found.source is not None
    assert found.model is not None
    return found.source[0], found.reason[0], found.model[0]


def _is_nobody(found: Prediction) -> bool:
    return not found.available.any() and not found.pmf.any() and not any(found.model or [])


@pytest.mark.parametrize("hours", [-24.0, -10.0, -0.001])
def test_the_day_before_is_the_global_models(hours: float) -> None:
    """At lead 1 the global model speaks alone, to the last minute, though there is a city model."""
    assert _one(BOTH, hours) == ("global", f"global: knows of {instant(hours):%d %H:%M}", "global:global-id")
    assert (BOTH.predict("hybrid", asked(hours)).pmf[0] == WHOLE).all()


@pytest.mark.parametrize("hours", [2.0, 2.001, 12.0, 23.9])
def test_the_events_day_is_the_citys(hours: float) -> None:
    """At lead 0, once the blend is over, the city model speaks alone."""
    assert _one(BOTH, hours) == ("city", f"city: knows of {instant(hours):%d %H:%M}", "city:city-id")
    assert (BOTH.predict("hybrid", asked(hours)).pmf[0] == OWN).all()


def test_shares_fall_in_a_straight_line_from_midnight() -> None:
    """In the first two hours the global share is 1 less half the hours; source, reason and model name both."""
    hours = (0.0, 0.25, 0.5, 1.0, 1.5, 1.95)
    found = BOTH.predict("hybrid", asked(*hours))
    assert found.source == [
        "blend(global 1.00, city 0.00)",
        "blend(global 0.88, city 0.12)",
        "blend(global 0.75, city 0.25)",
        "blend(global 0.50, city 0.50)",
        "blend(global 0.25, city 0.75)",
        "blend(global 0.03, city 0.97)",
    ]
    weights = np.array([1.0, 0.875, 0.75, 0.5, 0.25, 0.025])[:, None]
    np.testing.assert_allclose(found.pmf, weights * WHOLE + (1 - weights) * OWN, atol=1e-15)
    assert found.reason[2] == "city: knows of 02 05:30; global: knows of 02 05:30"
    assert set(found.model or []) == {"global:global-id city:city-id"}


@pytest.mark.parametrize("blend_hours", [0.5, 2.0, 6.0])
def test_nothing_jumps_where_the_blend_begins_and_ends(blend_hours: float) -> None:
    """A second before midnight and at it, and a second before the blend's end and at it, much the same is said."""
    hybrid = _hybrid(speaker("global"), speaker("city"), blend_hours=blend_hours)
    second = 1.0 / 3600.0
    pmf = hybrid.predict("hybrid", asked(-second, 0.0, blend_hours - second, blend_hours)).pmf
    assert (pmf[0] == pmf[1]).all()
    assert 0.0 < np.abs(pmf[2] - pmf[3]).sum() <= 2.0 * second / blend_hours
    assert np.abs(pmf[1] - pmf[3]).sum() == pytest.approx(1.5)


@pytest.mark.parametrize("hours", [0.5, 12.0])
def test_without_a_city_model_the_global_one_speaks(hours: float) -> None:
    """It is a fallback by name, and the reason says why there is no city model."""
    source, reason, model = _one(_hybrid(speaker("global"), absent=ABSENT), hours)
    assert (source, model) == ("fallback:no city model", "global:global-id")
    when = f"global: knows of {instant(hours):%d %H:%M}"
    assert reason == f"no city model for miami: it was refused; {when}"
    assert _one(_hybrid(speaker("global")), hours)[1] == f"no city model for miami: none is stored; {when}"


@pytest.mark.parametrize("hours", [0.5, 12.0])
def test_where_the_city_model_is_silent_the_global_one_speaks(hours: float) -> None:
    """It is a fallback by name, with what the city model said of its silence."""
    hybrid = _hybrid(speaker("global"), speaker("city", [instant(hours)]), absent=ABSENT)
    source, reason, model = _one(hybrid, hours)
    assert (source, model) == ("fallback:city model silent", "global:global-id")
    assert reason == f"city silent: cannot say; global: knows of {instant(hours):%d %H:%M}"
    assert (hybrid.predict("hybrid", asked(hours)).pmf[0] == WHOLE).all()


@pytest.mark.parametrize("hours", [0.0, 0.5, 12.0])
def test_a_city_model_is_silent_where_nothing_is_read(hours: float) -> None:
    """Without a reading of the last three hours of the station or its neighbour the global model speaks; either is
    enough.
    """
    for age in (None, 3.01):
        source, reason, model = _one(BOTH, hours, last_temp_age=age, neighbour_last_temp_age=age)
        assert (source, model) == ("fallback:city model silent", "global:global-id")
        silent = "city silent: no reading of the station or a neighbour of the last 3 h is known"
        assert reason == f"{silent}; global: knows of {instant(hours):%d %H:%M}"
    near = _one(BOTH, hours, last_temp_age=None, neighbour_last_temp_age=3.0)
    assert near == _one(BOTH, hours, last_temp_age=3.0) == _one(BOTH, hours)
    assert "fallback" not in near[0]


@pytest.mark.parametrize(
    ("market_clock", "reason"),
    [
        (None, "no global model: 40 labelled events; 300 are needed"),
        (speaker("global", [instant(-3.0)]), "global silent: cannot say"),
    ],
)
def test_without_a_global_model_nobody_speaks_the_day_before(market_clock: Speaker | None, reason: str) -> None:
    """At lead 1 a global model that is not there or is silent leaves nobody, and the reason says which it is."""
    hybrid = _hybrid(market_clock, speaker("city"), absent=ABSENT)
    found = hybrid.predict("hybrid", asked(-3.0))
    assert _is_nobody(found)
    assert found.reason == [reason]


def test_where_both_are_missing_or_silent_nobody_speaks() -> None:
    """On the event's day too, and the reason tells of both."""
    bare = _hybrid(absent=ABSENT).predict("hybrid", asked(0.5, 12.0))
    assert _is_nobody(bare)
    assert set(bare.reason) == {
        "no city model for miami: it was refused; no global model: 40 labelled events; 300 are needed"
    }
    quiet = [instant(0.5), instant(12.0)]
    mute = _hybrid(speaker("global", quiet), speaker("city", quiet)).predict("hybrid", asked(0.5, 12.0))
    assert _is_nobody(mute)
    assert set(mute.reason) == {"city silent: cannot say; global silent: cannot say"}
    assert not _hybrid().predict("hybrid", asked(12.0)).available[0]


@pytest.mark.parametrize(
    ("market_clock", "why"),
    [
        (None, "no global model: 40 labelled events; 300 are needed"),
        (speaker("global", [instant(0.5), instant(12.0)]), "global silent: cannot say"),
    ],
)
def test_a_city_model_alone_is_not_blended_and_says_why(market_clock: Speaker | None, why: str) -> None:
    """In the blend's hours the city model speaks alone where the global one cannot, and says so; later it need not."""
    hybrid = _hybrid(market_clock, speaker("city"), absent=ABSENT)
    assert _one(hybrid, 0.5) == ("city", f"city: knows of 02 05:30; not blended: {why}", "city:city-id")
    assert _one(hybrid, 12.0) == ("city", "city: knows of 02 17:00", "city:city-id")
    assert (hybrid.predict("hybrid", asked(0.5)).pmf[0] == OWN).all()


BETTER = "the global model is better out of fold by 0.012 nats"


@pytest.mark.parametrize("hours", [0.0, 0.5, 2.0, 12.0])
def test_a_card_can_leave_the_event_day_to_the_global_model(hours: float) -> None:
    """Where the city model's card says that the global one is better, that speaks from midnight on, unblended and by
    its own name, and the reason has the card's; the city model, asked by name, speaks all the same.
    """
    hybrid = _hybrid(speaker("global"), speaker("city", yields=BETTER))
    when = f"knows of {instant(hours):%d %H:%M}"
    assert _one(hybrid, hours) == ("global", f"{BETTER}; global: {when}", "global:global-id")
    assert (hybrid.predict("hybrid", asked(hours)).pmf[0] == WHOLE).all()
    assert _shares(hybrid, "hybrid", asked(hours)) == ([1.0], [0.0])
    assert _one(hybrid, hours, "city") == ("city", f"city: {when}", "city:city-id")
    assert _one(hybrid, hours, last_temp_age=None) == _one(hybrid, hours)
    assert _one(hybrid, -3.0) == _one(BOTH, -3.0)


def test_a_city_model_stands_in_where_the_card_chose_a_silent_one() -> None:
    """Where the global model that the card chose is missing or silent the city model speaks, and says that it stands
    in; where that is silent too, nobody.
    """
    for whole, why in (
        (None, "no global model: 40 labelled events; 300 are needed"),
        (speaker("global", [instant(0.5), instant(12.0)]), "global silent: cannot say"),
    ):
        hybrid = _hybrid(whole, speaker("city", yields=BETTER), absent=ABSENT)
        for hours in (0.5, 12.0):
            said = f"city: knows of {instant(hours):%d %H:%M}; standing in: {why}"
            assert _one(hybrid, hours) == ("city", said, "city:city-id")
            assert _shares(hybrid, "hybrid", asked(hours)) == ([0.0], [1.0])
        mute = hybrid.predict("hybrid", asked(12.0, last_temp_age=None))
        assert _is_nobody(mute)
        assert mute.reason[0].startswith("city silent: no reading")
        assert mute.reason[0].endswith(why)


def test_each_citys_card_is_its_own() -> None:
    """A city whose card chose the global model leaves the others their own."""
    both = {"miami": speaker("city", yields=BETTER), "chicago": speaker("city", stations=["KMDW"])}
    hybrid = Hybrid(speaker("global", stations=["KMIA", "KMDW"]), both)
    rows = pl.concat([asked(12.0), asked(12.0, city="chicago", station="KMDW")])
    assert hybrid.predict("hybrid", rows).source == ["global", "city"]


def test_a_station_that_was_not_trained_on_is_marked() -> None:
    """What a model says of a station it never saw begins with that, in a fallback and in a blend too."""
    elsewhere = _hybrid(speaker("global", stations=["KMDW", "KDEN"]))
    assert _one(elsewhere, -3.0)[:2] == ("global", "global, unseen: not trained on KMIA: knows of 02 02:00")
    assert _one(elsewhere, 12.0)[1].endswith("; global, unseen: not trained on KMIA: knows of 02 17:00")
    moved = _hybrid(speaker("global"), speaker("city", stations=["KOPF"]))
    assert _one(moved, 12.0)[1] == "city, unseen: not trained on KMIA: knows of 02 17:00"
    assert "unseen" not in _one(moved, -3.0)[1]
    assert _one(moved, 0.5)[1].count("unseen") == 1


def test_each_side_can_be_asked_alone() -> None:
    """``global`` speaks about every hour; ``city`` about the event's day only, unblended."""
    rows = asked(-3.0, 0.5, 12.0)
    whole, own = BOTH.predict("global", rows), BOTH.predict("city", rows)
    assert (whole.source, whole.available.tolist()) == (["global"] * 3, [True] * 3)
    assert (whole.pmf == WHOLE).all()
    assert (own.source, own.model) == (["", "city", "city"], ["", "city:city-id", "city:city-id"])
    assert own.available.tolist() == [False, True, True]
    assert own.reason[0] == "a city model speaks on the event's day only"
    assert (own.pmf[1:] == OWN).all()
    assert not own.pmf[0].any()
    alone = _hybrid(absent=ABSENT)
    assert alone.predict("global", rows).reason == ["no global model: 40 labelled events; 300 are needed"] * 3
    assert alone.predict("city", rows).reason[1:] == ["no city model for miami: it was refused"] * 2


def test_each_city_is_its_own_models() -> None:
    """In a batch of two cities each row is spoken about by its own city's model, wherever it stands."""
    chicago = {"city": "chicago", "station": "KMDW"}
    miami, other = asked(12.0, 0.5), asked(12.0, 13.0, **chicago)
    hybrid = _hybrid(speaker("global", stations=["KMIA", "KMDW"]), speaker("city"), absent={"city-chicago": "too few"})
    mixed = pl.concat([miami[:1], other, miami[1:]])
    found = hybrid.predict("hybrid", mixed)
    none = "fallback:no city model"
    assert found.source == ["city", none, none, "blend(global 0.75, city 0.25)"]
    assert found.reason[1] == "no city model for chicago: too few; global: knows of 02 17:00"
    two = Hybrid(speaker("global"), {"miami": speaker("city"), "chicago": speaker("global", stations=["KMDW"])})
    assert two.predict("city", mixed).model == ["city:city-id", "city:global-id", "city:global-id", "city:city-id"]


def test_shares_are_those_of_the_beliefs() -> None:
    """The shares of both sides, as explained, are those of the sources; nobody's are 0."""
    rows = asked(-3.0, 0.0, 0.5, 12.0)
    assert _shares(BOTH, "hybrid", rows) == ([1.0, 1.0, 0.75, 0.0], [0.0, 0.0, 0.25, 1.0])
    assert _shares(BOTH, "global", rows) == ([1.0] * 4, [0.0] * 4)
    assert _shares(BOTH, "city", rows) == ([0.0] * 4, [0.0, 1.0, 1.0, 1.0])
    assert _shares(_hybrid(speaker("global")), "hybrid", rows) == ([1.0] * 4, [0.0] * 4)
    assert _shares(_hybrid(city=speaker("city")), "hybrid", rows) == ([0.0] * 4, [0.0, 1.0, 1.0, 1.0])
    assert _shares(_hybrid(), "hybrid", rows) == ([0.0] * 4, [0.0] * 4)
    assert _shares(BOTH, "hybrid", asked(0.5, 12.0, last_temp_age=None)) == ([1.0, 1.0], [0.0, 0.0])


def _shares(hybrid: Hybrid, name: str, rows: pl.DataFrame) -> tuple[list[float], list[float]]:
    found = hybrid.shares(name, rows)
    return found["global"].tolist(), found["city"].tolist()


LATE = KNOWN + timedelta(hours=30)
"""Six hours into the event's day."""


@pytest.mark.parametrize(
    ("hybrid", "refused", "spoken"),
    [
        (_hybrid(speaker("global", known=LATE), speaker("city")), (-3.0, 0.5), (5.0, 6.0)),
        (_hybrid(speaker("global"), speaker("city", known=LATE)), (0.5, 5.0, 5.999), (-3.0, 6.0)),
        (_hybrid(speaker("global", known=LATE)), (-3.0, 0.5, 5.0, 5.999), (6.0,)),
        (_hybrid(speaker("global", known=LATE), speaker("city", yields=BETTER)), (-3.0, 0.5, 5.0, 5.999), (6.0,)),
        (_hybrid(speaker("global"), speaker("city", known=LATE, yields=BETTER)), (), (-3.0, 0.5, 5.0)),
    ],
)
def test_a_model_refuses_what_was_before_it_could_exist(
    hybrid: Hybrid, refused: tuple[float, ...], spoken: tuple[float, ...]
) -> None:
    """A model that would speak refuses an instant before the newest thing it knows, alone and in a batch; one that has
    no say in an hour does not stand in the way.
    """
    assert hybrid.predict("hybrid", asked(*spoken)).available.all()
    for hours in refused:
        for batch in (asked(hours), asked(12.0, hours, 23.0)):
            for ask in (hybrid.predict, hybrid.shares):
                with pytest.raises(
                    ModelError, match=r"know things from 2024-07-02T11:00:00\+00:00; train with an earl"
                ):
                    ask("hybrid", batch)


def test_nothing_asked_is_nothing_said() -> None:
    """A batch without rows gives a prediction without rows."""
    found = BOTH.predict("hybrid", asked(12.0).head(0))
    assert (found.pmf.shape, found.source, found.reason) == ((0, 201), [], [])
