"""What stands against a gain: the luck of the best of many, few events, one month, and a desk without any belief."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np

from bench.traded_plan import HYBRID
from bench.traded_shown import QUOTED, called, cities, desk_of, gained, honest, is_filled, part, percent, whole, word
from drybulb.app.markdown import interval, number, title
from drybulb.app.reporting.sentences import listed, money
from drybulb.app.tally import usd
from drybulb.engine.fills import Fills
from drybulb.verification import Word, block_length, day_bootstrap

Row = dict[str, Any]

_MAKER = str(Fills.MAKER_PESSIMISTIC)
#: Makes by the same rules as the others, and believes what the market says.
_CONTROL = "market"


def doubts(document: Row) -> Iterator[str]:
    """Say what stands against the gains of a window in which some desk earns.

    Args:
        document: of the bench.
    """
    for window in document["windows"]:
        if not any(is_filled(desk) and word(whole(desk)) == Word.EARNS for desk in honest(window)):
            continue
        yield from _luck(window)
        yield from _month(window)
        yield from _control(window, document["seed"])


def _month(window: Row) -> Iterator[str]:
    """What the hybrid gained without its best month."""
    desk = desk_of(window, HYBRID, _MAKER)
    if desk is None or whole(desk)["pnl_usd"] <= 0.0:
        return
    months = Counter[str]()
    for day, gain in whole(desk)["days"].items():
        months[day[:7]] += gain
    best, gain = min(months.items(), key=lambda pair: (-pair[1], pair[0]))
    rest, losing = sum(months.values()) - gain, sum(each < 0 for each in months.values())
    yield (
        f"One month, on {QUOTED[window['name']]}: of the {money(whole(desk)['pnl_usd'], signed=True)} of the hybrid as"
        f" a pessimistic maker {money(usd(gain), signed=True)} are of {best}; all other months together gained"
        f" {money(usd(rest), signed=True)}, and {losing} of {len(months)} lost."
    )


def _control(window: Row, seed: int) -> Iterator[str]:
    """The hybrid beside a desk that makes by the same rules and has no belief of ours, where the hybrid was filled."""
    mine, other = desk_of(window, HYBRID, _MAKER), desk_of(window, _CONTROL, _MAKER)
    if mine is None or other is None or not is_filled(mine) or not is_filled(other):
        return
    here = [city for city in cities(window) if (one := part(mine, city)) is not None and one["fills"]]
    gains = [_gains(desk, here) for desk in (mine, other)]
    days = sorted(gains[0])
    values = [usd(gains[0][day] - gains[1][day]) for day in days]
    found = day_bootstrap(
        [date.fromisoformat(day).toordinal() for day in days], values, seed, block=block_length(len(days))
    )
    low, high = float(found.low), float(found.high)
    said = "more" if low > 0 else "less" if high < 0 else "not clearly more or less"
    where = listed(title(city) for city in here)
    yield (
        f"What of it is the belief's, on {QUOTED[window['name']]}: *market*, which makes by the same rules and believes"
        f" what the market says, gained {money(usd(sum(gains[1].values())), signed=True)} in {where}, the hybrid"
        f" {money(usd(sum(gains[0].values())), signed=True)}: {said}, by {number(float(np.mean(values)), 1)} a day"
        f" ({interval((low, high), 1)})."
    )


def _gains(desk: Row, here: list[str]) -> Counter[str]:
    """Gains of some cities by event day [microdollars]."""
    found = Counter[str]()
    for city in here:
        one = part(desk, city)
        found.update({} if one is None else one["days"])
    return found


def _luck(window: Row) -> Iterator[str]:
    found = window["luck"]["desks"]
    if found is None:
        return
    desk = next(one for one in window["desks"] if one["name"] == found["best"])
    yield (
        f"Luck, on {QUOTED[window['name']]}: the best of {found['tried']} desks is {called(desk)},"
        f" {gained(whole(desk))}; that it is better than the best that chance makes of as many has a probability of"
        f" {found['probability']:.2f} (deflated Sharpe ratio), and the best of one half of the days is at or below the"
        f" median desk on the other half in {percent(found['overfitting'])} of the halvings, and loses there in"
        f" {percent(found['loses'])}."
    )
    yield from _without(window, desk)


def _without(window: Row, desk: Row) -> Iterator[str]:
    one = whole(desk)
    if one["pnl_usd"] <= 0 or not one["best"]:
        return
    best = listed(
        f"{title(each['city'])} {each['day']} ({money(each['gain_usd'], signed=True)})" for each in one["best"]
    )
    rest = one["worth"]["pnl_without_two_best_usd"]
    yield (
        f"Few events, on {QUOTED[window['name']]}: without {best} this best desk has {money(rest, signed=True)} left."
    )
