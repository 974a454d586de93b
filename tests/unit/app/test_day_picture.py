"""The picture of an example day: what stands where, and that nothing is drawn that was not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from math import nan

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex

from drybulb.app import charts
from drybulb.app.reporting import day_ladder, day_temperatures
from drybulb.app.reporting.day_document import DayDocument, DaysDocument
from drybulb.app.reporting.day_hours import Hours, gapped, stepped
from drybulb.app.reporting.day_parts import example_days
from drybulb.app.reporting.day_picture import draw, speaker
from tests.unit.app import run_folder

#: The market opens at 09:00 of the day before and closes at 23:59, in hours of the event day.
OPEN, CLOSE = -15.0, 24.0 - 1 / 60


@pytest.fixture(scope="module")
def day() -> DayDocument:
    """An event of Chicago, with something of everything."""
    return DaysDocument.model_validate(run_folder.days_document()).days[0]


@pytest.fixture
def axes() -> Iterator[Axes]:
    """Somewhere to draw."""
    with charts.canvas(400, 200) as figure:
        yield figure.subplots()


def _lines(axes: Axes, colour: str, width: float) -> list[tuple[list[float], list[float]]]:
    """Coordinates of the lines of a colour and width."""
    found = [line for line in axes.get_lines() if to_hex(line.get_color()) == colour.lower()]
    return [
        (np.asarray(line.get_xdata()).tolist(), np.asarray(line.get_ydata()).tolist())
        for line in found
        if line.get_linewidth() == width
    ]


def test_time_is_local_standard(day: DayDocument) -> None:
    """Hours count from the event day's local standard midnight: 15:00 UTC of the day before is -15 in Chicago."""
    hours = Hours.of(day, 780)
    assert (hours.first, hours.last) == pytest.approx((OPEN, CLOSE))
    assert hours.pixel == pytest.approx((CLOSE - OPEN) / 780)
    assert hours.at(datetime.fromisoformat("2025-01-02T18:30:00+00:00")) == 12.5


def test_a_value_holds_until_the_next(day: DayDocument) -> None:
    """Steps end with the close; what repeats the value before it is left out, and a missing value is a gap."""
    hours = Hours.of(day, 100)
    instants = [day.open_at + timedelta(hours=n) for n in range(4)]
    at, (first, second) = stepped(hours.steps(instants), [[1.0, None], [1.0, None], [2.0, 3.0], [2.0, 3.0]])
    assert at == pytest.approx([OPEN, OPEN + 2, CLOSE])
    assert first == [1.0, 2.0, 2.0]
    np.testing.assert_equal(second, [nan, 3.0, 3.0])


def test_bars_have_gaps_between() -> None:
    """Bars are one line with a gap after each."""
    across, upward = gapped([(0.0, 1.0, 5.0, 5.0), (2.0, 2.0, 6.0, 8.0)])
    np.testing.assert_equal(across, [0.0, 1.0, nan, 2.0, 2.0, nan])
    np.testing.assert_equal(upward, [5.0, 5.0, nan, 6.0, 8.0, nan])


def test_a_whole_degree_is_flat_and_a_celsius_upright(day: DayDocument, axes: Axes) -> None:
    """31 °F read at 12:53 is a flat bar of 6 px about it; what 0 °C may mean at 13:00 stands from 31.1 to 32.9 °F."""
    hours = Hours.of(day, 780)
    day_temperatures.draw(axes, day, hours)
    ((across, upward),) = _lines(axes, charts.BLACK, 1.8)
    read, half = 12 + 53 / 60, 3 * hours.pixel
    np.testing.assert_allclose(across, [read - half, read + half, nan])
    np.testing.assert_equal(upward, [31.0, 31.0, nan])
    assert [line for line in _lines(axes, charts.BLACK, 0.9) if len(line[0]) == 3] == [
        ([13.0, 13.0, pytest.approx(nan, nan_ok=True)], [31.1, 32.9, pytest.approx(nan, nan_ok=True)])
    ]


def test_the_fan_begins_when_somebody_speaks(day: DayDocument, axes: Axes) -> None:
    """The median is a gap while nobody speaks, then 32 °F from 10:10 of the day before until the close."""
    day_temperatures.draw(axes, day, Hours.of(day, 780))
    ((across, upward),) = _lines(axes, charts.BLUE, 1.6)
    np.testing.assert_allclose(across, [OPEN, -14 + 10 / 60, CLOSE])
    np.testing.assert_equal(upward, [nan, 32.0, 32.0])


def test_what_was_seen_and_said_is_in_view(day: DayDocument, axes: Axes) -> None:
    """The axis holds readings from 30 °F, guidance of 33 and the belief's 10 % to 90 %, 28 to 36, with a margin."""
    day_temperatures.draw(axes, day, Hours.of(day, 780))
    assert axes.get_ylim() == (27.0, 37.5)


