"""What a run found, in plain words: each sentence stands for itself and promises no more than the numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from drybulb.app.reporting.day_document import DaysDocument
from drybulb.app.reporting.documents import (
    CityPart,
    Comparison,
    Interval,
    MarkoutDocument,
    Part,
    RunDocument,
    VerifyDocument,
)
from drybulb.app.reporting.reported import Equity, Reported

LEADS = {1: "the day before", 0: "the event day"}
ALL = "all"
#: Times after a fill at which its price is looked at again.
HORIZONS = {
    "5min": "5 min after a fill",
    "30min": "30 min after a fill",
    "close": "at the close",
    "settlement": "at settlement",
}
_MINUS = "−"
#: Having lost so much of its bankroll, a policy cannot do what it would.
SPENT = 0.9


def money(amount: float, *, signed: bool = False) -> str:
    """Write dollars and cents, such as −$1,234.50; ``signed`` puts a plus before a gain."""
    sign = _MINUS if round(amount, 2) < 0 else "+" if signed and round(amount, 2) > 0 else ""
    return f"{sign}${abs(amount):,.2f}"


def span(interval: Interval, digits: int) -> str:
    """Write the two ends of an interval."""
    low, high = (f"{end:,.{digits}f}".replace("-", _MINUS) for end in interval)
    return f"{low} … {high}"


def signed(value: float, digits: int) -> str:
    """Write a number with its sign."""
    return f"{value:+,.{digits}f}".replace("-", _MINUS)


def spaced(name: str) -> str:
    """Write a forecaster's name as words."""
    return name.replace("_", " ")


def city_name(key: str) -> str:
    """Write a city's key as its name."""
    return key.replace("_", " ").title()


def counted(number: float, thing: str, things: str | None = None) -> str:
    """Write a number with its noun."""
    return f"{number:,.0f} {thing if number == 1 else things or thing + 's'}"


def listed(parts: Iterable[str]) -> str:
    """Join parts with commas and a last *and*."""
    *head, last = parts
    return f"{', '.join(head)} and {last}" if head else last


def counts(found: Mapping[str, int]) -> str:
    """Write reasons with how often each held, the most frequent first."""
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{reason} ({times:,})" for reason, times in ordered)


def sentences(reported: Reported) -> list[str]:
    """Return what a reader should know first, most important first."""
    run = reported.run
    return [
        _result(run, len(reported.equity.days)),
        *_verdict(run.total),
        *_ruin(run.bankroll_usd, reported.equity),
        *([] if reported.days is None else _one_event(run.total, reported.days)),
        *([] if reported.markouts is None else _marked(reported.markouts)),
        *_by_lead(run),
        *_idle(run),
        *_absent(run.cities),
        *([] if reported.verified is None else _scored(reported.verified, run.policy)),
    ]


def _result(run: RunDocument, days: int) -> str:
    total = run.total
    if not total.events:
        return f"Policy {run.policy} replayed nothing: {counts(total.refused) or 'the window holds no event'}."
    played = [key for key, part in run.cities.items() if part.events]
    where = f"on {counted(days, 'event day')} ({counted(total.events, 'event')} of {_cities(len(played))})"
    if not total.orders:
        return f"Policy {run.policy} sent no order {where}."
    orders = counted(total.orders, "order")
    if not total.fills:
        return f"Policy {run.policy} sent {orders} {where}; none was filled."
    cents = round(total.pnl_usd, 2)
    outcome = f"made {money(cents)}" if cents > 0 else f"lost {money(-cents)}" if cents < 0 else "broke even"
    contracts = f"{total.contracts:,.0f} contract{'' if total.contracts == 1 else 's'}"
    return (
        f"Policy {run.policy} {outcome} {where}, after {money(total.fees_usd)} of fees:"
        f" {orders}, {counted(total.fills, 'fill')}, {contracts}."
    )


def _cities(number: int) -> str:
    return counted(number, "city", "cities")


def _verdict(total: Part) -> list[str]:
    """What the interval allows to say, and what stands against it, and how deep it went."""
    if not total.fills:
        return []
    mean, interval = total.pnl_per_day.mean, total.pnl_per_day.ci90
    deep = f"At worst it stood {money(total.max_drawdown_usd)} below its best moment."
    if interval is None or mean is None:
        return ["With fewer than two event days there is no interval: it is too early to say anything.", deep]
    said = f"A day brought {money(mean, signed=True)} on average; the 90 % interval is {_dollars(interval)}"
    match total.worth.verdict:
        case "earns":
            verdict = "above zero, so under the assumptions below the policy earned money in this window"
        case "loses":
            verdict = "below zero, so under the assumptions below the policy lost money in this window"
        case _:
            verdict = f"it is too early to say whether the policy earns or loses, for {total.worth.reason}"
    return [f"{said}: {verdict}.", deep]


