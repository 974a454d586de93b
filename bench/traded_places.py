"""Where to trade: what every city of every desk says, in sentences made of verdicts and counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from bench.traded_desk import ALL
from bench.traded_plan import FULL, HYBRID
from bench.traded_shown import (
    QUOTED,
    by_official,
    called,
    cities,
    day_of,
    desk_of,
    further,
    gained,
    leads,
    part,
    percent,
    word,
)
from drybulb.app.markdown import title
from drybulb.app.reporting.sentences import counted, listed
from drybulb.engine.fills import Fills
from drybulb.verification import Word

Row = dict[str, Any]
#: A city and window, a desk, and what it did there.
Cell = tuple[str, str, Row]

_TAKER, _MAKER = str(Fills.TAKER), str(Fills.MAKER_PESSIMISTIC)


def where_to_trade(document: Row) -> Iterator[str]:
    """Say which cities to trade and which not, by the ways a desk could really have been filled.

    Args:
        document: of the bench.
    """
    cells = list(_cells(document))
    found = Counter(word(one) for _, _, one in cells)
    of = (
        f"{counted(len(cells), 'cell')} with a fill (a policy of {listed(FULL)}, as a taker or a pessimistic maker, a"
        " city, a window and, where it has days enough, a lead)"
    )
    if not found[Word.EARNS]:
        yield f"**Which cities to trade: none on this evidence.** In none of {of} is a gain shown."
    else:
        named = "; ".join(_told(cell) for cell in cells if word(cell[2]) == Word.EARNS)
        yield (f"**Which cities to trade:** of {of} these earned: {named}. {_chance(document)}")
    if found[Word.LOSES]:
        yield f"**Which not to trade:** {'; '.join(_lost(cells))}."
    near = [(days, cell) for cell in cells if (days := further(cell[2])) is not None and cell[2]["pnl_usd"] > 0]
    if near:
        days, first = min(near, key=lambda pair: (pair[0], pair[1][0], pair[1][1]))
        yield (
            f"Too early to say: {counted(found[Word.TOO_EARLY], 'cell')}. The nearest to an answer that gained is"
            f" {_told(first)}: about {days:,} more event days, if it went on like this."
        )


def _chance(document: Row) -> str:
    """How likely the best cell of each window is better than the best of chance."""
    told = [
        f"{found['probability']:.2f} on {QUOTED[window['name']]} (of {found['tried']} cells, all ways and leads)"
        for window in document["windows"]
        if (found := window["luck"]["cells"]) is not None
    ]
    if not told:
        return "What chance makes of as many cells cannot be told from so few days."
    return (
        f"That the best cell is better than the best of as many by chance has a probability of {listed(told)}: below"
        " 0.95 a city is a place to go on looking, in small amounts, and no more."
    )


def _told(cell: Cell) -> str:
    where, desk, one = cell
    return f"{where} ({desk}, {gained(one)}{by_official(one)})"


def _lost(cells: Sequence[Cell]) -> Iterator[str]:
    """Where policies lost, a city and window at a time, with the worst of them."""
    for where in dict.fromkeys(where for where, _, _ in cells):
        here = [cell for cell in cells if cell[0] == where]
        lost = [cell for cell in here if word(cell[2]) == Word.LOSES]
        if lost:
            _, desk, one = min(lost, key=lambda cell: (cell[2]["pnl_usd"], cell[1]))
            yield f"{where}, {len(lost)} of {len(here)} cells (the worst: {desk}, {gained(one)})"


def _cells(document: Row) -> Iterator[Cell]:
    """Every city and lead of a desk that trades in all ways, taking or making pessimistically, with a fill."""
    for window in document["windows"]:
        for city in cities(window):
            for lead in leads(window, city):
                where = f"{title(city)}{'' if lead == ALL else ' ' + day_of(lead)}, {QUOTED[window['name']]}"
                for policy, way in product(FULL, (_MAKER, _TAKER)):
                    desk = desk_of(window, policy, way)
                    one = None if desk is None else part(desk, city, lead)
                    if desk is not None and one is not None and one["fills"]:
                        yield where, called(desk), one


def silent(document: Row) -> Iterator[str]:
    """Say where nobody could speak, so that nothing is known of our beliefs there.

    Args:
        document: of the bench.
    """
    for window in document["windows"]:
        desk = desk_of(window, HYBRID, _TAKER)
        if desk is None:
            continue
        mute = []
        for city, found in desk["cities"].items():
            asked = sum(found["beliefs"].values())
            none = sum(times for source, times in found["beliefs"].items() if source.startswith("none:"))
            if asked and none / asked > 0.5:
                mute.append(f"{title(city)} ({percent(none / asked)} of the beliefs asked)")
        if mute:
            yield (
                f"On {QUOTED[window['name']]} no model had anything to go by in {listed(mute)}: what is shown there is"
                " climatology's and the market's own, and no evidence about the hybrid."
            )
