"""What a comparison of runs found, in plain words, and the tables beside them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from drybulb.app.explained_tables import Section
from drybulb.app.reporting.sentences import LEADS, city_name, counted, listed, money, span

ALL = "all"
_NONE = "–"
_LEVEL = "90\N{NO-BREAK SPACE}%"
Row = Mapping[str, Any]


def found(total: Sequence[Row], events: int) -> list[str]:
    """Return what a reader should know first.

    Args:
        total: rows of ``compare/1`` about the whole, a run each, the first one first.
        events: number of events compared.
    """
    made = listed(f"{row['run']} made {money(row['pnl_usd'], signed=True)}" for row in total)
    return [f"On the same {counted(events, 'event')}, {made}.", *(_compared(row, total[0]["run"]) for row in total[1:])]


def _compared(row: Row, first: str) -> str:
    less, name = row["less_first"], row["run"]
    if less["ci90"] is None:
        return f"{name} against {first}: {money(less['usd'], signed=True)}; one day cannot tell chance from skill."
    low, high = less["ci90"]
    verdict = f"{name} was better" if low > 0 else f"{first} was better" if high < 0 else "neither is shown better"
    return (
        f"{name} less {first}: {money(less['mean'], signed=True)} a day (90 %: {span(less['ci90'], 2)}), so {verdict}."
    )


def page_sections(document: Row) -> Iterator[Section]:
    """Yield the tables of what the runs did: the whole and by lead, by city, by city and lead."""
    first, rows = _first(document), document["rows"]
    # On a phone the last columns are out of sight.
    columns = ("", "P&L", "P&L a day", f"a day less {first}", "drawdown", "fees", "fills", "contracts", "orders")
    parts: tuple[tuple[str, Callable[[Row], bool]], ...] = (
        ("all cities, and by lead", lambda row: row["city"] == ALL),
        ("by city", lambda row: row["city"] != ALL and row["lead"] == ALL),
        ("by city and lead", lambda row: row["city"] != ALL and row["lead"] != ALL),
    )
    for title, is_of in parts:
        yield Section(title, columns, [_on_page(row) for row in rows if is_of(row)])


def _on_page(row: Row) -> list[str]:
    return [
        f"{_part(row)}: {row['run']}",
        money(row["pnl_usd"], signed=True),
        _a_day(row["pnl_per_day"]),
        _a_day(row["less_first"]),
        money(row["max_drawdown_usd"]),
        money(row["fees_usd"]),
        f"{row['fills']:,}",
        f"{row['contracts']:,.0f}",
        f"{row['orders']:,}",
    ]


def terminal_sections(document: Row) -> Iterator[Section]:
    """Yield the same as narrow tables [$]: by lead and by city, but not by both."""
    first = _first(document)
    rows = [row for row in document["rows"] if ALL in (row["city"], row["lead"])]
    columns = ("", "run", "fills", "fees $", "P&L $", "drawdown $", f"P&L a day $, {_LEVEL}")
    yield Section("result, of the events that settled in every run", columns, [_in_terminal(row) for row in rows])
    yield Section(
        f"gain of an event day less that of {first}",
        ("", "run", "in all $", "a day $", _LEVEL),
        [_less(row, row["less_first"]) for row in rows if row["less_first"] is not None],
    )


def _in_terminal(row: Row) -> list[str]:
    amounts = (row["fees_usd"], row["pnl_usd"], row["max_drawdown_usd"])
    ends = row["pnl_per_day"]["ci90"]
    return [
        _part(row),
        row["run"],
        f"{row['fills']:,}",
        *(f"{amount:,.2f}" for amount in amounts),
        _NONE if ends is None else f"{ends[0]:,.2f} … {ends[1]:,.2f}",
    ]


def _less(row: Row, less: Row) -> list[str]:
    ends = less["ci90"]
    mean = _NONE if less["mean"] is None else f"{less['mean']:+,.2f}"
    return [
        _part(row),
        row["run"],
        f"{less['usd']:+,.2f}",
        mean,
        _NONE if ends is None else f"{ends[0]:,.2f} … {ends[1]:,.2f}",
    ]


def _first(document: Row) -> str:
    return str(document["runs"][0]["name"])


def _part(row: Row) -> str:
    city = "all" if row["city"] == ALL else city_name(row["city"])
    return city if row["lead"] == ALL else LEADS[row["lead"]] if row["city"] == ALL else f"{city}, {LEADS[row['lead']]}"


def _a_day(value: Row | None) -> str:
    """A mean and, below it, its interval."""
    if value is None or value["mean"] is None:
        return _NONE
    return "\n".join([money(value["mean"], signed=True), *([span(value["ci90"], 2)] if value["ci90"] else [])])


def setting_sections(document: Row) -> Iterator[Section]:
    """Yield the tables of what was not the same: settings with their values, and assumptions, and whose they are."""
    names = [run["name"] for run in document["runs"]]
    settings = [row for one in document["settings"] for row in _values(one["setting"], names, one["values"])]
    yield Section("settings that differ", ("setting", "run", "value"), settings)
    assumed = [[", ".join(one["runs"]), one["assumption"]] for one in document["assumptions"]]
    yield Section("assumed by some of the runs only", ("run", "assumption"), assumed)


def _values(setting: str, names: Sequence[str], values: Sequence[Any]) -> Iterator[list[str]]:
    """A row for each value of a setting, with the runs that have it."""
    whose: dict[str, list[str]] = {}
    for name, value in zip(names, map(_value, values), strict=True):
        whose.setdefault(value, []).append(name)
    yield from ([setting, ", ".join(runs), value] for value, runs in whose.items())


def run_section(document: Row) -> Section:
    """Return the table of which runs these are."""
    rows = [
        [run["name"], run["run"], f"{run['window'][0]} … {run['window'][1]}", run["digest"][:12], run["lake"][:12]]
        for run in document["runs"]
    ]
    return Section("runs", ("name", "folder", "window", "digest", "lake"), rows)


def _value(value: Any) -> str:  # noqa: ANN401 - a setting of any kind
    match value:
        case None:
            return _NONE
        case str():
            return value
        case list():
            return ", ".join(map(_value, value)) or "none"
    return json.dumps(value)
