"""Sentences of the page: each says what its interval allows, and stands under the head it belongs to."""

from __future__ import annotations

from typing import Any

import pytest

from drybulb.app.results.cities import city_by_city
from drybulb.app.results.evidence import Season
from drybulb.app.results.findings import findings
from drybulb.app.results.protocols import difference
from drybulb.app.results.verdicts import Verdict, compared
from tests.unit.app.results.made import evidence, gains, judged, pair, run, score

WHEN = "November 2024 to February 2025: "


@pytest.mark.parametrize(
    ("ends", "verdict"),
    [
        ((-0.2, -0.1), Verdict.BETTER),
        ((0.1, 0.2), Verdict.WORSE),
        ((-0.1, 0.1), Verdict.OPEN),
        ((-0.1, 0.0), Verdict.OPEN),
        ((0.0, 0.1), Verdict.OPEN),
    ],
)
def test_an_interval_that_holds_zero_says_nothing(ends: tuple[float, float], verdict: Verdict) -> None:
    """A difference is shown only where both ends are on one side of zero; a gain is the other way round."""
    assert Verdict.of(ends) is verdict
    assert Verdict.of_gain((-ends[1], -ends[0])) is verdict


def test_a_difference_in_words() -> None:
    """Who, than whom, where, by how much, with interval and events; the unit is that of the score."""
    better = compared(pair("hybrid", "S", -0.06, -0.02))
    assert better == (
        "On the event day in Miami the hybrid forecasts better than S: the difference of CRPS is"
        " −0.040 °F (−0.060 … −0.020; 100 events)."
    )
    worse = compared(pair("emos", "market", 0.1, 0.3, city="all", lead=1))
    assert worse == (
        "On the day before EMOS forecasts worse than the market: the difference of RPS is 0.200 (0.100 … 0.300;"
        " 100 events)."
    )
    same = compared(pair("city", "global", -0.1, 0.2))
    assert same == (
        "On the event day in Miami the city model and the global model cannot be told apart: the difference of CRPS is"
        " 0.050 °F (−0.100 … 0.200; 100 events)."
    )


def test_it_is_said_where_nothing_beats_the_market() -> None:
    """Of two pairs, one is worse and one open: nothing beats the market."""
    found = findings(evidence(judged(pair("hybrid", "market", 0.1, 0.2), pair("S", "market", -0.1, 0.2))))
    assert found.works == ()
    assert found.fails == (
        (
            f"{WHEN}nothing beats the market. Of 2 distinct pairs of a forecaster with the market, a city and"
            " a day none is clearly better over all clocks or at the daily quote; clearly worse: 1."
        ),
    )


def test_it_is_said_what_beats_the_market_and_how_many_would_by_chance() -> None:
    """One pair of two is better over all clocks; of 40 single clocks one is, and two would be by chance."""
    clocks = [pair("S", "market", -0.1, 0.1, clock=f"{hour:02}:00", lead=lead) for hour in range(20) for lead in (0, 1)]
    clocks[0] = pair("S", "market", -0.2, -0.1, clock="00:00", lead=0)
    found = findings(evidence(judged(pair("hybrid", "market", -0.2, -0.1), pair("S", "market", 0.1, 0.2), *clocks)))
    assert found.works == (
        (
            f"{WHEN}of 2 distinct pairs of a forecaster with the market, a city and a day 1 are clearly"
            " better than the market over all clocks or at the daily quote: hybrid in Miami D;"
            " of as many comparisons of equals about 0 would"
            " seem so."
        ),
    )
    assert found.fails == ()
    assert found.open == (
        (
            f"{WHEN}at single clocks 1 of 40 distinct pairs are clearly better than the market"
            " (S in Miami D 00:00); of as many comparisons of equals about 2 would seem so."
        ),
    )


def test_policies_stand_where_their_intervals_do() -> None:
    """One earned, one lost, one is open; one without a fill says nothing, and so does never."""
    runs = (
        run("hybrid", 1, 3),
        run("S", -3, -1),
        run("emos", -1, 2),
        run("city", 0, 0),
        run("never", 0, 0),
    )
    found = findings(evidence(judged(), *runs))
    assert found.works == (
        f"{WHEN}these earned: hybrid at any time (+$2.00).",
        f"{WHEN}the hybrid, deciding at any time, earned in Miami D (+$2.00).",
    )
    assert found.fails == (f"{WHEN}these lost: S at any time (−$2.00).",)
    assert found.open == (f"{WHEN}whether these earn or lose: EMOS at any time (+$0.50).",)


