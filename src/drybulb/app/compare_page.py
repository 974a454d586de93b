"""The page of a comparison: one self-contained file, of the same parts as the report of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from drybulb.app import compare_picture
from drybulb.app.compare_words import page_sections, run_section, setting_sections
from drybulb.app.explained_tables import Section
from drybulb.app.reporting.parts import Picture, Table, template
from drybulb.app.reporting.sentences import listed
from drybulb.app.worth_words import compared_on_page


def compare_page(document: Mapping[str, Any]) -> str:
    """Return the page as HTML: the same comparison gives the same bytes.

    Args:
        document: ``compare/1``, of its page nothing.
    """
    whole, by_city, by_both = page_sections(document)
    settings, assumed = setting_sections(document)
    names = [run["name"] for run in document["runs"]]
    return template("compare.html").render(
        title=listed(names),
        first=names[0],
        window=document["window"],
        events=document["events"],
        days=document["days"],
        found=[_unbroken(sentence) for sentence in document["found"]],
        warnings=document["warnings"],
        picture=_picture(document["equity"]),
        whole=_table(whole, "scroll"),
        worth=compared_on_page(document),
        cities=_filled([_table(by_city, "scroll")]),
        folded=_filled([_table(by_both, "scroll")]),
        settings=_filled([_table(settings, "words"), _table(assumed, "words")]),
        runs=_table(run_section(document), "scroll"),
    )


def _picture(equity: Mapping[str, Any]) -> Picture:
    gains = {name: [one["pnl_usd"] for one in rows] for name, rows in equity.items()}
    days = [date.fromisoformat(one["day"]) for one in next(iter(equity.values()))]
    return Picture.drawn(
        "Profit and loss so far, by event day, on the events that settled in every run.",
        lambda width: compare_picture.gains(days, gains, width=width, name=f"gains{width}"),
    )


def _table(section: Section, kind: str) -> Table:
    rows = [[_unbroken(cell) for cell in row] for row in section.rows]
    return Table(section.title[:1].upper() + section.title[1:], section.columns, rows, kind)


def _unbroken(text: str) -> str:
    """Join a minus to its dollars, so that no line ends between them."""
    return text.replace("−$", "−\N{WORD JOINER}$")


def _filled(tables: Iterable[Table]) -> list[Table]:
    return [table for table in tables if table.rows]
