"""What a notebook shows of a run: its results by city and lead with their intervals, and what was assumed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from drybulb.app.worth_words import verdict_sentence
from drybulb.domain.notebook import folded, listed, panel, table

_COLUMNS = ("", "events", "orders", "fills", "contracts", "fees", "P&L", "P&L a day [90 %]", "drawdown")
_MINUS = "−"


def run_html(document: Mapping[str, Any]) -> str:
    """HTML of the document ``backtest/1``."""
    window, total = document["window"], document["total"]
    title = f"Run {PurePath(document['run']).name}: policy {document['policy']}, {window[0]} … {window[1]}"
    gained = f"P&L {_usd(total['pnl_usd'])} after {_usd(total['fees_usd'])} of fees"
    traded = f"{total['fills']:,} fills of {total['orders']:,} orders in {total['events']:,} events"
    verdict = verdict_sentence(f"policy {document['policy']}", total)
    said = [f"{gained}: {traded}", verdict[:1].upper() + verdict[1:], *document["notes"]]
    return panel(title, said, table("Results by city and lead", _COLUMNS, _rows(document)), *_folds(document))


def _rows(document: Mapping[str, Any]) -> Iterator[list[str]]:
    everything = {**document["total"], "by_lead": document["by_lead"]}
    for name, whole in (("all", everything), *document["cities"].items()):
        yield _row(name, whole)
        for lead, part in sorted(whole["by_lead"].items(), reverse=True):
            if part["orders"]:
                yield _row(f"{name}, lead {lead}", part)


def _row(name: str, part: Mapping[str, Any]) -> list[str]:
    events = f"{part['events']:,}" if "events" in part else ""
    counts = (f"{part[key]:,.0f}" for key in ("orders", "fills", "contracts"))
    money = (_usd(part[key]) for key in ("fees_usd", "pnl_usd"))
    return [name, events, *counts, *money, _per_day(part["pnl_per_day"]), _usd(part["max_drawdown_usd"])]


def _folds(document: Mapping[str, Any]) -> Iterator[str]:
    """What was assumed, and what was left out and why, folded away."""
    yield folded("What was assumed", listed(document["assumptions"]))
    for summary, counts in (
        ("Events not replayed", document["total"]["refused"]),
        ("Not traded", document["not_traded"]),
        ("Sources of the beliefs", document["total"]["beliefs"]),
    ):
        if counts:
            yield folded(f"{summary}: {sum(counts.values()):,}", listed(_counted(counts)))


def _counted(counts: Mapping[str, int]) -> Iterator[str]:
    for reason, times in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield f"{reason}: {times:,}"


def _per_day(gain: Mapping[str, Any]) -> str:
    if gain["mean"] is None:
        return "–"
    interval = gain["ci90"]
    return _usd(gain["mean"]) + ("" if interval is None else f" [{_usd(interval[0])} … {_usd(interval[1])}]")


def _usd(amount: float) -> str:
    return f"{_MINUS if round(amount, 2) < 0 else ''}${abs(amount):,.2f}"
