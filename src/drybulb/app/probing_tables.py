"""`drybulb scan` and `drybulb lookahead` laid out as tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console

from drybulb.app.console_tables import print_notes, print_table
from drybulb.app.explained_tables import Section

Document = dict[str, Any]

_EVENTS = ("event", "lead", "quoted", "belief of", "source", "why", "mean °F")
_EDGES = ("market", "bracket", "bid", "age", "ask", "age ", "belief", "YES ¢", "NO ¢", "the policy")
_TRIED = ("rows known later of", "rows", "tamperings", "changes")
_CHANGES = ("city", "at", "rows of", "were", "changed", "what", "from", "to")
_MOST = 3
"""Changes shown of one table, tampering and part; the JSON has all."""


def show(console: Console, document: Document) -> None:
    """Print a document of schema ``scan/1`` or ``lookahead/1``: its tables, then in one sentence what was found."""
    is_scan = document["schema"] == "scan/1"
    for section in _scanned(document) if is_scan else _looked(document):
        print_table(console, section.title, section.columns, section.rows)
    said = _best(document) if is_scan else _whether_ahead(document)
    console.print(said, style="bold", highlight=False, markup=False, soft_wrap=True)
    print_notes(console, document["notes"])


def _scanned(document: Document) -> Iterator[Section]:
    yield Section("open events", _EVENTS, [_event(event) for event in document["events"]])
    title = "legs, the best edge of one contract after fees first; ages in minutes"
    yield Section(title, _EDGES, [_leg(row) for row in document["rows"]])


def _best(document: Document) -> str:
    orders = [row for row in document["rows"] if row["order"] is not None and row["order"]["contracts"]]
    what = f"{len(orders)} order{'s' * (len(orders) != 1)}"
    return f"With nothing held, {document['policy']} would send {what} at {_clock(document['at'])}."


def _looked(document: Document) -> Iterator[Section]:
    tried = [(name, t["later"], t["tamperings"], t["changes"]) for name, t in document["tables"].items()]
    yield Section("tampered with", _TRIED, tried)
    changes = document["changes"]
    groups: dict[tuple[str, ...], list[Document]] = {}
    for change in changes:
        groups.setdefault((change["table"], change["how"], change["part"]), []).append(change)
    shown = [change for group in groups.values() for change in group[:_MOST]]
    title = f"look-ahead: {len(shown)} of {len(changes)} changes; --json has all"
    yield Section(title, _CHANGES, [_change(change) for change in shown])
    doubtful = [(s["table"], s["what"], s["rows"], _clock(s["first"])) for s in document["suspicious"]]
    yield Section("suspicious: rows that contradict their own known_at", ("table", "what", "rows", "first"), doubtful)


def _whether_ahead(document: Document) -> str:
    compared = document["compared"]
    asked = sum(len(instants) for instants in document["instants"].values())
    what = ", ".join(f"{count:,} {_plural(part)}" for part, count in compared.items())
    changes = document["changes"]
    if not changes:
        return f"No look-ahead: at {asked} instants nothing changed ({what})."
    tables = ", ".join(dict.fromkeys(change["table"] for change in changes))
    return f"LOOK-AHEAD: rows of {tables} known later change what is said ({what})."


def _plural(part: str) -> str:
    return part if part == "minutes" else f"values of {part}s"


def _event(event: Document) -> tuple[Any, ...]:
    belief = event["belief"] or {}
    lead = f"D{'-1' if event['lead'] else ''}"
    mean = belief.get("mean")
    return (
        event["event"],
        lead,
        _clock(event["quoted_at"]),
        _clock(belief.get("at")),
        belief.get("source"),
        belief.get("reason"),
        None if mean is None else f"{mean:.1f}",
    )


def _leg(row: Document) -> tuple[Any, ...]:
    cents = [None if row[name] is None else f"{row[name]:.1f}" for name in ("yes_bid", "yes_ask")]
    edges = [None if row[name] is None else f"{row[name]:+.2f}" for name in ("edge_yes", "edge_no")]
    belief = None if row["probability"] is None else f"{row['probability']:.3f}"
    ages = (row["bid_age_min"], row["ask_age_min"])
    return (row["ticker"], row["bracket"], cents[0], ages[0], cents[1], ages[1], belief, *edges, _doing(row))


def _doing(row: Document) -> str | None:
    """What the policy does with a leg, or why it does nothing."""
    order, refusal = row["order"], row["refusal"]
    if order is not None and order["contracts"]:
        cut = f" of {order['wanted']:g}, {order['cut_by']}" if order["cut_by"] else ""
        edge = "" if order["edge"] is None else f" ({order['edge']:+.2f} ¢)"
        return f"buys {order['contracts']:g} {order['side'].upper()}{cut}{edge}"
    if refusal is None:
        return None
    seen = "" if refusal["seen"] is None else f" {refusal['seen']:g}"
    bound = "" if refusal["bound"] is None else f" (bound {refusal['bound']:g})"
    return f"{refusal['reason']}{seen}{bound}"


def _change(change: Document) -> tuple[Any, ...]:
    names = ("city", "at", "table", "how", "part", "what", "old", "new")
    return tuple(_clock(change[name]) if name == "at" else change[name] for name in names)


def _clock(instant: str | None) -> str | None:
    return None if instant is None else f"{instant[5:16].replace('T', ' ')}Z"
