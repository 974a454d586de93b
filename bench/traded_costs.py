"""Two tables of the backtest's page: the same trades under other fees, and where prices went after fills."""

from __future__ import annotations

from typing import Any

from bench.traded_desk import ALL
from bench.traded_shown import called, ends, head, honest, is_filled
from drybulb.app.markdown import interval, number, paragraph, table
from drybulb.app.markouts import PARTS
from drybulb.engine.fills import Fills

Row = dict[str, Any]

_HORIZONS = ("5min", "30min", "close", "settlement")


def fees(document: Row) -> list[str]:
    """The same trades under each tariff."""
    lines = [
        "## The same trades under other fees",
        "",
        *paragraph(
            "Fees and gains of the same fills: rounded up to the cent, fill by fill, as in 2024-25; by today's"
            " rounding, for an account through a broker (non-direct) and a direct one; and by that if the exchange"
            " charged makers of these series a quarter of what takers pay, as in others. A policy that knew these fees"
            " would have traded a little otherwise."
        ),
    ]
    heads = (
        "desk",
        "cent: fees $",
        "P&L $",
        "today: fees $",
        "P&L $",
        "a day $ (90 %)",
        "direct: P&L $",
        "maker fee: P&L $",
    )
    for window in document["windows"]:
        rows = []
        for desk in honest(window):
            if not is_filled(desk) or desk["fills"] == Fills.MAKER_OPTIMISTIC:
                continue
            by = {row["tariff"]: row for row in desk["tariffs"]}
            rows.append(
                (
                    called(desk),
                    number(by["cent"]["fees_usd"], 0),
                    number(by["cent"]["pnl_usd"], 0),
                    number(by["today"]["fees_usd"], 0),
                    number(by["today"]["pnl_usd"], 0),
                    interval(by["today"]["pnl_per_day"]["ci90"], 1),
                    number(by["direct"]["pnl_usd"], 0),
                    number(by["maker-fee"]["pnl_usd"], 0),
                )
            )
        if rows:
            lines += [f"### {head(window)}", "", *table(heads, rows)]
    return lines


def marks(document: Row) -> list[str]:
    """Where prices went after fills, and near releases of information."""
    lines = [
        "## After a fill",
        "",
        *paragraph(
            "What a contract had gained by the mid of a fresh two-sided quote some time after its fill, before fees, in"
            " cents, means over contracts; at settlement by what the market paid. Below 0 whoever traded with us knew"
            " better. Of resting orders *release* are the fills in the window of a release of the calendar, *elsewhere*"
            " all others."
        ),
    ]
    heads = ("desk", "fills", "5 min ¢ (90 %)", "30 min ¢", "close ¢", "settlement ¢")
    for window in document["windows"]:
        rows = []
        for desk in honest(window):
            if desk["fills"] == Fills.MAKER_OPTIMISTIC:
                continue
            for which in (ALL,) if desk["is_pulled"] else (ALL, *(name for name, _ in PARTS)):
                found = {row["horizon"]: row for row in desk["markouts"][which]}
                if found:
                    said = called(desk) + ("" if which == ALL else f": {which}")
                    count = next(iter(found.values()))
                    total = count["fills"] + count["missing"]
                    rows.append((said, f"{total:,}", *(_mark(found.get(horizon)) for horizon in _HORIZONS)))
        if rows:
            lines += [f"### {head(window)}", "", *table(heads, rows)]
    return lines


def _mark(row: Row | None) -> str:
    if row is None or row["mean_cents"] is None:
        return "–"
    return f"{number(row['mean_cents'], 2)}{ends(row['ci90'], 2)}"
