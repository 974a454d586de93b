"""From training rows to models with cards: who gets one, of which rows, and what is said of one that adds nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import polars as pl
import pytest

from drybulb.app.train import growing_rules
from drybulb.forecast import growing
from drybulb.forecast.folds import Fold
from drybulb.forecast.growing import Ground, GrowingRules, grow
from drybulb.forecast.grown import Grown
from drybulb.forecast.labels import known_labels
from drybulb.forecast.member_rules import MemberRules
from drybulb.forecast.model import Floats
from drybulb.forecast.parts import POOLED
from drybulb.forecast.probes import faults
from drybulb.forecast.shares import Shares
from drybulb.forecast.structural import Structural
from drybulb.forecast.training import labelled_rows
from tests.unit.forecast.made import CITIES, CONFIG, MIAMI, RULES, UNTIL, fitted, material
from tests.unit.forecast.small_models import CITY, STUMPS, small_models

DAYS = 60
STUMP = STUMPS[1:]
NOTHING_TAKEN = "none of its correction is taken: out of fold it is no better than S"
SAYS_S = "H1 says what S says: its median correction is 0"
CHANGE = {"H1": np.array([0.0, 0.5, -0.5])}


@cache
def _ground() -> Ground:
    """60 days of the world's Miami; of the first nothing is known, of the second there is guidance alone."""
    labels = known_labels(material().official, material().settlements, [MIAMI], UNTIL, RULES.embargo_days)
    seen = labelled_rows(material().rows, labels, UNTIL)
    days: list[date] = seen["day"].unique().sort().to_list()[-DAYS:]
    lost = [
        pl.when(pl.col("day") > days[last]).then(pl.col(name)).alias(name)
        for last, names in ((0, ("guidance", "guidance_raw")), (1, _observed(seen)))
        for name in names
    ]
    rows = seen.filter(pl.col("day") >= days[0]).with_columns(lost)
    own = fitted().models[Structural.name]
    assert isinstance(own, Structural)
    # As if other stations had been trained on: what all of them say together stands under a star.
    structural = Structural(own.normals, own.gaps, {**own.parts, POOLED: own.parts[MIAMI.station]})
    halves = ((days[0], days[DAYS // 2 - 1]), (days[DAYS // 2], days[-1]))
    folds = [Fold({MIAMI.station: half}, fitted().models) for half in halves]
    return Ground(rows, structural, folds, UNTIL, fitted().card.last_known_at)


def _observed(rows: pl.DataFrame) -> tuple[str, ...]:
    parts = ("running_max", "running_max_upper", "group_max", "reading_max", "last_temp", "neighbour_last_temp")
    return tuple(name for name in rows.columns if name in parts)


def _grow(min_events: int) -> tuple[dict[str, Grown], dict[str, str], list[tuple[str, int, int]]]:
    """Models of Chicago, of which there is not a row, and Miami, what is missing, and what was told meanwhile."""
    told: list[tuple[str, int, int]] = []
    cities = {key: CITIES[key] for key in ("chicago", "miami")}
    rules = GrowingRules(MemberRules(STUMP, STUMPS), min_events)
    found, missing = grow(_ground(), cities, rules, lambda *now: told.append((now[0], now[1], now[2])))
    return {one.card.name: one for one in found}, missing, told


def test_what_cannot_be_scored_makes_no_model_but_a_sentence() -> None:
    """Where all days lie in one block there is none to fit on without it, so nothing is known of the model's worth."""
    ground = _ground()
    whole = Fold({MIAMI.station: (date(2000, 1, 1), date(2100, 1, 1))}, fitted().models)
    found, missing = grow(replace(ground, folds=[whole]), {"miami": MIAMI}, GrowingRules(MemberRules(STUMP, STUMPS), 1))
    assert found == []
    assert (
        missing["city-miami"] == "its 58 events lie in one block of days, so it cannot be scored on days it did not see"
    )


def test_too_few_events_make_no_model_but_a_sentence() -> None:
    """Of 60 days 59 have something known and 58 an observation: asked for 60, each model is missed by its count."""
    found, missing, told = _grow(60)
    assert found == {}
    assert missing == {
        "global": "59 labelled events with guidance or observations; 60 are needed",
        "city-chicago": "0 labelled events with observations of the event day; 60 are needed",
        "city-miami": "58 labelled events with observations of the event day; 60 are needed",
    }
    assert told == [("global", 0, 3), ("city-chicago", 1, 3), ("city-miami", 2, 3), ("done", 3, 3)]


def test_a_card_names_the_stations_that_have_rows() -> None:
    """The global model, asked for Chicago and Miami, knows Miami; a city model is of observed rows of the day alone."""
    found, missing, _ = _grow(58)
    assert missing == {"city-chicago": "0 labelled events with observations of the event day; 58 are needed"}
    whole, city = found["global"].card, found[CITY].card
    assert (whole.kind, whole.cities, whole.stations) == ("global", ("miami",), ("KMIA",))
    assert (city.kind, city.cities, city.stations) == ("city", ("miami",), ("KMIA",))
    assert (whole.n_events, city.n_events) == (59, 58)
    rows = _ground().rows
    days = rows["day"].unique().sort()
    assert (whole.first, whole.last, city.first) == (days[1], days[-1], days[2])
    spoken = (pl.col("day") > days[1]) | ((pl.col("day") == days[1]) & pl.col("guidance").is_not_null())
    assert whole.n_rows == rows.filter(spoken).height
    assert city.n_rows == rows.filter((pl.col("day") > days[1]) & (pl.col("lead") == 0)).height
    assert (whole.until, whole.last_known_at) == (UNTIL, fitted().card.last_known_at)
    assert (list(whole.features), list(city.features)) == (["H1"], ["H0", "H1"])
    assert whole.rules["H1"]["trees"] == STUMP[0].trees
    assert whole.rules["seed"] == {"seed": growing_rules(CONFIG).seed}
    # A city model holds S of its own station and of no other.
    assert set(found[CITY].model.structural.parts) == {"KMIA"}
    assert set(found["global"].model.structural.parts) == {POOLED, "KMIA"}


def test_an_h1_that_says_what_s_says_passes_the_probes_but_is_idle() -> None:
    """Stumps forecast as well as S does; at training it is found that they add nothing and that nothing is taken."""
    whole = small_models(STUMP, is_taken_whole=True)[CITY]
    assert faults(whole.model) == ()
    assert whole.card.degenerate == (SAYS_S,)
    assert whole.card.correction == {"H1": 0.0}
    # Of shares that score the same the smallest is taken, and that is none.
    assert small_models(STUMP)[CITY].card.degenerate == (SAYS_S, NOTHING_TAKEN)
    assert small_models()[CITY].card.degenerate == ()


def test_a_member_that_says_the_same_to_everything_is_a_constant() -> None:
    """A change of every log odds by the same is said with its size; one that has no pair says what S says."""
    changes = {"H0": np.full(3, -0.25), "H1": np.empty(0)}
    assert growing._idle(changes, Shares.whole(), ["KMIA"]) == (
        "H0 is a constant: it changes every log odds by -0.250",
        SAYS_S,
    )
    assert growing._idle(CHANGE, Shares.whole(), ["KMIA"]) == ()


@pytest.mark.parametrize(
    ("values", "is_idle"),
    [
        ({"*": 1.0, "KMIA": 0.0, "KPHL": 0.0}, True),
        ({"*": 0.0, "KMIA": 0.0, "KPHL": 0.25}, False),
        ({"*": 0.0, "KXYZ": 1.0}, True),
        ({"*": 0.25, "KMIA": 0.0}, False),
    ],
)
def test_a_model_of_which_nothing_is_taken_anywhere_is_idle(values: dict[str, float], is_idle: bool) -> None:
    """A model of Miami and Philadelphia whose shares are 0 at both is no better than S, whatever is taken elsewhere; a
    station without shares of its own takes those of all, and one share above 0 in one part of the day is enough.
    """
    shares = Shares({station: (0.0,) * 6 + (share,) for station, share in values.items()})
    changes: dict[str, Floats] = CHANGE
    assert growing._idle(changes, shares, ["KMIA", "KPHL"]) == ((NOTHING_TAKEN,) if is_idle else ())


def test_the_rules_are_of_two_members_in_a_city_and_one_in_all() -> None:
    """The global model is H1 alone; a city model has H0, which knows nothing of S, beside H1, which starts there."""
    rules = growing_rules(CONFIG).members
    assert [(rule.name, rule.from_anchor) for rule in (*rules.pooled, *rules.city)] == [
        ("H1", True),
        ("H0", False),
        ("H1", True),
    ]
