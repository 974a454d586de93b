"""The plain words of the backtest's page: every sentence is made of the document's numbers, its verdict included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from bench.traded_doubts import doubts, held_against, paired
from bench.traded_luck import above_chance
from bench.traded_places import silent, where_to_trade
from bench.traded_plan import HYBRID, WAYS
from bench.traded_shown import (
    NAIVE,
    QUOTED,
    WAY,
    by_official,
    called,
    cities,
    desk_of,
    further,
    gained,
    honest,
    is_clear,
    is_filled,
    part,
    percent,
    whole,
    word,
)
from drybulb.app.markdown import interval, item, number, title
from drybulb.app.reporting.sentences import counted, listed, money
from drybulb.engine.fills import Fills
from drybulb.verification import Word

Row = dict[str, Any]

SURE = 0.95
"""Probability of being better than the best of chance from which a gain counts as shown."""
_TAKER, _MAKER = str(Fills.TAKER), str(Fills.MAKER_PESSIMISTIC)


def plainly(document: Row) -> list[str]:
    """What the backtest says, most important first.

    Args:
        document: of the bench.
    """
    lines = ["## In plain words", ""]
    said = [
        *_does_it_earn(document),
        *(found for window in document["windows"] for found in _headline(window)),
        *_naive(document),
        *doubts(document),
        *where_to_trade(document),
        *silent(document),
        *_fees(document),
        *_pulled(document),
        *_halted(document),
        *_evidence(document),
    ]
    for sentence in said:
        lines += item(sentence)
    return [*lines, ""]


def words(desks: Sequence[Row]) -> Counter[str]:
    """How many desks earn, lose, and cannot be told yet, of those with a fill."""
    return Counter(word(whole(desk)) for desk in desks if is_filled(desk))


def _does_it_earn(document: Row) -> Iterator[str]:
    desks = [(window, desk) for window in document["windows"] for desk in honest(window)]
    found = words([desk for _, desk in desks])
    tried = (
        f"of {counted(len(desks), 'desk')} tried (a policy, a way of being filled, a window), {sum(found.values())}"
        f" were filled at all: {found[Word.EARNS]} earn, {found[Word.LOSES]} lose, of {found[Word.TOO_EARLY]} it is too"
        " early to say"
    )
    earns = [(window, desk) for window, desk in desks if is_filled(desk) and word(whole(desk)) == Word.EARNS]
    takers = [desk for _, desk in desks if desk["fills"] == Fills.TAKER and is_filled(desk)]
    tried += f"; of {counted(len(takers), 'taker')} that were filled {words(takers)[Word.EARNS] or 'none'} earned"
    solid = [
        (window, desk) for window, desk in desks if desk["fills"] != Fills.MAKER_OPTIMISTIC and is_clear(whole(desk))
    ]
    if not solid:
        hoped = f" Those that earn are optimistic makers: {_named(earns)}." if earns else ""
        yield f"**Does it make money? Not shown:** {tried}.{hoped}"
        return
    held = [_held(document, window, desk) for window, desk in solid]
    is_shown = any(
        word(whole(desk)) == Word.EARNS and not doubted and (_above(window, desk) or 0.0) >= SURE
        for (window, desk), (_, doubted) in zip(solid, held, strict=True)
    )
    yield (
        f"**Does it make money? {'Some desks did' if is_shown else 'Not shown'}:** {tried}. Without the optimistic"
        f" makers the gain of {counted(len(solid), 'desk')} is clear of zero: {_named(solid)}."
    )
    yield from (sentence for sentences, _ in held for sentence in sentences)


def _held(document: Row, window: Row, desk: Row) -> tuple[list[str], bool]:
    """What is left of a gain under each doubt, and whether any of them takes it away."""
    told: dict[bool, list[str]] = {True: [], False: []}
    for said, one in held_against(document, window, desk):
        told[one["pnl_per_day"]["ci90"][0] > 0.0].append(f"{said}: {gained(one)}")
    name = f"{called(desk)}, on {QUOTED[window['name']]}"
    sentences = []
    if desk["beside"] is not None:
        found, emptied = desk["beside"], desk["beside"]["emptied"]
        sentences.append(
            f"{name.capitalize()} took {percent(found['taken'])} of the contracts of the prints that filled it, and"
            f" {emptied['prints']:,} of {found['prints']:,} prints whole, which bring"
            f" {money(emptied['pnl_usd'], signed=True)} of its gain."
        )
    sentences.append(f"The verdict on {name}: {whole(desk)['worth']['verdict']}; {whole(desk)['worth']['reason']}.")
    if told[False]:
        sentences.append(f"**Not clear of zero** is {name}, {'; '.join(told[False])}: too early to say.")
    if told[True]:
        sentences.append(f"Clear of zero it stays {'; '.join(told[True])}.")
    return sentences, bool(told[False])


def _above(window: Row, desk: Row) -> float | None:
    """Probability that a desk is better than the best of chance; None where that cannot be told."""
    found = window["luck"]["desks"]
    return None if found is None else above_chance(list(whole(desk)["days"].values()), found["by_chance"])


def _named(earns: Sequence[tuple[Row, Row]]) -> str:
    """Desks that earn, each with what it gained and how far above the best of chance it is."""
    told = []
    for window, desk in earns:
        chance = _above(window, desk)
        sure = "" if chance is None else f", better than the best of chance with a probability of {chance:.2f}"
        one = whole(desk)
        told.append(f"{called(desk)}, on {QUOTED[window['name']]} {gained(one)}{by_official(one)}{sure}")
    return listed(told)


def _headline(window: Row) -> Iterator[str]:
    """The hybrid in the three ways, in one window."""
    said = []
    for way in WAYS:
        desk = desk_of(window, HYBRID, str(way))
        if desk is not None:
            one = whole(desk)
            what = f"{gained(one)}: {_judged(one)}" if one["fills"] else "nothing was filled"
            said.append(f"as {'an' if way is Fills.MAKER_OPTIMISTIC else 'a'} {WAY[str(way)]} {what}")
    desk = desk_of(window, HYBRID, _MAKER) or desk_of(window, HYBRID, _TAKER)
    if desk is None or not whole(desk)["days"]:
        return
    days = len(whole(desk)["days"])
    filled = [city for city in cities(window) if (own := part(desk, city)) is not None and own["fills"]]
    idle = [title(city) for city in cities(window) if city not in filled]
    names = listed(map(title, filled)) if filled else f"{listed(idle)}, where it traded nothing"
    names += f", and nothing in {listed(idle)}" if filled and idle else ""
    yield (
        f"**{QUOTED[window['name']].capitalize()}** ({names}; {counted(days, 'event day')} from {window['start']} to"
        f" {window['end']}), the hybrid: {'; '.join(said)}.{_idle(window)}"
    )


def _idle(window: Row) -> str:
    """Why a taker was not filled, and whether he was without the calendar."""
    desk, free = desk_of(window, HYBRID, _TAKER), desk_of(window, HYBRID, _TAKER, is_pulled=False)
    if desk is None or free is None or is_filled(desk):
        return ""
    refused = sorted(desk["not_traded"].items(), key=lambda pair: (-pair[1], pair[0]))
    why = f", most often refused for: {listed(reason for reason, _ in refused[:3])}" if refused else ""
    one = whole(free)
    return (
        f" The taker sent {counted(whole(desk)['orders'], 'order')}{why}; without the calendar of releases"
        f" it sent {counted(one['orders'], 'order')} and had {counted(one['fills'], 'fill')}: one quote a day leaves"
        " none to fill against. These days are no evidence, for or against."
    )


def _judged(one: Row) -> str:
    """The verdict, with the event days that would tell."""
    days = further(one)
    return f"{word(one)}{'' if days is None else f' (about {days:,} more event days would tell)'}"


def _naive(document: Row) -> Iterator[str]:
    """What the usual assumption would have shown."""
    told = []
    for window in document["windows"]:
        naive, taker = desk_of(window, HYBRID, NAIVE), desk_of(window, HYBRID, _TAKER)
        if naive is not None and taker is not None and whole(naive)["fills"]:
            told.append(
                f"on {QUOTED[window['name']]} {money(whole(naive)['pnl_usd'], signed=True)} instead of"
                f" {money(whole(taker)['pnl_usd'], signed=True)}"
            )
    if told:
        yield (
            "Filled at once, whole, at the price it decided on, carried or not (*naive*), the same hybrid would show"
            f" {listed(told)}. Nobody could have traded so."
        )


def _fees(document: Row) -> Iterator[str]:
    """What today's fees would have made of the same trades."""
    for window in document["windows"]:
        desk = desk_of(window, HYBRID, _TAKER)
        if desk is None or not whole(desk)["fills"]:
            continue
        found = {row["tariff"]: row for row in desk["tariffs"]}
        today, direct = found["today"], found["direct"]
        yield (
            f"Fees, on {QUOTED[window['name']]}: as a taker the hybrid paid {money(whole(desk)['fees_usd'])} by the"
            f" schedule of the day; the same trades under today's rounding cost {money(today['fees_usd'])} and gain"
            f" {money(today['pnl_usd'], signed=True)} (a day {interval(today['pnl_per_day']['ci90'], 1)}), for a direct"
            f" member {money(direct['pnl_usd'], signed=True)}."
        )


