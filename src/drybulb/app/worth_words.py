"""What the result of a run is worth, in words and as tables, for the terminal and for pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from drybulb.app.explained_tables import Section
from drybulb.app.reporting.parts import Table, unbroken
from drybulb.app.reporting.sentences import city_name, money, signed, span

TITLE = "what this is worth"

_NONE, _MINUS = "–", "−"
_CENTS = 100.0
_ON_PAGE = (
    "",
    "verdict",
    "days traded",
    "days needed",
    "less its two best events",
    "drawdown",
    "Sharpe a day",
    "turnover",
    "capital-days",
    "P&L a capital-day",
)
_IN_TERMINAL = (
    "",
    "days traded",
    "days needed",
    "less 2 best $",
    "Sharpe a day",
    "turnover $",
    "¢ a $ and day",
    "90 %",
)
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OnPage:
    """The section of a page: sentences, then a table."""

    said: Sequence[str]
    table: Table


def verdict_sentence(policy: str, part: Row) -> str:
    """Write the verdict on a run, such as *S: too early to say, for the 90 % interval of a day holds zero*."""
    worth = part["worth"]
    return f"{policy}: {worth['verdict']}, for {worth['reason']}."


def in_terminal(document: Row) -> Section:
    """Return the table of a run for a terminal: the whole, and each city that traded.

    Args:
        document: ``backtest/1``.
    """
    rows = [[name, *_terminal_cells(part["worth"])] for name, part in _parts(document)]
    return Section(TITLE, _IN_TERMINAL, rows if document["total"]["fills"] else [])


def on_page(document: Row, tried: Row | None) -> OnPage:
    """Return the section of a page.

    Args:
        document: ``backtest/1``.
        tried: the block ``tried`` that judges this run; None where its gains never vary.
    """
    verdict = verdict_sentence(f"Policy {document['policy']}", document["total"])
    said = [unbroken(sentence) for sentence in (verdict, *tried_sentences(tried, "This run"))]
    rows = [[unbroken(cell) for cell in page_row(name, part)] for name, part in _parts(document)]
    return OnPage(said, Table("What it is worth, whole and by city", _ON_PAGE, rows))


def compared_in_terminal(document: Row) -> Section:
    """Return the table of runs side by side for a terminal, the whole of each.

    Args:
        document: ``compare/1``.
    """
    rows = [[row["run"], *_terminal_cells(row["worth"])] for row in _wholes(document)]
    return Section("what each is worth", _IN_TERMINAL, rows)


def compared_on_page(document: Row) -> Table:
    """Return the table of runs side by side for a page, the whole of each.

    Args:
        document: ``compare/1``.
    """
    rows = [[unbroken(cell) for cell in page_row(row["run"], row)] for row in _wholes(document)]
    return Table("What each is worth", _ON_PAGE, rows)


def _wholes(document: Row) -> Iterator[Row]:
    return (row for row in document["rows"] if (row["city"], row["lead"]) == ("all", "all"))


def tried_sentences(tried: Row | None, name: str) -> Iterator[str]:
    """Yield what the luck of the best of many leaves of a trial.

    Args:
        tried: the block ``tried``; None says nothing.
        name: what the trial that is judged is called.
    """
    if tried is None:
        return
    if tried["trials"] == 1:
        yield "Nothing else is known to have been tried on this window and these cities: nothing is taken off for luck."
        return
    yield (
        f"{name} is one of {tried['trials']:,} tried on this window and these cities, which amount to"
        f" {tried['independent']:,.1f} independent trials. The best of as many worthless ones would have a Sharpe ratio"
        f" of {signed(tried['sharpe_by_chance'], 2)} a day by luck, it has {signed(tried['sharpe_per_day'], 2)}: the"
        f" probability that it is more than luck, its deflated Sharpe ratio, is {tried['deflated_sharpe']:.2f}."
    )
    if tried["overfitting"] is not None:
        yield (
            f"Of the ways to choose the best trial on half of {tried['blocks']} blocks of days,"
            f" {100 * tried['overfitting']:.0f} % leave it in the worse half of all trials on the other blocks: the"
            " probability of backtest overfitting, about one half where none of many has an edge."
        )


def page_row(name: str, part: Row) -> list[str]:
    """Return the cells of one part of a run for a page."""
    worth = part["worth"]
    return [
        name,
        worth["verdict"],
        f"{worth['days_traded']:,} of {worth['event_days']:,}",
        _whole(worth["days_needed"]),
        money(worth["pnl_without_two_best_usd"], signed=True),
        money(part["max_drawdown_usd"]),
        _ratio(worth["sharpe_per_day"]),
        money(worth["turnover_usd"]),
        _NONE if worth["capital_days_usd"] is None else money(worth["capital_days_usd"]),
        "\n".join(_on_capital(worth["pnl_per_capital_day"], " ¢")),
    ]


def _terminal_cells(worth: Row) -> list[str]:
    mean, interval = (*(cell.replace(_MINUS, "-") for cell in _on_capital(worth["pnl_per_capital_day"], "")), _NONE)[:2]
    return [
        f"{worth['days_traded']:,}",
        _whole(worth["days_needed"]),
        f"{worth['pnl_without_two_best_usd']:,.2f}",
        _ratio(worth["sharpe_per_day"]).replace(_MINUS, "-"),
        f"{worth['turnover_usd']:,.0f}",
        mean,
        interval,
    ]


def in_words(document: Row) -> Iterator[str]:
    """Yield the verdict on a run, then on each city that traded where there is more than one.

    Args:
        document: ``backtest/1``.
    """
    whole, *cities = _parts(document)
    yield verdict_sentence(f"policy {document['policy']}", whole[1])
    if len(cities) > 1:
        yield from (verdict_sentence(name, part) for name, part in cities)


def _parts(document: Row) -> Iterator[tuple[str, Row]]:
    yield "all", document["total"]
    yield from ((city_name(key), part) for key, part in document["cities"].items() if part["fills"])


def _on_capital(found: Row | None, unit: str) -> list[str]:
    """Cents that a dollar at stake brings a day and, where there is one, the interval."""
    if found is None:
        return [_NONE]
    mean, ends = f"{signed(_CENTS * found['mean'], 2)}{unit}", found["ci90"]
    return [mean] if ends is None else [mean, span((_CENTS * ends[0], _CENTS * ends[1]), 2)]


def _whole(number: int | None) -> str:
    return _NONE if number is None else f"{number:,}"


def _ratio(number: float | None) -> str:
    return _NONE if number is None else signed(number, 2)
