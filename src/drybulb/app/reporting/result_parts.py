"""The result of a run: its figures, its gains day by day, and its table by city and by lead."""

from __future__ import annotations

from drybulb.app.reporting import pictures
from drybulb.app.reporting.documents import CityPart, Part
from drybulb.app.reporting.parts import Figure, Picture, Table
from drybulb.app.reporting.reported import Reported
from drybulb.app.reporting.sentences import LEADS, city_name, counted, money, span


def figures(reported: Reported) -> list[Figure]:
    """Return the numbers a reader looks for first."""
    total = reported.run.total
    mean, *_ = _per_day(total)
    interval = total.pnl_per_day.ci90 if total.fills else None
    return [
        Figure("profit and loss", money(total.pnl_usd, signed=True), f"after {money(total.fees_usd)} of fees"),
        Figure("a day", mean, "no interval" if interval is None else f"90 %: {span(interval, 0)}"),
        Figure("deepest drawdown", money(total.max_drawdown_usd), "below its best moment"),
        Figure("fills", f"{total.fills:,}", f"of {counted(total.orders, 'order')}"),
        Figure("contracts", f"{total.contracts:,.0f}", f"in {counted(total.events, 'event')}"),
    ]


def result_table(reported: Reported) -> Table:
    """Return the numbers of the whole run, of every city and of every lead."""
    run = reported.run
    names = ("", "P&L", "P&L a day", "drawdown", "fees", "events", "orders", "fills", "contracts")
    leads = [_row(f"all, {LEADS[lead]}", part) for lead, part in sorted(run.by_lead.items(), reverse=True)]
    cities = [row for key, part in run.cities.items() for row in _city_rows(city_name(key), part)]
    return Table(
        "Result by city and by lead, with 90 % intervals of the mean of a day",
        names,
        [_row("all", run.total), *leads, *cities],
    )


def _city_rows(name: str, part: CityPart) -> list[list[str]]:
    """A city, and where it traded each of its leads."""
    leads = sorted(part.by_lead.items(), reverse=True) if part.fills else []
    return [_row(name, part), *(_row(f"{name}, {LEADS[lead]}", of_lead) for lead, of_lead in leads)]


def _per_day(part: Part) -> list[str]:
    """Mean and, where there is one, its interval; of days on which nothing could be gained they say nothing."""
    mean, interval = part.pnl_per_day.mean, part.pnl_per_day.ci90
    if not part.fills or mean is None:
        return ["–"]
    return [money(mean, signed=True)] if interval is None else [money(mean, signed=True), span(interval, 2)]


def _row(name: str, part: Part) -> list[str]:
    return [
        name,
        money(part.pnl_usd, signed=True),
        "\n".join(_per_day(part)),
        money(part.max_drawdown_usd),
        money(part.fees_usd),
        f"{part.events:,}" if isinstance(part, CityPart) else "–",
        f"{part.orders:,}",
        f"{part.fills:,}",
        f"{part.contracts:,.0f}",
    ]


def equity_picture(reported: Reported) -> Picture | None:
    """Return the gains so far, if a day was replayed."""
    equity = reported.equity
    if not equity.days:
        return None
    return Picture.drawn(
        "Profit and loss so far, by event day, and how far it stands below its best moment.",
        lambda width: pictures.equity(equity.days, equity.total, width=width, name=f"equity{width}"),
    )


def city_pictures(reported: Reported) -> list[str]:
    """Return pictures of the cities that traded, on one scale."""
    equity = reported.equity
    traded = {key: gains for key, gains in equity.cities.items() if reported.run.cities[key].fills}
    if not traded:
        return []
    bounds = pictures.shared_bounds(traded)
    return [
        pictures.small_equity(equity.days, gains, bounds=bounds, title=city_name(key), name=f"city{number}")
        for number, (key, gains) in enumerate(traded.items())
    ]
