"""The page of what the recorded archive holds and what the pipeline promises on it, from what the commands printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drybulb.app.markdown import paragraph, table, title

Document = dict[str, Any]


def page(documents: Document, promises: Mapping[str, str]) -> str:
    """Return the page in Markdown.

    Args:
        documents: by step, what each command printed with ``--json``.
        promises: what the bench holds the pipeline to, each with its bound; all of them hold.
    """
    lines = [
        "# The recorded archive in the pipeline",
        "",
        *paragraph(
            "Written by `make results` from the commands' own documents; run again it does not change. What forecasts"
            " and policies were worth on these data is on [a page of its own](archive-2024-25.md)."
        ),
        "## What is promised",
        "",
        *paragraph("This page is written only where every line below holds; else the bench fails."),
        *table(("", "promise"), promises.items()),
        *_data(documents["coverage"], documents["import"]),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _words(key: str) -> str:
    return key.replace("_", " ")


def _data(coverage: Document, imported: Document) -> list[str]:
    usable = coverage["usable"]
    names = list(next(iter(usable.values())))
    lines = ["## What there is", "", "Days (and events) a model or a backtest of each city could use.", ""]
    lines += table(
        ("", *(title(city) for city in usable)),
        [(_words(name), *(f"{days[name]:,}" for days in usable.values())) for name in names],
    )
    lines += ["## What was refused", "", "By the import, each row counted once:", ""]
    rows = [
        (
            r["file"].removesuffix(".parquet"),
            _place(r["city"]),
            f"{r['count']:,} of {r['of']:,} {r['unit']}s",
            r["reason"],
        )
        for r in imported["refusals"]
    ]
    return lines + table(("file", "city", "refused", "reason"), rows)


def _place(key: str) -> str:
    """A city by its name; a station stays as it is."""
    return key if key.isupper() else title(key)
