"""What one desk of a window did, as a document: gains and verdicts by city and lead, fees by tariff, markouts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from bench.traded_fills import TARIFFS, Traded, fees_under
from drybulb.app.hindsight import MARKOUTS
from drybulb.app.markouts import PARTS
from drybulb.app.results.disputes import Dispute
from drybulb.app.results.kept import Kept
from drybulb.app.settled import SettledFill
from drybulb.app.tally import Tallies, Tally, per_day, usd
from drybulb.verification.enough import FEW

Row = dict[str, Any]
Gains = Mapping[date, int]

ALL = "all"
LEADS = (1, 0)


def parts(
    tallies: Tallies, trades: Sequence[Traded], cities: Sequence[str], disputes: Sequence[Dispute], seed: int
) -> Iterator[Row]:
    """Yield a row of all, of each city, and of each city and lead, of whatever was replayed.

    Args:
        tallies: of the run.
        trades: its fills.
        cities: keys of the window's cities.
        disputes: its events that were settled otherwise than the official high says.
        seed: of the bootstrap.
    """
    for (city, lead), found in _parts(tallies, cities):
        mine = [one.fill for one in trades if city in (ALL, one.fill.city) and lead in (ALL, one.fill.lead)]
        best = [one for one in Kept(mine).by_event() if one.gain > 0][:FEW]
        yield {
            "city": city,
            "lead": lead,
            **found.to_json(seed),
            "days": {day.isoformat(): found.gains[day] for day in sorted(found.gains)},
            "official": _official(found.gains, mine, disputes, seed),
            "best": [{"city": one.city, "day": one.day.isoformat(), "gain_usd": usd(one.gain)} for one in best],
        }


def _official(gains: Gains, fills: Sequence[SettledFill], disputes: Sequence[Dispute], seed: int) -> Row | None:
    """What a part would have gained had the official high paid its disputed events; None where none of them filled."""
    changed, is_other = dict(gains), False
    for one in disputes:
        mine = [fill for fill in fills if fill.ticker in one.by_official]
        is_other = is_other or bool(mine)
        for fill in mine:
            changed[fill.day] += replace(fill, payout=one.by_official[fill.ticker]).gain - fill.gain
    return {"pnl_usd": usd(sum(changed.values())), "pnl_per_day": per_day(changed, seed)} if is_other else None


def _parts(tallies: Tallies, cities: Sequence[str]) -> Iterator[tuple[tuple[str, str | int], Tally]]:
    """Every part of which an event was replayed, by city and lead."""
    yield (ALL, ALL), tallies.total
    for lead in LEADS:
        yield (ALL, lead), tallies.by_lead[lead]
    for city in cities:
        if tallies.cities[city].gains:
            yield (city, ALL), tallies.cities[city]
            for lead in LEADS:
                yield (city, lead), tallies.by_city_and_lead[city, lead]


def tariffs(gains: Gains, trades: Sequence[Traded], seed: int) -> Iterator[Row]:
    """Yield what the same trades would have cost and gained under each tariff.

    Args:
        gains: of the run by event day, as it was charged [microdollars].
        trades: its fills.
        seed: of the bootstrap.
    """
    for tariff in TARIFFS:
        changed, fees = dict(gains), fees_under(tariff, trades)
        for one, fee in zip(trades, fees, strict=True):
            changed[one.fill.day] += one.fill.fee - fee
        yield {
            "tariff": tariff.name,
            "fees_usd": usd(sum(fees)),
            "pnl_usd": usd(sum(changed.values())),
            "pnl_per_day": per_day(changed, seed),
        }


def of_disputes(trades: Sequence[Traded], disputes: Sequence[Dispute]) -> Row | None:
    """What disputed events paid, and would have by the official high; None where none of them filled."""
    amounts = Kept([one.fill for one in trades]).disputed(disputes)
    return None if amounts is None else {"paid_usd": usd(amounts[0]), "official_usd": usd(amounts[1])}


def halted(folder: Path) -> str | None:
    """When the fall below its highest halted a desk for good; None if never.

    Args:
        folder: of the run.

    Returns:
        The date, in UTC.
    """
    with (folder / "journal.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            if '"kind":"halt"' in line and (fields := json.loads(line))["day"] is None:
                return str(fields["known_at"])[:10]
    return None


def marked(folder: Path) -> Row:
    """Return the markouts of a run, by horizon: of all fills, and of resting orders near a release and elsewhere.

    Args:
        folder: of the run.
    """
    found = json.loads((folder / MARKOUTS).read_text(encoding="utf-8"))
    return {
        ALL: [row for row in found["rows"] if (row["city"], row["lead"]) == (ALL, ALL)],
        **{part: [row for row in found["makers"] if row["part"] == part] for part, _ in PARTS},
    }
