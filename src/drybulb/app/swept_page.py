"""The files of a sweep: its document, a page, a heat map a city, and the proposal."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from drybulb.app.explained_tables import Section
from drybulb.app.reporting.parts import Picture, Table, template, unbroken
from drybulb.app.reporting.sentences import city_name
from drybulb.app.swept_picture import heat
from drybulb.app.swept_proposal import block_of, evidence, proposal
from drybulb.app.swept_tables import on_page, ranked, sentences, shared
from drybulb.errors import ReportError

Document = Mapping[str, Any]


def write(folder: Path, document: Document) -> None:
    """Write sweep.json, sweep.html, proposal.toml and a heat map a city; each whole or not at all.

    Raises:
        ReportError: a file that cannot be written.
    """
    files = {
        **{f"heat-{city}.svg": heat(document, city) for city in document["cities"]},
        "sweep.html": page(document),
        "proposal.toml": proposal(document),
        "sweep.json": json.dumps(document, indent=1, allow_nan=False) + "\n",
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            aside = folder / f".{name}.{os.getpid()}.part"
            aside.write_text(content, encoding="utf-8", newline="\n")
            aside.replace(folder / name)
    except OSError as error:
        raise ReportError(f"{folder}: the sweep cannot be written ({error}); give another --out") from error


def page(document: Document) -> str:
    """Return the page as HTML: the same sweep gives the same bytes."""
    cities = [_city(document, city) for city in document["cities"]]
    budgets = [_table(section) for section in shared(document)]
    return template("sweep.html").render(
        window=document["window"],
        forecaster=document["forecaster"],
        fills=document["fills"],
        chapters=[
            ("found", "Found"),
            *((city["key"], city["name"]) for city in cities),
            *(("budgets", "Budgets") for _ in budgets),
        ],
        found=[unbroken(sentence) for sentence in sentences(document)],
        cities=cities,
        budgets=budgets,
        counted=document["budgets"],
    )


def _city(document: Document, city: str) -> dict[str, Any]:
    """What a city has on the page."""
    found = document["cities"][city]
    return {
        "key": city,
        "name": city_name(city),
        "replayed": on_page(city, found),
        "screened": _table(ranked(city, found)),
        "evidence": [unbroken(sentence) for sentence in evidence(document, city)],
        "proposal": block_of(document, city),
        "picture": Picture.drawn(
            "What the screen ranks by: the gain of ten contracts of every market at first touch, held to settlement, at"
            " each pair of thresholds, best over weights. Hatched is a loss; framed are the sets replayed. It ranks,"
            " and is no result.",
            lambda width: heat(document, city, width=width, name=f"heat-{city}-{width}"),
        ),
        "notes": found["notes"],
    }


def _table(section: Section) -> Table:
    return Table(section.title, section.columns, [[unbroken(str(cell)) for cell in row] for row in section.rows])
