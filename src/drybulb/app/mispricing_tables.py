"""The tables of `drybulb mispricing`: the slices by what they measure, each beside what a taker made of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from drybulb.app.explained_tables import Document, Section

_TITLES = {
    "price": "price, in cents a contract: above 0 YES was too cheap, below it too dear",
    "warmth": "warmth: above 0 the ladder was too cold, below it too warm",
    "news": "news: above 0 prices were behind it, below it they overreacted",
}
_SINCE = frozenset(("metar", "group", "guidance", "report"))
_SAME_LINE = "\N{NO-BREAK SPACE}"
_NOTHING = "–"
_COLUMNS = ("slice", "events", "paid", "90 %", "p", "belief", "90 % ", "taker +", "taker −")


def sections(document: Document) -> Iterator[Section]:
    """Lay the slices out as tables; slices without a price are left away, and columns that would say nothing.

    Args:
        document: of schema ``mispricing/1``.
    """
    for measure, title in _TITLES.items():
        rows = [_row(one) for one in document["slices"] if one["measure"] == measure and one["paid"] is not None]
        said = [place for place in range(len(_COLUMNS)) if any(row[place] != _NOTHING for row in rows)]
        yield Section(title, [_COLUMNS[place] for place in said], [[row[place] for place in said] for row in rows])


def _row(one: Document) -> tuple[Any, ...]:
    paid = one["paid"]
    chance = _NOTHING if paid["p_holm"] is None else f"{paid['p_holm']:.2f}"
    takers = [_taken(one["taker"][side]) for side in ("bought", "sold")]
    return (_name(one), paid["n_events"], *_mean(paid), chance, *_mean(one["belief"]), *takers)


def _name(one: Document) -> str:
    said = {"group": "6 h group", "metar": "METAR"}.get(one["family"], one["family"])
    name = f"{said} {one['slice']}" if one["family"] in _SINCE else one["slice"].replace("_", " ")
    return name.replace(" ", _SAME_LINE)


def _mean(found: Document | None) -> tuple[str, str]:
    if found is None:
        return _NOTHING, _NOTHING
    return f"{found['mean']:+.1f}", f"{found['ci90'][0]:+.1f} … {found['ci90'][1]:+.1f}"


def _taken(found: Document | None) -> str:
    return _NOTHING if found is None else f"{found['mean']:+.1f}"
