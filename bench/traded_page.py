"""The page of the backtest, from the document of the bench."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench.traded_costs import fees, marks
from bench.traded_plan import HYBRID, WAYS
from bench.traded_shown import WAY, desk_of
from bench.traded_tables import by_city, by_month, chance, desks, replayed
from bench.traded_tried import TRIED
from bench.traded_words import plainly
from drybulb.app.markdown import item, paragraph
from drybulb.app.reporting.sentences import listed

Row = dict[str, Any]

CAVEATS = """\
## What this does not show

- The months of prints, the winter above all, were looked at many times while models and rules were made ([the page of
  2024-25](archive-2024-25.md), [the openings](../openings.jsonl)). The last word has a window that nobody has seen.
- Prints show what was traded, not what could have been. A maker's row assumes that the print would have come to our
  order as well; the queue before us is unknown, hence two rows, neither of which is the truth.
- Our orders move no price and nobody answers them. The larger the order beside the prints, the less a row means.
- Polls are hours apart: a taker's order waits for the next one, but never into the window of a release, so that few
  fill; and that a maker was reached is seen only at a poll.
- Miami before 2024-08-16 has prints without strikes and cannot be replayed. Chicago and Austin have daily quotes of
  other years too, which are not: one quote a day fills nothing.
- Philadelphia, and every event of 2026, is paid by the official high where the exchange's settlement is not recorded:
  an inference.
- The account is taken to be non-direct, the dearer, and makers of weather series to pay nothing.
- Guidance is two MOS forecasts a day. With better beliefs every row would be another.
"""


def page(document: Row) -> str:
    """Return the page in Markdown.

    Args:
        document: of the bench.
    """
    parts = (plainly, desks, by_city, by_month, chance, _tried, marks, fees, replayed)
    lines = [*_head(document), *(line for part in parts for line in part(document)), *_assumed(document)]
    return "\n".join(lines).rstrip() + "\n\n" + CAVEATS


def _head(document: Row) -> Iterator[str]:
    yield from ("# The backtest a sceptic would run", "")
    yield from paragraph(
        "Written by `python -m bench.traded`, a part of `make results`; run again it does not change. Every policy"
        f" begins each window with ${document['bankroll_usd']:,}, under all limits but the halt; how fills are granted"
        " is on [a page of its own](../explain/fills.md). At every instant the newest"
        f" training speaks that knew nothing later (until {listed(document['untils'])}). Intervals are 90 %, from"
        " resampling runs of calendar days with all cities of a day together. A policy *earns* or *loses* where that"
        " interval is clear of zero on at least 30 traded days, by more than three full losses, or wins, not seen yet"
        " would make of it, and stays on its side without its two best, or worst, events; else it is *too early to say*"
        " ([what a backtest is worth](../explain/worth.md))."
    )


def _tried(_: Row) -> Iterator[str]:
    """What was tried on these days before."""
    yield from ("## What was tried", "")
    yield from paragraph("On these days, while the policies were built; none of it is among the trials counted above.")
    for sentence in TRIED:
        yield from item(sentence)
    yield ""


def _assumed(document: Row) -> Iterator[str]:
    """How fills were granted, and the settings: what all ways share, and of each way what is its own."""
    yield from ("## What was assumed", "")
    said: dict[str, dict[str, None]] = {WAY[str(way)]: {} for way in WAYS}
    for way in WAYS:
        for window in document["windows"]:
            desk = desk_of(window, HYBRID, str(way))
            said[WAY[str(way)]] |= dict.fromkeys(desk["assumptions"] if desk is not None else ())
    filled = [found for found in said.values() if found]
    shared = [one for one in filled[0] if all(one in found for found in filled)] if filled else []
    for name, sentences in (("every way of being filled", shared), *said.items()):
        mine = [one for one in sentences if sentences is shared or one not in shared]
        if mine:
            yield from item(f"**{name.capitalize()}**: {'; '.join(mine)}.")
    found = document["weights"]
    yield from item(
        f"anchored: of {found['of']:,} weights fitted walk-forward, month by month, {found['above']:,} are above 0"
    )
    yield ""
