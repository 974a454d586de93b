"""The page of a run: what its files say, as HTML."""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import Environment, PackageLoader, StrictUndefined

from drybulb.app import charts
from drybulb.app.page_parts import Picture, Table
from drybulb.app.reported import CityPart, Part, Reported
from drybulb.app.score_parts import score_pictures, score_tables
from drybulb.app.sentences import LEADS, city_name, counts, money, sentences, span


def page(reported: Reported) -> str:
    """Return the page as HTML."""
    run, verified = reported.run, reported.verified
    environment = Environment(
        loader=PackageLoader("drybulb.app"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(
        run=run,
        found=[_unbroken(sentence) for sentence in sentences(reported)],
        result=_result(reported),
        equity=_equity(reported),
        cities=_small(reported),
        scores=[] if verified is None else score_tables(verified),
        score_pictures=[] if verified is None else score_pictures(verified),
        verified=verified,
        beliefs=_counts("Beliefs, by source", "beliefs", run.cities, _sources),
        refused=_counts("Events that could not be replayed", "events", run.cities, lambda part: part.refused),
        not_traded=_ordered("Why nothing was traded, minute by minute", run.not_traded),
    )


def _unbroken(sentence: str) -> str:
    """Join a minus to its dollars, so that no line ends between them."""
    return sentence.replace("−$", "−\u2060$")


def _part_row(name: str, part: Part) -> list[str]:
    events = f"{part.events:,}" if isinstance(part, CityPart) else "–"
    # Of days on which nothing could be gained, a mean and its interval say nothing.
    mean, interval = (part.pnl_per_day.mean, part.pnl_per_day.ci90) if part.fills else (None, None)
    return [
        name,
        events,
        f"{part.orders:,}",
        f"{part.fills:,}",
        f"{part.contracts:,.0f}",
        money(part.fees_usd),
        money(part.pnl_usd, signed=True),
        "–" if mean is None else money(mean, signed=True),
        "–" if interval is None else span(interval, 2),
        money(part.max_drawdown_usd),
    ]


def _result(reported: Reported) -> Table:
    run = reported.run
    names = ("", "events", "orders", "fills", "contracts", "fees", "P&L", "P&L a day", "90 % interval [$]", "drawdown")
    leads = [_part_row(LEADS[lead], part) for lead, part in sorted(run.by_lead.items(), reverse=True)]
    cities = [_part_row(city_name(key), part) for key, part in run.cities.items()]
    return Table("Result, by city and by lead", names, [_part_row("all", run.total), *cities, *leads])


def _equity(reported: Reported) -> Picture | None:
    equity = reported.equity
    if not equity.days:
        return None
    caption = "Profit and loss so far, by event day, and how far it stands below its best moment."
    return Picture.drawn(
        caption, lambda width: charts.equity(equity.days, equity.total, width=width, name=f"equity{width}")
    )


def _small(reported: Reported) -> list[str]:
    """Pictures of the cities that traded."""
    equity = reported.equity
    traded = {key: gains for key, gains in equity.cities.items() if reported.run.cities[key].fills}
    if not traded:
        return []
    bounds = charts.shared_bounds(traded)
    return [
        charts.small_equity(equity.days, gains, bounds=bounds, title=city_name(key), name=f"city{number}")
        for number, (key, gains) in enumerate(traded.items())
    ]


def _counts(caption: str, noun: str, cities: dict[str, CityPart], of: Callable[[CityPart], dict[str, int]]) -> Table:
    rows = [[city_name(key), f"{sum(of(part).values()):,}", counts(of(part)) or "–"] for key, part in cities.items()]
    return Table(caption, ("city", noun, "which"), rows)


def _sources(part: CityPart) -> dict[str, int]:
    """Beliefs by who spoke, or why nobody did."""
    return {source.replace("none:", "none: "): number for source, number in part.beliefs.items()}


def _ordered(caption: str, found: dict[str, int]) -> Table:
    rows = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return Table(caption, ("reason", "times"), [[reason, f"{times:,}"] for reason, times in rows])
