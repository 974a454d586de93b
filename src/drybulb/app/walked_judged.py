"""Whether the best of the sets that were screened before a window is clear of luck."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from drybulb.app.extremes import NO_EXTREMES, Extremes, extremes
from drybulb.app.swept_city import LEAST_DEFLATED
from drybulb.app.swept_sets import ParameterSet
from drybulb.app.tally import usd
from drybulb.app.tried import Tried
from drybulb.app.walked_choice import Chosen, Edges, Selection, undecided
from drybulb.domain.ledger import Side
from drybulb.research.screen import Trades
from drybulb.verification import Word, verdict


def judged(
    made: Mapping[ParameterSet, Trades], days: tuple[date, ...], asked: Selection, edges: Edges, seed: int
) -> Chosen:
    """Return the set that gained most, if it is clear of luck; of sets that gain the same, the first of the grid.

    Args:
        made: what each set traded with a flat stake, in the order of the grid.
        days: event days that were looked at, in order.
        asked: how thresholds are chosen.
        edges: those that are configured.
        seed: of the bootstrap.
    """
    by_day = {one: trades.by_day() for one, trades in made.items()}
    gains = {one.name: {day: usd(by_day[one].get(day, 0)) for day in days} for one in made}
    traded = [one for one in made if len(made[one].at)]
    if not traded:
        return undecided(asked, edges, f"none of {len(made)} sets traded in the selection", days, gains=gains)
    best = max(traded, key=lambda one: made[one].total)
    could = _extremes(made[best])
    found = verdict(
        [day.toordinal() for day in days],
        list(gains[best.name].values()),
        [usd(one.lost) for one in could],
        [usd(one.won) for one in could],
        _by_event(made[best]),
        seed,
    )
    luck = Tried(tuple(gains), tuple(gains.values())).luck(best.name)
    reason = _against(found.word, found.reason, luck)
    if reason is not None:
        return undecided(
            asked, edges, f"{best.name} gained most, but {reason}", days, best.name, made[best].total, luck, gains
        )
    why = f"{best.name} gained most of {len(made)} sets, and is clear of luck"
    return Chosen(best.min_edge, True, why, days, best.name, made[best].total, luck, gains)


def _extremes(trades: Trades) -> list[Extremes]:
    """The most that each event day with a trade could lose and win, in no order."""
    found: dict[date, Extremes] = {}
    columns = (trades.market, trades.is_buy, trades.price, trades.count, trades.fee)
    for event in np.unique(trades.event):
        own = trades.event == event
        fills = zip(*(column[own].tolist() for column in columns), strict=True)
        legs = int(trades.tape.markets[event + 1] - trades.tape.markets[event])
        day = trades.tape.days[event].item()
        of_event = extremes(((which, Side.BID if buys else Side.ASK, *rest) for which, buys, *rest in fills), legs)
        found[day] = found.get(day, NO_EXTREMES).beside(of_event)
    return list(found.values())


def _by_event(trades: Trades) -> list[float]:
    """Gain of each event that was traded [dollars]."""
    gains = np.bincount(trades.event, trades.gain, len(trades.tape.events))
    return [usd(int(gains[event])) for event in np.unique(trades.event)]


def _against(word: Word, reason: str, luck: Mapping[str, Any] | None) -> str | None:
    """Why a set is not clear of luck; None where it is."""
    if word is not Word.EARNS:
        return f"{word}: {reason}"
    if luck is None:
        return "it gained the same every day, and luck cannot be told"
    if luck["deflated_sharpe"] < LEAST_DEFLATED:
        return f"its deflated Sharpe ratio is {luck['deflated_sharpe']:.2f}, {LEAST_DEFLATED:g} is asked"
    return None
