"""Temperatures of an example day: what was read, what guidance said, what the belief held possible, what settled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from drybulb.app.charts import BLACK, BLUE
from drybulb.app.reporting.day_document import LEVELS, DayDocument, Reading
from drybulb.app.reporting.day_hours import Bar, Hours, gapped, stepped

_OUTER, _INNER = "#c9dff0", "#8dbbdf"
GUIDANCE, GROUP, NEIGHBOUR = "#117733", "#8736D8", "#8C2807"
_SETTLED = (0, (6, 3))
_MARKERS = ("v", "^", "D", "P", "X", "*", "h", "<", ">", "p")
_BELOW = 10.0  # readings further than this below all that was said of the high would flatten it; cut off [°F]
_FLAT = 3.0  # half the length of the bar of a whole degree [px]


def draw(axes: Axes, day: DayDocument, hours: Hours) -> None:
    """Draw the belief as a fan, guidance, readings as bars, the highest of some hours, and what settled."""
    said = _fan(axes, day, hours) + _guidance(axes, day, hours)
    if day.high is not None:
        axes.axhline(day.high, color=BLACK, linewidth=1.3, linestyle=_SETTLED, zorder=2)
        said.append(day.high)
    seen = _readings(axes, day.neighbour_readings, hours, NEIGHBOUR) + _readings(axes, day.readings, hours, BLACK)
    spans = [(hours.at(one.begins), hours.at(one.ends), one.high, one.high) for one in day.groups]
    axes.plot(*gapped(spans), color=GROUP, linewidth=2.0, marker="|", markersize=7, zorder=3)
    seen += [span[2] for span in spans]
    if said or seen:
        lowest, highest = min(seen or said), max(seen + said)
        floor = max(lowest, min(said or seen) - _BELOW)
        axes.set_ylim(min(floor, *(said or seen)) - 1.0, highest + 1.5)
    axes.set_ylabel("temperature [°F]")
    axes.yaxis.set_major_locator(MaxNLocator(7, integer=True))


def _readings(axes: Axes, readings: Sequence[Reading], hours: Hours, colour: str) -> list[float]:
    """Draw readings as bars on a thin line through their middles; return their ends."""
    at = [(hours.at(one.valid_at), one) for one in readings]
    half = _FLAT * hours.pixel
    flat: list[Bar] = [(x - half, x + half, one.low, one.low) for x, one in at if one.low == one.high]
    upright: list[Bar] = [(x, x, one.low, one.high) for x, one in at if one.low != one.high]
    middles = [(x, (one.low + one.high) / 2) for x, one in at]
    axes.plot([x for x, _ in middles], [y for _, y in middles], color=colour, linewidth=0.6, alpha=0.5, zorder=3.8)
    axes.plot(*gapped(upright), color=colour, linewidth=0.9, alpha=0.6, solid_capstyle="butt", zorder=3.9)
    axes.plot(*gapped(flat), color=colour, linewidth=1.8, solid_capstyle="butt", zorder=4)
    return [value for bar in flat + upright for value in bar[2:]]


def _fan(axes: Axes, day: DayDocument, hours: Hours) -> list[float]:
    """Draw central halves and four fifths with the median; return the ends of what was drawn."""
    beliefs = day.beliefs
    if not beliefs:
        return []
    rows = [[None] * len(LEVELS) if belief.q is None else belief.q for belief in beliefs]
    at, (_, p10, p25, p50, p75, p90, _) = stepped(hours.steps([belief.at for belief in beliefs]), rows)
    axes.fill_between(at, p10, p90, step="post", color=_OUTER, linewidth=0, zorder=1)
    axes.fill_between(at, p25, p75, step="post", color=_INNER, linewidth=0, zorder=1.1)
    axes.step(at, p50, where="post", color=BLUE, linewidth=1.6, zorder=1.2)
    return [value for belief in beliefs if belief.q is not None for value in (belief.q[1], belief.q[5])]


def _sources(day: DayDocument) -> Iterator[tuple[str, str]]:
    """Guidance sources of a day, each with its marker."""
    return zip(sorted({one.source for one in day.guidance}), cycle(_MARKERS), strict=False)


def _guidance(axes: Axes, day: DayDocument, hours: Hours) -> list[float]:
    """Draw guidance where it became known, each value standing until the next of its source; return the values."""
    drawn: list[float] = []
    for source, marker in _sources(day):
        found = sorted((one for one in day.guidance if one.source == source), key=lambda one: one.known_at)
        at = [max(hours.at(one.known_at), hours.first) for one in found]
        highs = [one.high for one in found]
        lasting, held = [*at, hours.last], [*highs, highs[-1]]
        axes.step(lasting, held, where="post", color=GUIDANCE, linewidth=0.8, linestyle=":", zorder=2.5)
        style = {"color": GUIDANCE, "marker": marker, "markersize": 6, "markeredgecolor": "white"}
        axes.plot(at, highs, linestyle="none", zorder=5, markeredgewidth=0.6, clip_on=False, **style)  # type: ignore[arg-type]
        drawn += highs
    return drawn


def key(day: DayDocument) -> list[Patch | Line2D]:
    """Return what the legend says of them."""
    handles: list[Patch | Line2D] = [
        Patch(facecolor=_OUTER, label="belief, 10–90 %"),
        Patch(facecolor=_INNER, label="belief, 25–75 %"),
        Line2D([], [], color=BLUE, linewidth=1.6, label="belief, median"),
    ]
    for name, readings, colour in (
        (day.station or "station", day.readings, BLACK),
        (f"{day.neighbour or 'neighbour'} (neighbour)", day.neighbour_readings, NEIGHBOUR),
    ):
        if readings:
            handles.append(Line2D([], [], color=colour, linewidth=1.8, label=f"readings, {name}"))
    if day.groups:
        handles.append(Line2D([], [], color=GROUP, linewidth=2.0, marker="|", label="highest of some hours"))
    if day.high is not None:
        settled = f"settled: {day.high:g} °F"
        handles.append(Line2D([], [], color=BLACK, linewidth=1.3, linestyle=_SETTLED, label=settled))
    return handles + [
        Line2D([], [], color=GUIDANCE, marker=marker, linestyle=":", linewidth=0.8, label=source)
        for source, marker in _sources(day)
    ]
