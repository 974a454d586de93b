"""What `drybulb tune` found, as lines and cells for a person."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]

COLUMNS = ("trial", "log score", "gain", "90 %", "s", "settings")


def head(doc: Document) -> list[str]:
    """What was searched, and how to read the table."""
    blocks = f"{doc['blocks']['with_events']} of {doc['blocks']['all']} blocks of days"
    return [
        f"{doc['model']} until {doc['until']}: {doc['events']:,} events out of fold in {blocks}; study {doc['file']}",
        "log score [nats], lower is better; gain on the defaults (trial 0), paired by day",
    ]


def rows(doc: Document) -> list[tuple[Any, ...]]:
    """One row a configuration, the best first, the defaults among them."""
    ordered = sorted(doc["trials"], key=lambda row: (row["score"], row["number"]))
    return [
        (
            row["number"],
            f"{row['score']:.4f}",
            f"{row['gain']['mean']:+.4f}",
            f"{row['gain']['low']:+.4f} … {row['gain']['high']:+.4f}",
            f"{row['seconds']:.1f}",
            _settings(row["settings"]),
        )
        for row in ordered
    ]


def _settings(settings: dict[str, float]) -> str:
    """Values of each member in the order of the space, which the proposed block names."""
    members: dict[str, list[str]] = {}
    for name, value in settings.items():
        members.setdefault(name.split(".")[0], []).append(f"{value:g}")
    return "; ".join(f"{member} {' '.join(values)}" for member, values in members.items())


def tail(doc: Document) -> list[str]:
    """What to make of it, and what could be pasted."""
    names = [name.split(".")[1] for name in doc["trials"][0]["settings"]]
    order = f"settings: {', '.join(dict.fromkeys(names))}"
    if doc["proposed"] is None:
        return [order, doc["found"], *doc["notes"]]
    use = "to paste into drybulb.toml and judge on other days" if doc["clear"] else "the best trial, were it any better"
    return [order, doc["found"], *doc["notes"], "", f"{use}:", *doc["proposed"].splitlines()]
