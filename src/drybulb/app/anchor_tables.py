"""The tables of `drybulb anchor`: the weights in force at the end, and the pool against the market."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from drybulb.app.explained_tables import Document, Section

_TITLES = {
    "usable": "usable ladders, by which `anchored` goes; log scores, pool and belief less market",
    "narrow": "ladders no wider on average than a leg may be",
    "daily": "quotes of once a day, likewise: of an unknown age, so `anchored` passes",
    "wide": "wider ladders, where a mid is nobody's price",
    "prints": "minutes built of prints, whose sides may be hours old",
}
_COLUMNS = ("city", "year", "when", "events", "weight", "market", "pool", "90 %", "belief")


def sections(document: Document) -> Iterator[Section]:
    """Lay the newest weights and the scores out as tables, the scores by city and year, and of all by clock.

    Args:
        document: of schema ``anchor/1``.
    """
    newest = max((row["known_at"] for row in document["weights"]), default="")
    rows = [_weight(row) for row in document["weights"] if row["known_at"] == newest]
    columns = ("phase", "city", "events", "fitted", "90 %", "weight used", "gain, nats")
    yield Section(f"weights of {document['source']} beside the market, known {newest[:16]}Z", columns, rows)
    for spread, title in _TITLES.items():
        found = [row for row in document["scores"] if row["spread"] == spread and _is_shown(row)]
        yield Section(title, _COLUMNS, [_score(row) for row in found])


def _is_shown(row: Document) -> bool:
    """The sums over clocks by city and year, and the clocks of all cities and years; the rest is in the JSON."""
    return bool(row["clock"] == "all" or row["city"] == row["year"] == "all")


def _weight(row: Document) -> tuple[Any, ...]:
    city = "all" if row["city"] == "*" else row["city"]
    if row["fitted"] is None:
        return (row["phase"], city, row["events"], "too few", "–", row["weight"], "–")
    span = f"{row['weight']:.2f} … {row['high']:.2f}"
    return (row["phase"], city, row["events"], row["fitted"], span, row["weight"], f"{row['gain']:+.4f}")


def _score(row: Document) -> tuple[Any, ...]:
    low, high = row["ci90"]
    return (
        row["city"],
        row["year"],
        _when(row),
        row["events"],
        f"{row['weight']:.2f}",
        row["market"],
        f"{row['difference']:+.4f}",
        f"{low:+.4f} … {high:+.4f}",
        f"{row['belief_difference']:+.3f}",
    )


def _when(row: Document) -> str:
    if row["clock"] == "all" or row["spread"] == "usable":
        return str(row["clock"])
    return f"{'D' if row['lead'] == '0' else 'D-1'} {row['clock']}"
