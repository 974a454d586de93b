"""The plain words and the table of what was asked, for the page of `bench.earned_page`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bench.earned_promises import (
    AT_LEAST,
    AT_MOST,
    EVERY,
    PIT,
    WITHIN,
    cells,
    is_covered,
    ladder,
    mean,
    tradable,
    under_emos,
)
from bench.earned_quotes import ALL, CITIES
from bench.earned_scores import DAYTIME, MIDNIGHT, WHOLE
from bench.earned_trials import KERNEL, NOWCAST
from bench.earned_tried import TRIED
from drybulb.app.markdown import interval, item, number, paragraph, table, title

Document = dict[str, Any]

_SIGNS = {AT_MOST: "≤", AT_LEAST: "≥", WITHIN: "±"}


def listed(names: Iterable[str]) -> str:
    """Names as a sentence lists them."""
    found = list(names)
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)


def digits(row: Document) -> int:
    """How many decimals a row of the table is written with."""
    if row["sense"] == EVERY:
        return 0
    return 1 if row["unit"] == "%" else 4 if row["key"] == "pool" else 3


def unit(row: Document) -> str:
    """The unit with the space before it."""
    return f" {row['unit']}" if row["unit"] else ""


def asked(row: Document) -> str:
    """What was asked, as the table says it."""
    if row["sense"] == EVERY:
        return "all"
    clear = ", interval clear of 0" if row["must_be_clear"] else ""
    sign = _SIGNS[row["sense"]]
    return f"{sign} {row['asked']:g}{unit(row)}{clear}"


def measured(row: Document) -> str:
    """What was measured, with its interval."""
    if row["sense"] == EVERY:
        return f"{row['value']} of {row['of']}"
    ends = f" ({interval(row['ci90'], digits(row))})" if row.get("ci90") else ""
    where = f" {title(row['city'])} {row['year']}, {row['spread']}," if row["key"] == "pool" else ""
    worst = f", at {row['span']}" if row["key"].endswith("-out") else ""
    return f"{where} {number(row['value'], digits(row))}{unit(row)}{ends}{worst}".strip()


def reached(row: Document) -> str:
    """Whether it is reached, and by how much it is missed."""
    if row["holds"]:
        return "yes"
    if not row["short"]:
        return "**no**, the interval is not clear of 0"
    if row["sense"] == EVERY:
        return f"**no**, {row['short']:.0f} are not"
    what = " points" if row["unit"] == "%" else unit(row)
    clear = "" if row["is_clear"] else ", and the interval is not clear of 0"
    # Rounding must not make a miss look like none.
    places = next(n for n in range(digits(row), 6) if round(row["short"], n) > 0 or n == 5)
    return f"**no**, by {number(row['short'], places)}{what}{clear}"


def plainly(document: Document) -> list[str]:
    """What was asked, reached and missed, and what it comes to, in sentences made from the numbers."""
    rows = document["promises"]
    held, missed = [row for row in rows if row["holds"]], [row for row in rows if not row["holds"]]
    lines = ["## In plain words", ""]
    lines += item(f"Asked: {len(rows)} things. Reached: {len(held)}. Missed: {len(missed)}.")
    if missed:
        each = (f"{row['what']} ({measured(row)})" for row in missed)
        lines += item(f"**Missed**: {'; '.join(each)}.")
    for said in (_whole_days(document), _readings(document), _nowcast(document), *_market(document)):
        lines += item(said)
    return [*lines, *item(_winter(document)), *item(_refuted(document)), ""]


def _whole_days(document: Document) -> str:
    rows = {name: mean(document["test"], "miami", WHOLE.name, name) for name in ("hybrid", "S")}
    silent = document["test"]["cities"]["miami"]["silent"]["hybrid"]
    hush = "at none of them" if not silent else f"at {silent:,} of them"
    return (
        f"Over all {WHOLE.hours} hours of Miami's events the hybrid's CRPS is {number(rows['hybrid']['value'])} °F"
        f" and that of S {number(rows['S']['value'])}. Every hour counts: where nobody spoke, {hush}, climatology was"
        " put in."
    )


def _readings(document: Document) -> str:
    found = {
        (row["groups"], row["forecaster"]): row for row in document["test"]["variants"] if row["span"] == DAYTIME.name
    }
    crude, bare = found[True, KERNEL]["value"], found[False, KERNEL]["value"]
    ours, poor = found[True, "hybrid"]["value"], found[False, "hybrid"]["value"]
    return (
        f"What Miami's six-hour groups are worth on {DAYTIME.name}: a crude kernel goes from {number(bare)} to"
        f" {number(crude)} °F of CRPS, the hybrid trained again without them from {number(poor)} to {number(ours)}."
    )


def _nowcast(document: Document) -> str:
    parts = []
    for row in document["promises"]:
        city, _, hour = row["key"].partition("-")
        if city == "chicago" and hour.isdigit():
            crude = under_emos(document["test"], city, f"D {hour}", NOWCAST)
            parts.append(f"{number(row['value'], 1)} % against {number(crude['value'], 1)} % at {hour}:00")
    head = "Below EMOS at Midway, by way of O'Hare, the hybrid against a linear nowcast of three variables"
    return f"{head}: {listed(parts)}."


def _market(document: Document) -> Iterable[str]:
    found = []
    for city in CITIES:
        ours = ladder(document["ladders"], city, ALL, "hybrid")
        market, emos = (ladder(document["ladders"], city, ALL, name)["rps"] for name in ("market", "emos"))
        ends = ours["rps"]["less_ci90"]
        how = "clearly worse than the market" if ends[0] > 0 else "not clearly worse than the market"
        found.append(
            f"in {title(city)} the belief's RPS is {number(ours['rps']['value'])}, EMOS's {number(emos['value'])}, the"
            f" market's {number(market['value'])} ({how}; {ours['events']} ladders)"
        )
    yield f"At the one quote a day, {listed(found)}."
    rows = tradable(document["pool"])
    gains = [row for row in rows if row["ci90"][1] < 0]
    weighed = [row for row in rows if row["weight"] > 0]
    where = listed(f"{title(row['city'])} {row['year']} ({row['spread']})" for row in gains) or "nowhere"
    yield (
        f"The pool of belief and market, where the spread can be traded, gave the belief any weight in {len(weighed)}"
        f" of {len(rows)} cities and years; it beat the market clearly {'' if not gains else 'in '}{where}."
    )


def _winter(document: Document) -> str:
    parts = []
    for city in document["winter"]["cities"]:
        below = under_emos(document["winter"], city, MIDNIGHT.name, "hybrid")
        day = mean(document["winter"], city, DAYTIME.name, "hybrid")
        parts.append(
            f"{title(city)} {number(day['value'])} °F on {DAYTIME.name} and {number(below['value'], 1)} %"
            f" ({interval(below['ci90'], 1)}) below EMOS at midnight"
        )
    looks = "; ".join(f"opening {one['number']} of {one['window']}" for one in document["openings"])
    return f"In the winter, trained again until just before it ({looks}): {listed(parts)}."


def _refuted(document: Document) -> str:
    found = document["watch"]
    watched = [row for row in found["cities"] if row["n_events"]]
    stopped = [f"{title(row['city'])} (on {row['stopped']['day']})" for row in watched if row["stopped"]]
    of = f"of {len(watched)} {'city' if len(watched) == 1 else 'cities'} that could be watched"
    where = f"refuted the belief in {listed(stopped)}" if stopped else "refuted it nowhere"
    return (
        f"By the bet of `[watch]`, whose `from` was registered after that winter, the market {where}, {of} in it;"
        " refuted is the belief as one to trade by itself."
    )


def asked_and_reached(document: Document) -> list[str]:
    """The table of what was asked, and of each row missed what was tried."""
    rows = [(row["what"], asked(row), measured(row), reached(row)) for row in document["promises"]]
    lines = [
        "## Asked and reached",
        "",
        *paragraph(
            "Trained until 2024-01-01, asked about 2024-01-01 to 2024-10-31; Denver and Los Angeles until 2020-01-01,"
            " about 2020 and 2021. The references of each row follow below."
        ),
        *table(("asked of", "to reach", "measured (90 %)", "reached"), rows),
    ]
    missed = [row for row in document["promises"] if not row["holds"]]
    if missed:
        lines += ["What was tried for what is missed:", ""]
        for row in missed:
            lines += item(f"{row['what']}: {TRIED.get(row['key'], 'nothing is noted.')}")
        lines.append("")
    return lines


def calibration(document: Document) -> list[str]:
    """Calibration of the hybrid by city and day, with what chance makes of as many events."""
    found = list(cells(document))
    chance = [cell["chance"] for cell in found]
    errors = [100 * one for cell in found for one in cell["coverage_se"]]
    above = sum(one > PIT for one in chance)
    near = sum(cell["pit"] <= cell["chance"] for cell in found)
    lines = [
        "## Calibration",
        "",
        *paragraph(
            "A perfect forecaster is not at 0. With as many events as there are here, chance alone puts the distance of"
            f" the PIT histogram from flat at {number(min(chance))} to {number(max(chance))} on average, in {above} of"
            f" {len(found)} cells above the {PIT:g} that was asked; there even a perfect forecaster would miss it more"
            f" often than not. {sum(cell['pit'] <= PIT for cell in found)} of {len(found)} are at {PIT:g} or less,"
            f" {near} no farther than chance. Coverage has its standard error beside it, {number(min(errors), 1)} to"
            f" {number(max(errors), 1)} points; it was asked to be within three."
        ),
    ]
    rows = [
        (
            f"{title(cell['city'])} {'D−1' if cell['lead'] else 'D'}",
            f"{cell['events']:,}",
            f"{number(cell['pit'])} ({number(cell['chance'])})",
            *(
                f"{number(100 * at, 1)} ± {number(100 * se, 1)}"
                for at, se in zip(cell["coverage"], cell["coverage_se"], strict=True)
            ),
            "yes" if is_covered(cell) else "**no**",
        )
        for cell in found
    ]
    heads = ("", "events", "PIT from flat (by chance)", "50 %", "80 %", "90 %", "within 3 points")
    return [*lines, *table(heads, rows)]
