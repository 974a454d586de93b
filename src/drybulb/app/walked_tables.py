"""`drybulb walkforward` laid out as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console

from drybulb.app.console_tables import print_notes, print_table
from drybulb.app.explained_tables import Section
from drybulb.app.worth_words import tried_sentences, verdict_sentence

Document = dict[str, Any]

_NONE = "–"
_WINDOWS = ("window from", "models until", "city", "thresholds ¢", "settled days", "sets", "best", "luck")
_GAINS = ("", "events", "fills", "fees $", "P&L $", "a day $", "90 %", "configured $")
_OPENINGS = ("opening", "of", "at", "reason", "question", "")


def show(console: Console, document: Document) -> None:
    """Print a document of schema ``walkforward/1``: choices, gains, then in sentences what they are worth."""
    chosen = _chosen(document)
    print_table(console, chosen.title, chosen.columns, chosen.rows)
    for sentence in _because(document):
        console.print(sentence, highlight=False, markup=False, soft_wrap=True)
    for section in (_gained(document), _opened(document)):
        print_table(console, section.title, section.columns, section.rows)
    for sentence in _sentences(document):
        console.print(sentence, style="bold", highlight=False, markup=False, soft_wrap=True)
    print_notes(console, document["notes"])


def _chosen(document: Document) -> Section:
    rows: list[tuple[Any, ...]] = []
    for window in document["windows"]:
        if window["selection"] is None:
            rows.append((window["window"][0], _NONE, window["status"], *[_NONE] * 5))
            continue
        until = window["models"].get("until", _NONE)[:10]
        for city, found in window["selection"]["cities"].items():
            luck = _NONE if found["tried"] is None else f"{found['tried']['deflated_sharpe']:.2f}"
            seen = (found["event_days"], found["sets"], found["best"] or _NONE, luck)
            rows.append((window["window"][0], until, city, _edges(found), *seen))
    return Section("chosen before each window; luck: deflated Sharpe ratio of the best set", _WINDOWS, rows)


def _because(document: Document) -> Iterator[str]:
    """Why each choice was made, a line for all windows and cities with the same reason."""
    places: dict[str, list[str]] = {}
    for window in document["windows"]:
        if window["selection"] is None:
            places.setdefault(window["why"], []).append(window["window"][0])
            continue
        for city, found in window["selection"]["cities"].items():
            places.setdefault(found["why"], []).append(f"{window['window'][0]} {city}")
    for why, where in places.items():
        yield f"{', '.join(where)}: {why}"


def _edges(found: Mapping[str, Any]) -> str:
    pair = found["min_edge_cents"]
    if pair is None:
        return "stands down"
    return f"{pair[0]:g}, {pair[1]:g}{'' if found['is_selected'] else ' kept'}"


def _gained(document: Document) -> Section:
    rows = [_gain(one["window"][0], one) for one in document["windows"] if one["selection"] is not None]
    rows += [_gain(city, found) for city, found in document["by_city"].items()]
    rows.append(_gain("all", document))
    title = "gains of the replay; each window begins with the whole bankroll"
    return Section(title, _GAINS, rows if document["chosen"]["events"] else [])


def _gain(name: str, found: Document) -> tuple[Any, ...]:
    chosen = found["chosen"]
    return (
        name,
        chosen["events"],
        chosen["fills"],
        f"{chosen['fees_usd']:,.0f}",
        f"{chosen['pnl_usd']:,.0f}",
        *_per_day(chosen["pnl_per_day"]),
        f"{found['configured']['pnl_usd']:,.0f}",
    )


def _per_day(found: Mapping[str, Any]) -> tuple[str, str]:
    mean, ends = found["mean"], found["ci90"]
    return (
        _NONE if mean is None else f"{mean:,.2f}",
        _NONE if ends is None else f"{ends[0]:,.2f} … {ends[1]:,.2f}",
    )


def _opened(document: Document) -> Section:
    rows = [
        (one["number"], " … ".join(one["window"]), *_asked(one), "this" if one["is_this"] else "another")
        for one in document["openings"]
    ]
    return Section("openings of days of this walk, as the last window of a walk", _OPENINGS, rows)


def _asked(opening: Mapping[str, Any]) -> tuple[str, str, str]:
    return opening["at"][:16], opening["reason"], opening["question"][:7]


def _sentences(document: Document) -> Iterator[str]:
    if not document["chosen"]["events"]:
        yield "No window was traded."
        return
    yield verdict_sentence(f"Walk of policy {document['policy']}", document["chosen"])
    mean, ends = _per_day(document["less_configured"])
    if any(found["is_selected"] or found["min_edge_cents"] is None for found in _choices(document)):
        yield f"What was chosen gained {mean} $ a day more than what is configured; 90 %: {ends}."
    yield from tried_sentences(document["tried"], "This walk")
    for city, found in document["by_city"].items():
        luck = found["screened"]
        if luck is not None and luck["overfitting"] is not None:
            yield (
                f"Selecting in {city}: of {luck['trials']} sets screened, the best of one half of the days is in the"
                f" worse half on the others in {100 * luck['overfitting']:.0f} % of the ways to halve them."
            )


def _choices(document: Document) -> Iterator[Mapping[str, Any]]:
    """What was chosen of every city in every window that was traded."""
    for window in document["windows"]:
        if window["selection"] is not None:
            yield from window["selection"]["cities"].values()
