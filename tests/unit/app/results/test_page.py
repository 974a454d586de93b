"""The page: which columns and lines a table has, what is bold, and that it is the same every time."""

from __future__ import annotations

from drybulb.app.results.evidence import Spot
from drybulb.app.results.money import by_city, protocols
from drybulb.app.results.page import page
from drybulb.app.results.tables import differences, scores
from tests.unit.app.results.made import evidence, gains, judged, pair, run, score

SPOT = Spot("miami", 0)


def test_a_forecaster_that_speaks_nowhere_has_no_column() -> None:
    """Two of three forecasters were scored: two columns, in the order asked; EMOS is written as it is read."""
    found = judged(score("S", 0.5), score("emos", 0.75))
    assert scores(found, [SPOT], ("hybrid", "emos", "S")) == [
        "|  | events | EMOS | S |",
        "|---|---:|---:|---:|",
        "| Miami D | 100 | 0.750 (0.65 … 0.85) | 0.500 (0.40 … 0.60) |",
        "",
    ]


def test_fewer_events_than_the_line_has_are_said() -> None:
    """The city model speaks where there are readings only: its own number of events stands with its score."""
    found = judged(score("S", 0.5), score("city", 0.75, n_events=28))
    assert scores(found, [SPOT], ("S", "city"))[2].endswith(
        "| 100 | 0.500 (0.40 … 0.60) | 0.750 (0.65 … 0.85; 28 events) |"
    )


def test_a_difference_on_the_good_side_is_bold() -> None:
    """Below zero with both ends; not where the interval holds zero, nor above it; a dash where there is none."""
    found = judged(pair("hybrid", "S", -0.2, -0.1), pair("emos", "S", -0.1, 0.2), pair("city", "S", 0.1, 0.2, lead=1))
    *_, event_day, eve, _ = differences(found, [SPOT, Spot("miami", 1)], ("hybrid", "city", "emos"), "S")
    assert event_day == "| Miami D | **−0.150 (−0.200 … −0.100)** | – | 0.050 (−0.100 … 0.200) |"
    assert eve == "| Miami D−1 | – | 0.150 (0.100 … 0.200) | – |"


def test_spots_go_from_the_day_before_to_all_clocks() -> None:
    """The day before first, clocks in order, all of them last."""
    rows = [score("S", 1.0, lead=lead, clock=clock) for lead in (0, 1) for clock in ("all", "16:00", "10:00")]
    found = [(spot.lead, spot.clock) for spot in judged(*rows).spots("miami", None)]
    assert found == [(lead, clock) for lead in (1, 0) for clock in ("10:00", "16:00", "all")]


def test_policies_stand_below_one_another_in_both_protocols() -> None:
    """A line a protocol; the difference of a day stands with the first; nothing filled has no interval."""
    often = run("hybrid", -1, 3, gains=gains(5.0, 1.0))
    twice = run("hybrid", 0, 0, is_twice=True, gains=gains(0.0, 0.0))
    table = protocols(evidence(judged(), often, twice).archive, 7)
    assert table[2:4] == [
        "| hybrid | at any time | 3 | 2 | 0.50 | 1.00 | 1.00 (−1.00 … 3.00) | 1.25 | 3.00 (1.00 … 5.00) |",
        "| hybrid | twice an event | 0 | 0 | 0.00 | 0.00 | – | 0.00 |  |",
    ]


def test_a_day_without_an_order_is_named_below_the_table() -> None:
    """Nothing was ordered on the day before, in either protocol: two lines less, and a sentence."""
    runs = (run("hybrid", -1, 3), run("hybrid", -1, 1, is_twice=True))
    lines = list(by_city(evidence(judged(), *runs).archive))
    assert [line.split(" | ")[:3] for line in lines if line.startswith("| Miami")] == [
        ["| Miami D", "4", "at any time"],
        ["| Miami D", "4", "twice an event"],
    ]
    assert "No order: Miami D−1." in lines


def test_the_page_says_the_same_every_time() -> None:
    """Equal evidence gives equal bytes, whose sections stand in one order and whose tables hold what was found."""
    rows = (
        score("hybrid", 0.5),
        score("S", 0.6),
        score("market", 0.4, paired_with="market"),
        pair("hybrid", "S", -0.2, -0.1),
    )
    made = evidence(judged(*rows), run("hybrid", -1, 3), run("hybrid", -1, 1, is_twice=True))
    text = page(made)
    assert text == page(made)
    heads = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert heads == [
        *("In plain words", "City by city", "Beside the market", "Without the market", "Policies", "By clock"),
        "What was assumed",
    ]
    assert "**−0.150 (−0.200 … −0.100)**" in text
    assert text.endswith("Deciding twice an event, instead:\n\n- twice\n")