def _pulled(document: Row) -> Iterator[str]:
    """What being near a release costs a maker, where the calendar does not hold."""
    for window in document["windows"]:
        free = desk_of(window, HYBRID, _MAKER, is_pulled=False)
        held = desk_of(window, HYBRID, _MAKER)
        if free is None or held is None or not whole(free)["fills"]:
            continue
        rows = {name: {row["horizon"]: row for row in free["markouts"][name]} for name in ("release", "elsewhere")}
        told = []
        for name, words_ in (("release", "near a release"), ("elsewhere", "elsewhere")):
            row = rows[name].get("30min")
            if row is not None and row["mean_cents"] is not None:
                sure = "" if row["ci90"] is None else f" ({interval(row['ci90'], 2)})"
                told.append(f"{words_} {number(row['mean_cents'], 2)} ¢{sure} on {counted(row['fills'], 'fill')}")
        if told:
            fresh = sum(rows[name]["30min"]["fills"] for name in rows if "30min" in rows[name])
            benefit = paired(whole(held)["days"], whole(free)["days"], document["seed"])
            yield (
                f"Picked off, on {QUOTED[window['name']]}: half an hour after a fill the price had moved, for a"
                f" pessimistic maker whose quotes also rest through releases, {listed(told)}; that desk gained"
                f" {gained(whole(free))} with {counted(whole(free)['fills'], 'fill')}, the one that pulls them"
                f" {gained(whole(held))} with {counted(whole(held)['fills'], 'fill')}: {benefit}. Only"
                f" {percent(fresh / whole(free)['fills'])} of the fills have a fresh quote half an hour later; of the"
                " others nothing is known."
            )