def test_a_policy_that_lost_its_bankroll_is_named() -> None:
    """Of $1,000, $950 are more than 90 % and $900 are not: one is named, for its loss is smaller than its mistakes."""
    found = findings(evidence(judged(), run("S", -960, -940), run("emos", -910, -890)))
    assert found.fails[-1] == (
        f"{WHEN}more than 90 % of the $1,000 they began with is lost by S at any time; from then on they had little"
        " to trade with, so their means and intervals a day say less than they seem."
    )


def test_it_is_said_where_no_policy_earns() -> None:
    """No interval above zero: no policy earns, though a sum is."""
    found = findings(evidence(judged(), run("hybrid", -1, 3)))
    assert found.fails == (
        (f"{WHEN}no policy earns; of 1 run with a fill none has an interval of its daily gain above zero."),
    )


@pytest.mark.parametrize(
    ("ends", "head", "words"),
    [
        ((-2, -1), "works", "loses, as it must"),
        ((1, 2), "fails", "earns, which it must not"),
        ((-1, 1), "open", "neither"),
    ],
)
def test_the_probe_must_lose(ends: tuple[float, float], head: str, words: str) -> None:
    """A policy without a belief that loses shows that the simulator gives nothing away; one that earns, what."""
    (said,) = getattr(findings(evidence(judged(), run("crossed", *ends))), head)
    assert words in said


def test_protocols_are_compared_day_by_day() -> None:
    """Every day a dollar more: the difference is a dollar, and its interval has no width."""
    often = run("hybrid", -9, 9, gains=gains(5.0, -3.0, 2.0))
    twice = run("hybrid", -9, 9, is_twice=True, gains=gains(4.0, -4.0, 1.0))
    assert difference(often, twice, 7) == (1.0, 1.0, 1.0)
    assert difference(twice, often, 7) == (-1.0, -1.0, -1.0)
    assert difference(often, often, 7) is None
    found = findings(evidence(judged(), often, twice))
    assert found.works == (
        (f"{WHEN}deciding at any time brings more than deciding twice an event: hybrid (+$1.00 a day)."),
    )


def test_a_city_says_what_was_there_who_spoke_and_what_it_brought() -> None:
    """Refusals, quotes, speakers, silence with its reason, the market, guidance, and money, each with its numbers."""
    more: dict[str, Any] = {"refused": {"no quotes": 2}, "beliefs": {"city": 999, "global": 1, "none:no reading": 1000}}
    hours = [score(who, 1.0, lead=1, clock=clock) for who, clock in (("S", "10:00"), ("S", "16:00"), ("emos", "16:00"))]
    scored = judged(score("market", 0.5, paired_with="market"), pair("hybrid", "market", 0.1, 0.3), *hours)
    ((name, parts),) = city_by_city(evidence(scored, run("hybrid", -1, 3, **more)))
    assert name == "Miami"
    (near, nothing), (head, said) = parts
    assert (near, nothing, head) == ("Its readings are those of KFLL, a neighbour.", [], WHEN.strip())
    assert said == [
        "4 events replayed; not replayed: no quotes (2).",
        "1 events have quotes at one instant only.",
        "who spoke for the hybrid: city 50 % and global < 1 % of 2,000 beliefs.",
        "nobody spoke for 50 % of the beliefs asked, because: no reading.",
        (
            "beside the market on the event day the market is better (RPS of the hybrid less the market's 0.200,"
            " 0.100 … 0.300; 100 events)."
        ),
        "no guidance is known at D−1 10:00: EMOS is silent then.",
        (
            "trading the hybrid at any time: on the event day it neither earned nor lost for certain, +$1.00 with"
            " 2 fills, a day −1.00 … 3.00."
        ),
    ]


def test_a_city_that_is_not_scored_says_why() -> None:
    """No official high, no ladder, and a silent hybrid are three things."""
    unlabelled = Season(judged(score("S", 1.0), notes=("miami: no label in the window",)), [])
    ((_, (_, (_, first), (_, second))),) = city_by_city(evidence(judged(), polled=unlabelled))
    assert first == ["not scored beside the market: its ladder is never known."]
    assert second == ["not scored: no official high is known."]
    silent = judged(score("market", 0.5, paired_with="market"))
    ((_, (_, (_, said))),) = city_by_city(evidence(silent))
    assert said == ["not scored beside the market: the hybrid is silent there."]
