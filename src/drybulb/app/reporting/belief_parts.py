"""Who spoke and who was silent, which events could not be replayed, and why nothing was traded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from drybulb.app.reporting.day_picture import speaker
from drybulb.app.reporting.documents import RunDocument
from drybulb.app.reporting.parts import Table
from drybulb.app.reporting.sentences import city_name, counts

_ORDER = ("global", "blend", "city", "fallback", "none")


def belief_tables(run: RunDocument) -> list[Table]:
    """Return beliefs by city and by who spoke, and why somebody else did or nobody."""
    return [table for table in (_speakers(run), _reasons(run)) if table.rows]


def _speakers(run: RunDocument) -> Table:
    by_city: dict[str, dict[str, int]] = {}
    for key, part in run.cities.items():
        found: defaultdict[str, int] = defaultdict(int)
        for source, times in part.beliefs.items():
            found[speaker(source)] += times
        by_city[key] = found
    heard = {who for found in by_city.values() for who in found}
    columns = [*sorted(heard - set(_ORDER)), *(who for who in _ORDER if who in heard)]
    rows = [
        [city_name(key), f"{sum(found.values()):,}", *(_part(found[who], sum(found.values())) for who in columns)]
        for key, found in by_city.items()
    ]
    names = ["nobody" if who == "none" else who for who in columns]
    return Table("Beliefs asked for, by who spoke", ("city", "asked", *names), rows)


def _part(times: int, asked: int) -> str:
    return f"{times:,}\n{100.0 * times / asked:.0f}\u00a0%" if times else "–"


def _reasons(run: RunDocument) -> Table:
    found: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for key, part in run.cities.items():
        for source, times in part.beliefs.items():
            who, _, why = source.partition(":")
            if why:
                found[who, why][city_name(key)] = times
    ordered = sorted(found.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    rows = [
        ["silent" if who == "none" else who, f"{sum(where.values()):,}", f"{why.strip()}: {counts(where)}"]
        for (who, why), where in ordered
    ]
    return Table("Why another spoke, or nobody", ("", "beliefs", "reason, and where"), rows, "words")


def refusal_tables(run: RunDocument) -> Iterator[Table]:
    """Yield the events that could not be replayed, and why nothing was traded, where there is anything to say."""
    refused = [
        [city_name(key), f"{sum(part.refused.values()):,}", counts(part.refused)]
        for key, part in run.cities.items()
        if part.refused
    ]
    if refused:
        yield Table("Events that could not be replayed", ("city", "events", "which"), refused, "words")
    if run.not_traded:
        ordered = sorted(run.not_traded.items(), key=lambda item: (-item[1], item[0]))
        rows = [[reason, f"{times:,}"] for reason, times in ordered]
        yield Table("Why nothing was traded, market by market and minute by minute", ("reason", "times"), rows)