def _evidence(document: Row) -> Iterator[str]:
    """What the windows could have shown at all, and how often the locked one was looked at."""
    told, parts = list[str](), list[str]()
    for window in document["windows"]:
        desk = desk_of(window, HYBRID, _MAKER)
        ends = None if desk is None or not is_filled(desk) else whole(desk)["pnl_per_day"]["ci90"]
        if ends is not None:
            told.append(f"{money((ends[1] - ends[0]) / 2)} a day on {QUOTED[window['name']]}")
        if desk is None or not is_filled(desk):
            continue
        here = [city for city in cities(window) if (one := part(desk, city)) is not None and one["fills"]]
        printed = sum(window["printed"][city] for city in here)
        if printed:
            share = whole(desk)["contracts"] / printed
            parts.append(
                f"its fills on {QUOTED[window['name']]} are {100 * share:.2f} % of all contracts printed in"
                f" {listed(map(title, here))}"
            )
    looks = [f"opening {one['number']} of {one['window']}" for one in document["openings"]]
    opened = f" This page is {listed(looks)}." if looks else ""
    if told:
        yield (
            "What the evidence is worth: as a pessimistic maker the hybrid would have had to gain about"
            f" {listed(told)} to be told from nothing{'; ' + listed(parts) if parts else ''}.{opened}"
        )


def _halted(document: Row) -> Iterator[str]:
    """What the default limits make of the hybrid."""
    told = []
    for window in document["windows"]:
        for way in (_MAKER, _TAKER):
            desk = desk_of(window, HYBRID, way, is_halted=True)
            if desk is not None and desk["halted"] is not None:
                one = whole(desk)
                told.append(
                    f"as a {WAY[way]} on {QUOTED[window['name']]} on {desk['halted']}, {gained(one)}: {word(one)}"
                )
    if told:
        yield (
            f"The default limits, ${document['halt_usd']:,} below the highest with what open events can still lose,"
            f" halt the hybrid {'; '.join(told)}. No other desk here is halted by them: its whole window is seen."
        )
