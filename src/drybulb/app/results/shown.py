"""The document ``results/1`` in lines and a table for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from drybulb.app.reporting.sentences import money

COLUMNS = ("policy", "decides at", "fills", "P&L", "run")
_HEADS = {"works": "What works", "fails": "What does not", "open": "What cannot be said"}


def lines(document: dict[str, Any]) -> Iterator[str]:
    """Yield what was found, and where the page is."""
    for name, head in _HEADS.items():
        yield head
        yield from (f"- {sentence}" for sentence in document[name] or ["nothing"])
        yield ""
    yield f"{document['page']} {'is written' if document['changed'] else 'says so already'}"


def rows(document: dict[str, Any]) -> Iterator[tuple[str, str, int, str, str]]:
    """Yield a row a run, in :data:`COLUMNS`."""
    for run in document["runs"]:
        clocks = " and ".join(run["decide_at"]) or "any time"
        yield run["policy"], clocks, run["fills"], money(run["pnl_usd"]), run["run"]
