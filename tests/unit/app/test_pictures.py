"""Pictures of gains and scores: what they draw."""

from __future__ import annotations

import re
from datetime import date, timedelta
from math import nan

import numpy as np
import pytest

from drybulb.app import charts
from drybulb.app.reporting import pictures

DAYS = [date(2025, 1, 1) + timedelta(days=n) for n in range(100)]


def _texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_the_sum_and_the_drawdown_are_said_in_words() -> None:
    """A picture of gains says in its label what it ends at and how deep it fell from its best moment, from 0 on."""
    svg = pictures.equity(DAYS[:4], [-10.0, 40.0, -25.0, 5.0], width=860, name="x")
    assert 'aria-label="Profit and loss so far ends at $10; its deepest drawdown is $25."' in svg
    assert "its deepest drawdown is $10." in pictures.equity(DAYS[:1], [-10.0], width=350, name="x")


@pytest.mark.parametrize(
    ("days", "width", "labels"),
    [
        (100, 860, ["2025-01-01", "2025-01-21", "2025-02-10", "2025-03-02", "2025-03-22"]),
        (100, 350, ["2025-01-01", "2025-02-20"]),
        (3, 860, ["2025-01-01", "2025-01-02", "2025-01-03"]),
        (1, 860, ["2025-01-01"]),
    ],
)
def test_days_are_labelled_evenly(days: int, width: int, labels: list[str]) -> None:
    """Day labels begin with the first day and are evenly apart, at most six on a desk and three on a phone."""
    svg = pictures.equity(DAYS[:days], [1.0] * days, width=width, name="x")
    assert [text for text in _texts(svg) if text.startswith("2025")] == labels


def test_cities_share_their_bounds() -> None:
    """The bounds of the small pictures hold every sum of every city, and zero."""
    low, high = pictures.shared_bounds({"a": [10.0, -30.0], "b": [5.0, 5.0]})
    assert (low, high) == pytest.approx((-20 - 0.06 * 30, 10 + 0.06 * 30))
    assert pictures.shared_bounds({"a": [0.0]}) == (-1.0, 1.0)


def test_pictures_of_a_page_do_not_mix() -> None:
    """Every id of a picture, and every reference to one, begins with the picture's own name."""
    curves = [
        pictures.Curve("S", [1.0, None, 2.0], [[0.5, 1.5], None, None]),
        pictures.Curve("else", [1.0] * 3, [None] * 3),
    ]
    svg = pictures.scores(["D−1 10:00", "D 06:00", "D 12:00"], curves, metric="CRPS [°F]", width=860, name="one")
    named = re.findall(r"\b(?:id=\"|url\(#|href=\"#)([^\"\)]+)", svg)
    assert named
    assert all(name.startswith("one-") for name in named)


def test_names_and_clocks_are_on_the_picture() -> None:
    """A picture of scores names its forecasters and clocks as text, so that it can be searched."""
    curve = pictures.Curve("guidance_error", [1.0, 2.0], [None, None])
    for width, hour in ((860, "10:00"), (350, "10h")):
        texts = _texts(pictures.scores(["D 10:00", "D 12:00"], [curve], metric="RPS", width=width, name="x"))
        assert {"guidance error", "RPS", "D", hour} <= set(texts)


def test_figures_about_zero_name_their_parts() -> None:
    """A picture about zero names its places, what is measured and, where there are several, its parts."""
    curves = [pictures.Curve(name, [-1.0, None], [[-2.0, 0.5], None]) for name in ("both days", "the day before")]
    svg = pictures.around_zero(["5 min", "at settlement"], curves, what="markout [¢]", width=860, name="x")
    assert {"both days", "the day before", "markout [¢]", "5", "min", "at", "settlement"} <= set(_texts(svg))
    alone = pictures.around_zero(["5 min"], [pictures.Curve("S", [1.0], [None])], what="it", width=350, name="x")
    assert "S" not in _texts(alone)


def test_intervals_are_bars_with_gaps_between() -> None:
    """An interval is an upright bar at its place; where there is none, nothing is drawn."""
    with charts.canvas(200, 100) as figure:
        axes = figure.subplots()
        pictures.upright(axes, [0.0, 1.0, 2.0], [[-1.0, 1.0], None, [3.0, 4.0]], color="#000000", linewidth=1)
        (line,) = axes.get_lines()
        x, y = (np.asarray(values) for values in line.get_data())
    np.testing.assert_equal(x, [0.0, 0.0, nan, 2.0, 2.0, nan])
    np.testing.assert_equal(y, [-1.0, 1.0, nan, 3.0, 4.0, nan])
