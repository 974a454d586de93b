"""What a notebook shows of a belief, a ladder, and of any table: numbers, and text that stays text."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from drybulb.domain import notebook
from drybulb.domain.bracket import Bracket, Ladder
from drybulb.domain.distribution import Belief, TemperatureDistribution

SPREAD = TemperatureDistribution(70, (1_000, 3_000, 250_000, 500_000, 245_000, 600, 400))
BELIEF = Belief("miami", date(2025, 1, 15), datetime(2025, 1, 15, 18, tzinfo=UTC), SPREAD, "city", "why", "city:1")
LADDER = Ladder.of([Bracket(None, 72), Bracket(73, 74), Bracket(75, None)])


def rows(html: str) -> list[list[str]]:
    """Text of the cells of every row, the head left away."""
    body = html.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]
    return [re.findall(r"<t[hd][^>]*>([^<]*)<", row) for row in body.split("</tr>") if row]


def widths(html: str) -> list[float]:
    """Widths of the bars [%]."""
    return [float(width) for width in re.findall(r"width:([\d.]+)%", html)]


def test_a_belief_has_a_bar_a_degree_and_its_tails() -> None:
    """Every degree has its probability; outer ones below half a per cent together are one tail a side."""
    html = BELIEF._repr_html_()
    found = [(name, share) for name, share, *_ in rows(html)]
    assert found == [("≤71°", "0.4 %"), ("72°", "25.0 %"), ("73°", "50.0 %"), ("74°", "24.5 %"), ("≥75°", "0.1 %")]
    assert widths(html) == [0.8, 50.0, 100.0, 49.0, 0.2]


def test_a_belief_says_whose_it_is_and_from_what() -> None:
    """City, event, instant, source, reason and model stand above the bars, with the middle and 80 %."""
    html = BELIEF._repr_html_()
    assert "Belief: miami, 2025-01-15, as of 2025-01-15 18:00 UTC" in html
    assert "mean 73.0 °F, median 73 °F, 80 % within 72 … 74 °F" in html
    for line in ("source: city", "reason: why", "model: city:1"):
        assert line in html


def test_a_belief_of_none_says_why() -> None:
    """Where nobody speaks there is no table, but the reason."""
    html = Belief("miami", BELIEF.day, BELIEF.at, None, "none", "no readings")._repr_html_()
    assert "Nobody speaks: no readings" in html
    assert "<table" not in html


def test_a_ladder_lists_its_brackets() -> None:
    """A ladder alone shows its brackets from below; handed a distribution, the probability of each."""
    assert rows(LADDER._repr_html_()) == [["≤72°"], ["73-74°"], ["≥75°"]]
    html = LADDER.to_html(SPREAD)
    assert [(name, share) for name, share, *_ in rows(html)] == [
        ("≤72°", "25.4 %"),
        ("73-74°", "74.5 %"),
        ("≥75°", "0.1 %"),
    ]
    assert widths(html) == [34.1, 100.0, 0.1]


def test_text_stays_text() -> None:
    """No title, line, name, cell or summary can bring markup of its own."""
    mark = "<script>&"
    html = notebook.panel(
        mark,
        [mark],
        notebook.table(mark, [mark], [[mark]]),
        notebook.bars(mark, [mark], [(mark, 0.5)]),
        notebook.folded(mark, notebook.listed([mark])),
    )
    assert "<script" not in html
    assert html.count("&lt;script&gt;&amp;") == 10


def test_a_small_probability_is_not_nothing() -> None:
    """What rounds to 0.0 % and is not zero is shown as less than 0.1 %."""
    shares = (0.0, 0.0004, 0.0005, 0.5, 1.0)
    assert [notebook.percent(share) for share in shares] == ["0.0 %", "<0.1 %", "0.1 %", "50.0 %", "100.0 %"]


def test_bars_can_be_told_from_light_and_from_dark() -> None:
    """The colour of the bars has a contrast of 3 to 1 and more with white, and with #111 (WCAG 2.2, 1.4.11)."""
    colour = re.findall(r"background:#(\w{6})", BELIEF._repr_html_())[0]

    def luminance(code: str) -> float:
        parts = [int(code[n : n + 2], 16) / 255 for n in (0, 2, 4)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    for page in ("ffffff", "111111"):
        light, dark = sorted((luminance(colour), luminance(page)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3.0
