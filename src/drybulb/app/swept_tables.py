"""What `drybulb sweep` found laid out as tables, for the terminal and for its page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console

from drybulb.app.console_tables import print_notes, print_table
from drybulb.app.explained_tables import Section
from drybulb.app.reporting.parts import Table, unbroken
from drybulb.app.reporting.sentences import city_name, counted, money, signed, span

Document = Mapping[str, Any]

#: Sets that the screen ranked which are shown; the JSON has all.
SHOWN = 10
NO_RESULT = "by the screen, which ranks and is no result"

_RANKED = ("edge ¢ D", "edge ¢ D-1", "weight", "touched", "fills", "flat $ a day")
_REPLAYED = ("set", "fills", "P&L $", "a day $, 90 %", "Sharpe a day", "more a day $, 90 %", "halted")
_ON_PAGE = ("set", "fills", "P&L", "a day", "more a day", "drawdown", "fees", "Sharpe a day", "halted")
_BUDGETS = ("city", "set", "a day $, 90 %", "counts ¢ a $", "share %", "budget")
_NONE = "–"


def show(console: Console, document: Document) -> None:
    """Print a document ``sweep/1``: of each city what was replayed, what the screen ranks highest, what is proposed."""
    asked = f"window {' … '.join(document['window'])}, beliefs of {document['forecaster']}, fills {document['fills']}"
    console.print(f"{asked}; intervals are of 90 % of an event day", highlight=False, soft_wrap=True)
    for city, found in document["cities"].items():
        for section in (replayed(city, found), ranked(city, found, SHOWN)):
            rows = [[_plain(cell) for cell in row] for row in section.rows]
            print_table(console, section.title, section.columns, rows)
    for section in shared(document):
        print_table(console, section.title, section.columns, [[_plain(cell) for cell in row] for row in section.rows])
    for sentence in sentences(document):
        console.print(sentence, style="bold", highlight=False, markup=False, soft_wrap=True)
    print_notes(console, notes(document))
    console.print(f"in {document['out']}: sweep.html, proposal.toml, replays", highlight=False, soft_wrap=True)


def _plain(cell: int | str) -> int | str:
    """A cell as a terminal lines numbers up: with the minus of the keyboard."""
    return cell.replace("−", "-") if isinstance(cell, str) else cell


def replayed(city: str, found: Document) -> Section:
    """Return the desks of a city, the settings in force first; a set's name has all of its values."""
    rows = []
    for row in found["replayed"]:
        day, more, sharpe = (
            _interval(row["pnl_per_day"]),
            _interval(row["less_configured"]),
            row["worth"]["sharpe_per_day"],
        )
        ratio = _NONE if sharpe is None else signed(sharpe, 2)
        rows.append((row["name"], row["fills"], signed(row["pnl_usd"], 2), day, ratio, more, _halted(row)))
    return Section(_replayed_on(city, found), _REPLAYED, rows)


def on_page(city: str, found: Document) -> Table:
    """Return the same for a page, with more of each; what is small there is intervals."""
    return Table(_replayed_on(city, found), _ON_PAGE, [_page_row(row) for row in found["replayed"]])


def ranked(city: str, found: Document, most: int | None = None) -> Section:
    """Return the sets that were screened in a city, the best first; all, or so many."""
    return Section(f"{city_name(city)}, {NO_RESULT}", _RANKED, [_ranked(row) for row in found["screened"][:most]])


def shared(document: Document) -> Iterator[Section]:
    """Yield how the cities would share the bankroll; nothing where one was swept alone."""
    found = document["budgets"]
    if found is None:
        return
    rows = [
        (
            city_name(city),
            one["set"] or _NONE,
            _interval(one["pnl_per_day"]),
            f"{100.0 * one['counted']:.2f}",
            f"{100.0 * one['share']:.2f}",
            _NONE if one["budget"] is None else f"{one['budget']:g}",
        )
        for city, one in found["cities"].items()
    ]
    yield Section(f"Budgets, on {counted(found['days'], 'event day')} that all cities have", _BUDGETS, rows)


def sentences(document: Document) -> Iterator[str]:
    """Yield one sentence a city: what is proposed, or why nothing is; of several one more, on their budgets."""
    for city, found in document["cities"].items():
        name = city_name(city)
        if found["best"] is None:
            yield f"{name}: no set traded in the replay; nothing is proposed."
        elif found["carried"]:
            yield f"{name}: {found['best']} is proposed; test it on days that nobody has looked at."
        else:
            first, others = found["against"][0], len(found["against"]) - 1
            more = f"; {counted(others, 'thing')} more against it" if others else ""
            yield f"{name}: nothing is proposed. Of the best, {found['best']}: {first}{more}."
    if document["budgets"] is not None:
        said = document["budgets"]["sentence"]
        yield f"{said[0].upper()}{said[1:]}."


def notes(document: Document) -> Iterator[str]:
    """Yield what a reader of the numbers must know, each with its city."""
    for city, found in document["cities"].items():
        yield from (f"{city_name(city)}: {note}" for note in found["notes"])


def _ranked(row: Document) -> tuple[Any, ...]:
    first, second = row["min_edge_cents"]
    gain = signed(row["flat_gain_per_day_usd"], 2)
    return (f"{first:g}", f"{second:g}", f"{row['weight']:g}", row["touched"], row["fills"], gain)


def _page_row(row: Document) -> list[str]:
    sharpe = row["worth"]["sharpe_per_day"]
    return [
        row["name"],
        f"{row['fills']:,}",
        unbroken(money(row["pnl_usd"], signed=True)),
        _with_interval(row["pnl_per_day"]),
        _with_interval(row["less_configured"]),
        money(row["max_drawdown_usd"]),
        money(row["fees_usd"]),
        _NONE if sharpe is None else signed(sharpe, 2),
        _halted(row),
    ]


def _replayed_on(city: str, found: Document) -> str:
    return f"{city_name(city)}, replayed on {counted(found['events'], 'event')}"


def _halted(row: Document) -> str:
    return _NONE if row["halted_at"] is None else str(row["halted_at"])[:10]


def _with_interval(found: Document | None) -> str:
    """A mean, and below it its interval where there is one."""
    if found is None or found["mean"] is None:
        return _NONE
    mean = unbroken(money(found["mean"], signed=True))
    return mean if found["ci90"] is None else f"{mean}\n{unbroken(_interval(found))}"


def _interval(found: Document | None) -> str:
    return _NONE if found is None or found["ci90"] is None else span(found["ci90"], 2)