def test_a_carried_quote_has_no_band(day: DayDocument, axes: Axes) -> None:
    """Bid 38 and ask 40, a minute old, are joined by a band; an ask 45 minutes old is a dotted line and no band."""
    hours = Hours.of(day, 780)
    day_ladder.draw(axes, day, 1, hours)
    (band,) = [found for found in axes.collections if isinstance(found, PolyCollection)]
    (path,) = band.get_paths()
    assert set(np.asarray(path.vertices)[:, 1].tolist()) == {38.0, 40.0}
    with charts.canvas(400, 200) as figure:
        other = figure.subplots()
        day_ladder.draw(other, day, 2, hours)
        bands = [found for found in other.collections if isinstance(found, PolyCollection)]
        carried = [upward for _, upward in _lines(other, charts.GREY, 0.9)]
    assert [path for found in bands for path in found.get_paths()] == []
    assert carried == [[30.0, 30.0], [33.0, 33.0]]


def test_trades_stand_at_their_price_and_side(day: DayDocument, axes: Axes) -> None:
    """YES bought is a triangle up, an order hollow and a fill full; a bracket without trades has none."""
    day_ladder.draw(axes, day, 1, Hours.of(day, 780))
    drawn = [
        (line.get_marker(), line.get_markerfacecolor(), list(line.get_ydata()))  # type: ignore[arg-type]
        for line in axes.get_lines()
        if line.get_marker() in ("^", "v") and len(line.get_ydata())  # type: ignore[arg-type]
    ]
    assert drawn == [("^", "none", [40.0]), ("^", charts.VERMILLION, [40.0])]


def test_a_quiet_bracket_takes_little_room(day: DayDocument) -> None:
    """A bracket that was traded gets most room, one that nobody gave 8 % or 8 cents least."""
    quiet = day.model_copy(update={"beliefs": [], "orders": []})
    assert day_ladder.height(day, 1) > day_ladder.height(day, 0) > day_ladder.height(quiet, 0)


@pytest.mark.parametrize(
    ("source", "who"),
    [
        ("global", "global"),
        ("blend(global 0.50, city 0.50)", "blend"),
        ("fallback:city model silent", "fallback"),
        ("none", "none"),
    ],
)
def test_who_spoke_is_the_first_word(source: str, who: str) -> None:
    """The strip names who spoke, whatever the source says besides."""
    assert speaker(source) == who


def test_brackets_are_named_by_their_degrees(day: DayDocument) -> None:
    """Open ends are written with a sign, a single degree alone."""
    assert [day_ladder.bracket_name(leg) for leg in day.brackets] == ["≤ 30 °F", "31–32 °F", "≥ 33 °F"]
    assert day_ladder.bracket_name(day.brackets[1].model_copy(update={"low": 32})) == "32 °F"


def test_a_picture_names_all_it_draws(day: DayDocument) -> None:
    """Legend, brackets, the winner, who spoke and the dates are text; what is read out is in the label."""
    svg = draw(day, width=880, name="x", says="a < b")
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    wanted = {"readings, KMDW", "readings, KORD (neighbour)", "mos:gfs", "settled: 32 °F", "highest of some hours", "S"}
    assert wanted | {"31–32 °F  ✓ won", "≥ 33 °F", "2025-01-02", "YES bought", "order to sell"} <= set(texts)
    assert 'aria-label="a &lt; b"' in svg


def test_a_day_with_nothing_known_is_drawn(day: DayDocument) -> None:
    """Without readings, guidance, beliefs, quotes or trades there is an empty picture, not an error."""
    names = ("readings", "neighbour_readings", "groups", "guidance", "beliefs", "quotes", "orders", "fills")
    bare = day.model_copy(update={**{name: [] for name in names}, "high": None})
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", draw(bare, width=350, name="x", says=""))
    assert "31–32 °F  ✓ won" in texts
    assert [text for text in texts if text.startswith(("settled", "readings"))] == []


def test_a_day_is_told_in_words() -> None:
    """An example says what settled, what was traded, what was believed first and last, and who spoke from when."""
    (found,) = example_days(DaysDocument.model_validate(run_folder.days_document()))
    assert (found.name, found.day, found.gain) == ("Best: Chicago", "2025-01-02", "+$7.50")
    believed = "median 32 °F, 10–90 % 28 … 36"
    assert [sentence.replace("\u00a0", " ") for sentence in found.said] == [
        "It settled at 32 °F, in the bracket 31–32 °F.",
        "1 order, 2 fills of 12 contracts, $0.20 of fees.",
        f"The first belief: {believed}; the last: {believed}. The last gave the bracket that won 50.0 %.",
        "Spoke: nobody from D−1 09:00, S from D−1 10:10.",
    ]