def _ruin(bankroll: int, equity: Equity) -> list[str]:
    """From when on there was too little left to go on with, and the days after say nothing."""
    stood = 0.0
    for day, gain in zip(equity.days, equity.total, strict=True):
        stood += gain
        if stood <= -SPENT * bankroll:
            left = f"by {day} it had lost {SPENT:.0%} of the {money(bankroll)} it began with".replace("%", " %")
            return [f"{left[0].upper()}{left[1:]}: what it did not lose after that is no skill."]
    return []


def _dollars(interval: Interval) -> str:
    return f"{money(interval[0], signed=True)} … {money(interval[1], signed=True)}"


def _one_event(total: Part, found: DaysDocument) -> list[str]:
    """Whether a gain is that of the best event alone."""
    best = next((day for day in found.days if day.why == "best"), None)
    rest = total.pnl_usd - (0.0 if best is None else best.pnl_usd)
    if best is None or total.pnl_usd <= 0 or rest > 0:
        return []
    return [f"Without its best event, {city_name(best.city)} on {best.day}, it would have lost {money(-rest)}."]


def _marked(found: MarkoutDocument) -> list[str]:
    """Where the price went soonest after a fill."""
    rows = {row.horizon: row for row in found.rows if (row.city, row.lead) == (ALL, ALL)}
    row = next((rows[name] for name in found.horizons if name in rows and rows[name].mean_cents is not None), None)
    if row is None or row.mean_cents is None:
        return []
    way = "our way" if row.mean_cents > 0 else "against us"
    sure = "" if row.ci90 is None else f" (90 %: {span(row.ci90, 2)})"
    when = HORIZONS.get(row.horizon, row.horizon).capitalize()
    return [f"{when} a price had moved {way}: {signed(row.mean_cents, 2)} ¢ a contract{sure}."]


def _by_lead(run: RunDocument) -> list[str]:
    parts = [
        f"on {LEADS[lead]} {money(part.pnl_usd, signed=True)} with {counted(part.fills, 'fill')}"
        for lead, part in sorted(run.by_lead.items(), reverse=True)
        if part.fills
    ]
    return [f"By lead: {listed(parts)}."] if parts else []


def _idle(run: RunDocument) -> list[str]:
    """Cities where there was something to trade and nothing was, if others did trade."""
    found = [
        f"{city_name(key)} ({counted(part.orders, 'order') if part.orders else 'no order'})"
        for key, part in run.cities.items()
        if part.events and not part.fills
    ]
    return [f"Nothing was filled in {listed(found)}."] if found and run.total.fills else []


def _absent(cities: Mapping[str, CityPart]) -> list[str]:
    missing = [f"{city_name(key)}: {counts(part.refused)}" for key, part in cities.items() if not part.events]
    return [f"Nothing was replayed in {_cities(len(missing))}. {'; '.join(missing)}."] if missing else []


def _scored(verified: VerifyDocument, policy: str) -> list[str]:
    """What all cities say of the policy's forecaster, else of S, beside climatology and the market, by lead."""
    ours = policy if any(found.forecaster == policy for found in verified.comparisons) else "S"
    return [
        _compared(found)
        for lead in sorted(LEADS, reverse=True)
        for reference, metric, paired_with in (("climatology", "crps", None), ("market", "rps", "market"))
        for found in verified.comparisons
        if (found.forecaster, found.city, found.clock, found.lead) == (ours, ALL, ALL, lead)
        and (found.reference, found.metric, found.paired_with) == (reference, metric, paired_with)
    ]


def _compared(found: Comparison) -> str:
    low, high = found.ci90
    ours, theirs = found.forecaster, "the market" if found.reference == "market" else found.reference
    verdict = f"{ours} was better" if high < 0 else f"{theirs} was better" if low > 0 else "neither is shown better"
    unit = " °F" if found.metric in ("crps", "mae") else ""
    return (
        f"Forecasts on {LEADS[found.lead]}, {counted(found.n_events, 'event')}: {found.metric.upper()} of {ours} less"
        f" that of {theirs} is {signed(found.difference, 3)}{unit} (90 %: {span(found.ci90, 3)}), so {verdict}."
    )
