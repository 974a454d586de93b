"""Beliefs beside the market on the page of `bench.earned_page`: ladders, the pool, e-values and markouts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bench.earned_promises import TRADABLE
from bench.earned_quotes import ALL, CITIES
from drybulb.app.markdown import interval, item, number, paragraph, table, title

Document = dict[str, Any]

_HORIZONS = {"5min": "5 min", "30min": "30 min", "close": "close", "settlement": "settlement"}


def ladders(document: Document) -> list[str]:
    """Complete ladders at the daily quote, city by city and year by year."""
    found = document["ladders"]
    lines = [
        "## At the daily quote",
        "",
        *paragraph(
            "One real bid and ask a day. Only ladders without a gap whose legs were quoted within an hour; the"
            " belief is that of the earliest leg, by models trained until the first of January of that year. RPS,"
            " less is better; in brackets less the market's, with its 90 % interval."
        ),
    ]
    rows = []
    for city in CITIES:
        mine = found["cities"][city]["rows"]
        for year in dict.fromkeys(row["year"] for row in mine):
            one = {row["forecaster"]: row for row in mine if row["year"] == year}
            less = one["hybrid"]["rps"]
            ours = f"{number(less['value'])} ({interval(less['ci90'])})"
            where = f"{title(city)}, {'all years' if year == ALL else year}"
            difference = f"{number(less['less_market'])} ({interval(less['less_ci90'])})"
            others = (number(one[name]["rps"]["value"]) for name in ("S", "emos", "market"))
            rows.append((where, f"{one['hybrid']['events']:,}", ours, *others, difference))
    heads = ("", "ladders", "hybrid", "S", "EMOS", "market", "hybrid less the market")
    lines += [*table(heads, rows), *_left_out(found)]
    return lines


def _left_out(found: Document) -> Iterable[str]:
    for city in CITIES:
        counts = found["cities"][city]["counts"]
        said = ", ".join(
            f"{row['year']}: {row['events']:,} whole ladders, {row['apart']:,} asynchronous, {row['scored']:,} of"
            " which all of them spoke"
            for row in counts
            if row["events"]
        )
        yield from item(f"{title(city)}: {said}.")
    yield ""


def pool(document: Document) -> list[str]:
    """The anchored pool by city, year and spread."""
    rows = [row for row in document["pool"]["rows"] if row["clock"] == ALL and row["year"] != ALL]
    lines = [
        "## The anchored pool",
        "",
        *paragraph(
            "Log score of the pool less the market's, over all clocks of an event and then over events; below 0 the"
            " pool is better. *usable* is what the policy's rule may trade, *narrow* a mean spread of at most 10 ¢,"
            " *daily* likewise at the quote of once a day, *wide* a wider one, *prints* minutes built of prints."
            " Wide ladders are shown and not targeted: what is gained against them cannot be traded."
        ),
    ]
    order = sorted(rows, key=lambda row: (row["spread"] not in TRADABLE, row["spread"], row["city"], row["year"]))
    cells = [
        (
            f"{row['spread']}, {'all cities' if row['city'] == ALL else title(row['city'])} {row['year']}",
            f"{row['events']:,}",
            number(row["weight"], 2),
            number(row["market"]),
            number(row["belief"]),
            f"{number(row['difference'], 4)} ({interval(row['ci90'], 4)})",
        )
        for row in order
    ]
    heads = ("", "events", "weight", "market", "belief", "pool less the market [nats]")
    return [*lines, *table(heads, cells), *(line for note in document["pool"]["notes"] for line in item(note)), ""]


def watched(document: Document) -> list[str]:
    """E-values of the beliefs in the winter."""
    found = document["watch"]
    asked = found["registered"]
    lines = [
        "## Would the market have refuted the belief?",
        "",
        *paragraph(
            f"Registered in `[watch]`: from {asked['from']} on, {asked['forecaster']} at {asked['clock']}, a share of"
            f" {asked['share']:g}, refuted at {asked['level']:g}. An e-value of {asked['level']:g} is reached with a"
            f" chance of at most 1 in {asked['level']:g} where the belief is right given all that the market knows; a"
            " belief that is refuted by itself may still earn in a pool with the market. `[watch] from` was registered"
            " after this winter: here the bet shows what it would have said, and tests nothing."
        ),
    ]
    rows = [
        (
            title(row["city"]),
            f"{row['n_events']:,}",
            number(row["log_score"]["belief"]) if row["log_score"] else "–",
            number(row["log_score"]["market"]) if row["log_score"] else "–",
            number(row["e_value"], 2),
            number(row["e_peak"], 2),
            row["stopped"]["day"] if row["stopped"] else "–",
            number(row["e_for"], 2),
        )
        for row in found["cities"]
        if row["n_events"]
    ]
    silent = [title(row["city"]) for row in found["cities"] if not row["n_events"]]
    heads = ("", "events", "belief [nats]", "market", "e-value", "highest", "refuted on", "for the belief")
    flags = found["flags"]
    lines += table(heads, rows)
    if silent:
        lines += paragraph(f"No event with both a belief and a whole ladder at that clock: {', '.join(silent)}.")
    return [
        *lines,
        *paragraph(
            f"Drift of calibration: {flags['raised']} flags in {flags['tests']:,} tests, where chance alone would raise"
            f" about {flags['by_chance']:g}."
        ),
    ]


def markouts(document: Document) -> list[str]:
    """Whether the mids came to where the belief said they were wrong."""
    found = document["markouts"]
    lines = [
        "## Does the market come to the belief?",
        "",
        *paragraph(
            "Of an edge of the hybrid on a fresh mid in the winter, in all cities, the part the mid had moved"
            " towards it by each horizon, over all clocks: 0 never, 1 all the way. *Free of noise* takes the edge on"
            " an earlier mid as instrument. *Far legs* are those whose edge on the mid is as large as the policy asks"
            " for after ask and fee: how far the mid came to the belief, and what they paid at settlement."
        ),
    ]
    rows = [
        (
            f"{'D−1' if row['lead'] else 'D'}, {_HORIZONS[row['horizon']]}",
            f"{row['n_events']:,}",
            _pair(row["slope"], row["slope_ci90"]),
            _pair(row["slope_earlier"], row["slope_earlier_ci90"]),
            *_far(row["far"]),
        )
        for row in found["rows"]
        if row["forecaster"] == "hybrid" and row["city"] == ALL
    ]
    heads = ("", "events", "slope", "free of noise", "far legs", "came [¢]", "paid [¢]")
    return [*lines, *table(heads, rows), *(line for note in found["notes"] for line in item(note)), ""]


def _pair(value: float | None, ends: list[float] | None, places: int = 2) -> str:
    return "–" if value is None else f"{number(value, places)} ({interval(ends, places)})"


def _far(far: Document | None) -> tuple[str, str, str]:
    if far is None:
        return ("–", "–", "–")
    return f"{far['n_legs']:,}", _pair(far["cents"], far["ci90"]), _pair(far["paid_cents"], far["paid_ci90"])
