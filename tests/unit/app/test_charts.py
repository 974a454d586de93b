"""How pictures look: a reader can tell their lines apart, in any colour vision and on any printer."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import drybulb.app
from drybulb.app import charts
from drybulb.app.reporting import day_picture, day_temperatures

Floats = NDArray[np.float64]
STYLE = (Path(drybulb.app.__file__).parent / "templates" / "page.css").read_text(encoding="utf-8")
#: Machado, Oliveira and Fernandes (2009), A Physiologically-based Model for Simulation of Color Vision Deficiency: what
#: linear RGB looks like with all cones, and wholly without the first, the second, the third kind.
SIGHTS: dict[str, list[list[float]]] = {
    "usual": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def _linear(colour: str) -> Floats:
    """Linear RGB of a colour written #rrggbb (IEC 61966-2-1)."""
    values = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2."""
    low, high = sorted(float(_linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def _lab(linear: Floats) -> Floats:
    """CIELAB under D65."""
    matrix = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    white = np.array([0.95047, 1.0, 1.08883])
    scaled = np.array(matrix) @ np.clip(linear, 0, 1) / white
    f = np.where(scaled > 216 / 24389, np.cbrt(scaled), (24389 / 27 * scaled + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_black_on_white_is_the_measure() -> None:
    """The measures of these tests: black on white has a contrast of 21, and stands 100 apart from it."""
    assert _contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert np.linalg.norm(_lab(_linear("#ffffff")) - _lab(_linear("#000000"))) == pytest.approx(100.0, abs=0.01)


def test_lines_stand_out_from_white() -> None:
    """Every line of every picture has a contrast of 3 or more to the white it is drawn on (WCAG 2.2, 1.4.11)."""
    others = [charts.line_style(name, list("abcd"))[0] for name in "abcd"]
    days = [day_temperatures.GUIDANCE, day_temperatures.GROUP, day_temperatures.NEIGHBOUR]
    lines = [charts.BLACK, charts.BLUE, charts.VERMILLION, charts.GREY, *(line[0] for line in charts.LINES.values())]
    faint = {colour for colour in (*lines, *others, *days) if _contrast(colour, "#ffffff") < 3}
    assert faint == set()


def test_text_is_dark_on_white() -> None:
    """Ink, captions and links of a page have a contrast of 7 or more to white and to pale grey (WCAG 2.2, 1.4.6)."""
    inks = [re.search(rf"--{name}: (#\w+)", STYLE) for name in ("ink", "soft")]
    pale, link = re.search(r"--pale: (#\w+)", STYLE), re.search(r"a \{ color: (#\w+)", STYLE)
    assert pale is not None
    for found in (*inks, link):
        assert found is not None
        assert min(_contrast(found[1], paper) for paper in ("#ffffff", pale[1])) >= 7


def test_who_spoke_can_be_read() -> None:
    """The name on the strip of who spoke has a contrast of 4.5 or more to its colour; no two share colour and hatch."""
    named = {who: colour for who, (colour, _) in day_picture.SPEAKERS.items() if who != "none"}
    assert {who for who, colour in named.items() if _contrast("#ffffff", colour) < 4.5} == set()
    assert len(set(day_picture.SPEAKERS.values())) == len(day_picture.SPEAKERS)


@pytest.mark.parametrize("sight", SIGHTS)
def test_lines_differ_in_everybodys_sight(sight: str) -> None:
    """Any two named lines are 20 or more apart in CIELAB, with all cones or without one kind of them."""
    seen = {name: _lab(np.array(SIGHTS[sight]) @ _linear(line[0])) for name, line in charts.LINES.items()}
    close = {(a, b) for a, b in combinations(seen, 2) if np.linalg.norm(seen[a] - seen[b]) < 20}
    assert close == set()


def test_lines_differ_without_colour() -> None:
    """No two forecasters share a colour, a dash or a marker, so a print in grey can be read."""
    for part in range(3):
        assert len({line[part] for line in charts.LINES.values()}) == len(charts.LINES)


def test_lines_without_a_style_of_their_own_differ_too() -> None:
    """Up to four forecasters nobody chose a style for can be told apart, from each other and from the others."""
    names = ["S", "one", "two", "market", "three", "four"]
    styles = [charts.line_style(name, names) for name in names]
    assert styles[0] == charts.LINES["S"]
    for part in range(3):
        assert len({style[part] for style in styles}) == len(names)


def test_coordinates_are_short_and_text_is_not_touched() -> None:
    """A coordinate has at most two decimals, enough for any eye; a number in a text keeps its own."""
    with charts.canvas(200, 100) as figure:
        figure.subplots().plot([0, 1, 2], [1 / 3, 2 / 7, 1], label="0.123456")
        figure.legend()
        svg = charts.svg(figure, "one", "said")
    paths = " ".join(re.findall(r' d="([^"]*)"', svg))
    assert re.search(r"\d\.\d\d ", paths)
    assert re.search(r"\d\.\d{3}", paths) is None
    assert ">0.123456</text>" in svg


@pytest.mark.parametrize(
    ("path", "short"),
    [
        ("M 0.5 1 \nL 2 1 \nL 2 1 \nL 2 -3 \nL 4 5 \n", "M0.5 1H2V-3L4 5"),
        ("M 0 0 \nL 1 0 \nM 1 2 \nL 1 3 \nz\n", "M0 0H1M1 2V3z"),
        ("M 0 0 \nL 1 0 \nz\nM 5 5 \nL 6 5 \nz\n", "M 0 0 \nL 1 0 \nz\nM 5 5 \nL 6 5 \nz\n"),
        ("M 0 0 \nC 1 1 2 2 3 3 \n", "M 0 0 \nC 1 1 2 2 3 3 \n"),
    ],
)
def test_level_and_upright_lines_are_written_short(path: str, short: str) -> None:
    """A level line is written H and an upright one V, a point twice once; what has curves or closes twice is left."""
    assert charts._short(path) == short
