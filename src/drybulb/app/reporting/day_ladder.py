"""The ladder of an example day, bracket by bracket: its quotes, what the belief gave it, and what we did."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from drybulb.app.charts import BLUE, GREY, VERMILLION
from drybulb.app.reporting.day_document import DayDocument, Leg, QuotesAt, Sent
from drybulb.app.reporting.day_hours import Hours, stepped

BAND = "#d0d0d0"
CARRIED, BELIEVED = (0, (1, 2)), (0, (4, 1))
_WON = "#fff1cc"
_FRESH = 10  # quotes are shown every ten minutes; one that is older was shown before [min]
_QUIET = 8.0  # where nothing was sent and neither price nor belief rose above this, a row needs little room [cents]
_LOW = 0.6  # that room, as a ratio


def bracket_name(leg: Leg) -> str:
    """Write a bracket as its degrees."""
    if leg.low is None:
        return f"≤ {leg.high} °F"
    if leg.high is None:
        return f"≥ {leg.low} °F"
    return f"{leg.low} °F" if leg.low == leg.high else f"{leg.low}–{leg.high} °F"


def height(day: DayDocument, number: int) -> float:
    """How much room a bracket needs, as a ratio."""
    orders, _ = day.of(day.brackets[number].ticker)
    prices = [price for quote in day.quotes for price in (quote.bid[number],) if price is not None]
    believed = [100.0 * belief.p[number] for belief in day.beliefs if belief.p is not None]
    if orders:
        return 2.0
    return _LOW if max([*prices, *believed], default=0.0) < _QUIET else 1.2


def draw(axes: Axes, day: DayDocument, number: int, hours: Hours) -> None:
    """Draw one bracket."""
    leg = day.brackets[number]
    if leg.won:
        axes.axhspan(-10, 110, color=_WON, linewidth=0, zorder=0)
    _quotes(axes, day.quotes, number, hours)
    if day.beliefs:
        rows = [[None if belief.p is None else round(100.0 * belief.p[number], 1)] for belief in day.beliefs]
        at, (believed,) = stepped(hours.steps([belief.at for belief in day.beliefs]), rows)
        axes.step(at, believed, where="post", color=BLUE, linewidth=1.4, linestyle=BELIEVED, zorder=3)
    orders, fills = day.of(leg.ticker)
    _marks(axes, orders, hours, filled=False)
    _marks(axes, fills, hours, filled=True)
    _labels(axes, leg, is_quiet=height(day, number) == _LOW, is_middle=number == len(day.brackets) // 2)


def _quotes(axes: Axes, quotes: Sequence[QuotesAt], number: int, hours: Hours) -> None:
    """Bid and ask: a band between them while both are fresh, a dotted line where one is carried."""
    if not quotes:
        return
    at = hours.steps([quote.at for quote in quotes])
    rows = []
    for quote in quotes:
        sides = ((quote.bid[number], quote.bid_age), (quote.ask[number], quote.ask_age))
        fresh = [price if (ages[number] or 0) <= _FRESH else None for price, ages in sides]
        both = fresh if None not in fresh else [None, None]
        rows.append([quote.bid[number], quote.ask[number], *fresh, *both])
    when, (bid, ask, fresh_bid, fresh_ask, low, high) = stepped(at, rows)
    axes.fill_between(when, low, high, step="post", color=BAND, linewidth=0, zorder=1)
    for carried, fresh_side in ((bid, fresh_bid), (ask, fresh_ask)):
        axes.step(when, carried, where="post", color=GREY, linewidth=0.9, linestyle=CARRIED, zorder=2)
        axes.step(when, fresh_side, where="post", color=GREY, linewidth=1.0, zorder=2)


def _marks(axes: Axes, found: Sequence[Sent], hours: Hours, *, filled: bool) -> None:
    """Triangles: up where YES was bought, down where it was sold; full if it traded."""
    for side, marker in (("bid", "^"), ("ask", "v")):
        mine = [one for one in found if one.side == side]
        axes.plot(
            [hours.at(one.at) for one in mine],
            [one.price for one in mine],
            linestyle="none",
            marker=marker,
            markersize=6.5 if filled else 4.5,
            markeredgewidth=0.6,
            markeredgecolor="white" if filled else VERMILLION,
            markerfacecolor=VERMILLION if filled else "none",
            zorder=5 if filled else 4,
        )


def _labels(axes: Axes, leg: Leg, *, is_quiet: bool, is_middle: bool) -> None:
    axes.set_ylim(-8, 108)
    axes.set_yticks([50] if is_quiet else [0, 50, 100], [""] if is_quiet else ["0", "50", "100"], fontsize=8)
    axes.grid(visible=not is_quiet, axis="y")
    axes.text(
        0.995,
        0.5 if is_quiet else 0.94,
        bracket_name(leg) + ("  ✓ won" if leg.won else ""),
        transform=axes.transAxes,
        ha="right",
        va="center" if is_quiet else "top",
        fontsize=9.5,
        fontweight="bold" if leg.won else "normal",
        zorder=6,
        bbox={"facecolor": _WON if leg.won else "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.8},
    )
    if is_middle:
        axes.set_ylabel("YES [¢]")
