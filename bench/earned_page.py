"""The page on what the forecasts reach, from the documents of the bench."""

from __future__ import annotations

from typing import Any

from bench.earned_market_tables import ladders, markouts, pool, watched
from bench.earned_tables import guided, hours, nowcast_note, sparse, unguided
from bench.earned_words import asked_and_reached, calibration, listed, plainly
from drybulb.app.markdown import item, title

Document = dict[str, Any]

HEAD = """\
# What the forecasts reach

Written by `make results`; run again it does not change. Every reference was fitted and scored in the same run of
`bench/earned.py`, on the same rows, and MOS is known at 17Z, five hours after its run. Hours are full hours of local
standard time, of the day before (D−1) and of the event day (D), averaged per event and then over events. CRPS is in °F
on whole degrees; log score is in nats with a floor of 0.1 %. Lower is better. Intervals are 90 %, from resampling
calendar days.

"""

CAVEATS = """\
## What this does not show

- The winter had been looked at many times before it was locked ([the page of 2024-25](archive-2024-25.md)). The
  openings since, this page's among them, are in [openings.jsonl](../openings.jsonl).
- The test days of 2024, and 2020 and 2021 in Denver and Los Angeles, had been seen too: S, the hazards and what was
  changed for this page were chosen out of fold on earlier days, but with an eye on what they gave here.
- Ten months of three stations, two years of two others: another year may differ by more than the intervals.
- Guidance is two MOS forecasts a day. With better guidance every reference here would be harder to beat.
- Chicago's readings are O'Hare's; Denver's and Los Angeles' are hourly and in whole degrees.
- The crude kernel and the linear nowcast are one plain version each; others may do better.
- Neighbouring days are resampled as if they were independent, so the intervals are somewhat too narrow; and among as
  many rows as these, one or two would be reached or missed by luck.
- A daily quote is one moment of a day. That the market is better there does not say by how much it is at other times.
"""


def page(document: Document) -> str:
    """Return the page in Markdown.

    Args:
        document: the parts of the bench by name, and what was asked and reached.
    """
    parts = (
        plainly,
        asked_and_reached,
        trainings,
        guided,
        nowcast_note,
        hours,
        unguided,
        sparse,
        ladders,
        pool,
        watched,
        markouts,
        calibration,
        speakers,
    )
    return HEAD + "\n".join(line for part in parts for line in part(document)).rstrip() + "\n\n" + CAVEATS


def trainings(document: Document) -> list[str]:
    """What was trained until when, without what, and asked about which days."""
    lines = ["## Trained on what", ""]
    kinds = {
        "test": "all six cities",
        "blind": "all six cities, from a lake without any observation",
        "left_out": "three times, each of the cities asked about left out",
        "unguided": "all six cities",
        "winter": "all six cities",
    }
    for part, kind in kinds.items():
        trial = document[part]
        where = listed(title(city) for city in trial["cities"])
        changed = listed(f"`{name}` is {value:,}" for name, value in trial["settings"].items())
        settings = f" Here {changed}; the stock configuration says otherwise." if changed else ""
        said = f"Until {trial['until']}, {kind}; asked: {where}, {trial['start']} to {trial['end']}.{settings}"
        lines += item(said)
    years = listed(str(year) for year in document["ladders"]["years"])
    lines += item(
        f"Until noon UTC of the first of January of {years}, all six cities; asked: the daily quotes of the year."
    )
    known = document["test"]["known"]
    said = (
        f"Of {known['rows']:,} MOS highs of the days asked about in 2024 the first was known {known['earliest']:g}"
        f" hours after 00Z of the day before, the last {known['latest']:g}."
    )
    return [*lines, *item(said), ""]


def speakers(document: Document) -> list[str]:
    """Who spoke when the hybrid was asked, in the test windows, the winter, and where the station was left out."""
    lines = ["## Who spoke for the hybrid", ""]
    names = {"test": "2024", "winter": "the winter", "unguided": "2020 and 2021", "left_out": "left out"}
    for part, when in names.items():
        for city, found in document[part]["cities"].items():
            for lead in (1, 0):
                mine = [row for row in found["speakers"] if row["lead"] == lead]
                said = listed(f"{row['speaker']} {_share(row['percent'])} %" for row in mine)
                lines += item(f"{title(city)}, {when}, {'the day before' if lead else 'the event day'}: {said}.")
    return [*lines, ""]


def _share(percent: float) -> str:
    return f"{percent:.1f}" if percent >= 0.1 else "< 0.1"
