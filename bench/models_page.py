"""The page of what the models were found to be worth on the recorded archive, from the document of the bench."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bench.model_scores import BANDS, PAIRS, SMALLER, WINDOW
from bench.models_tables import calibration, differences, place, rows_of, scores, speakers
from drybulb.app.markdown import interval, number, paragraph, table, title

Document = dict[str, Any]

HEAD = """\
# What the models are worth on the recorded archive

Written by `make results`; run again it does not change. Every model and every reference was fitted and scored in the
same run of `bench/models.py`, on the same rows. Scores are of every full hour of local standard time, 10:00 to 23:00 of
the day before (D−1) and 00:00 to 23:00 of the event day (D), averaged per event and then over events. CRPS, and MAE of
the median, are in °F on whole degrees; log score is in nats with a floor of 0.1 %. Lower is better. Intervals are 90 %,
from resampling calendar days; *clearly* means clear of 0, which one cell in ten would be by luck alone.

"""

TIMES = (50, 25, 15, 5)
"""What is said of how many times less CPU a fit takes: seconds differ from run to run, and a page must not."""

_METRICS = {"crps": "CRPS", "log_score": "log score", "mae": "MAE"}
_DISJOINT = [band.name for band in BANDS if band != WINDOW]


def more_than(ratio: float) -> str:
    """How many times less CPU a fit takes, as the page says it: more than the next of :data:`TIMES` below."""
    least = next((times for times in TIMES if ratio >= times), None)
    return f"less than {TIMES[-1]}" if least is None else f"more than {least}"


def _listed(names: Iterable[str]) -> str:
    found = list(names)
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)


def _verdict(document: Document, pair: tuple[str, str], metric: str) -> str:
    """In how many cities and bands the first is clearly better, and where it is clearly worse."""
    found = [
        row
        for row in rows_of(document, "differences", forecaster=pair[0], reference=pair[1])
        if row["city"] != "all" and row["band"] in _DISJOINT
    ]
    better = sum(row[metric]["ci90"][1] < 0 for row in found)
    worse = [place(row) for row in found if row[metric]["ci90"][0] > 0]
    return f"{_METRICS[metric]} clearly better in {better} of {len(found)}, clearly worse in {_listed(worse) or 'none'}"


def _plainly(document: Document) -> list[str]:
    lines = ["## In plain words", "", "Of the cities and parts of the day in which both spoke:", ""]
    for first, reference in PAIRS:
        said = (_verdict(document, (first, reference), metric) for metric in _METRICS)
        lines.append(f"- {first} against {reference}: {'; '.join(said)}.")
    lines += ["", "And:", ""]
    for reference in ("original", SMALLER):
        lines.append(f"- On {WINDOW.name} the hybrid's CRPS is below that of the {_below(document, reference)}.")
    lines += _flatness(document)
    missed = [row for row in document["promises"] if not row["holds"]]
    if missed:
        lines.append(f"- Asked and **not reached**: {'; '.join(_asked(row) for row in missed)}.")
    return [*lines, ""]


def _below(document: Document, reference: str) -> str:
    rows = rows_of(document, "differences", forecaster="hybrid", reference=reference, band=WINDOW.name)
    found = (
        f"{number(row['percent']['lower'], 1)} % ({interval(row['percent']['ci90'], 1)}) in {title(row['city'])}"
        for row in rows
        if row["city"] != "all"
    )
    return f"{reference} by {_listed(found)}"


def _flatness(document: Document) -> list[str]:
    """How far from flat the PIT of the event day is, of the hybrid and the original."""
    found = []
    for name in ("hybrid", "original"):
        rows = [row for row in rows_of(document, "calibration", forecaster=name) if row["lead"] == 0]
        away = [row["pit_deviation"] for row in rows]
        chance = max(row["pit_deviation_chance"] for row in rows)
        found.append(f"{name} {number(min(away))} to {number(max(away))} (by chance up to {number(chance)})")
    return [f"- PIT of the event day, distance from flat by city: {'; '.join(found)}."]


def _asked(row: Document) -> str:
    if row["what"] == "CRPS":
        return f"{title(row['city'])}, CRPS {row['asked']:g} % below the original's"
    return f"{title(row['city'])}, a fit in {row['asked']:g} times less CPU"


def _reached(row: Document) -> str:
    if row["holds"]:
        return "yes"
    return f"**no**, {number(row['asked'] - row['measured'], 1)} points short" if row["what"] == "CRPS" else "**no**"


def _measured(row: Document) -> str:
    if row["what"] == "CRPS":
        return f"{number(row['measured'], 1)} % ({interval(row['ci90'], 1)})"
    return f"{more_than(row['measured'])} times"


def _promises(document: Document) -> list[str]:
    rows = [(_asked(row), _measured(row), _reached(row)) for row in document["promises"]]
    lines = [
        "## Asked and reached",
        "",
        *paragraph(
            "For every city whose own model is served: how far the hybrid's CRPS is below the original's on"
            f" {WINDOW.name}, the hours the original was made for, and how much less CPU time the fit takes, on one"
            " thread and the same event days. The fit is that of S, H0 and H1, given S out of fold."
        ),
        *table(("asked", "measured", "reached"), rows),
    ]
    return [*lines, *_costs(document), *_originals(document)]


def _costs(document: Document) -> list[str]:
    """What the ratio of the table leaves out, for the city where each is least."""
    ratios = [costs["ratios"] for trial in document["trials"] for costs in trial["costs"].values()]
    if not ratios:
        return []
    names = ("with S out of fold", "with the card", "smaller")
    whole, carded, smaller = (more_than(min(each[name] for each in ratios)) for name in names)
    return paragraph(
        "A served model takes more than that. Counting S out of fold too, which H1 cannot do without, the least ratio"
        f" of any city is {whole}; counting the hazards out of fold as well, from which the shares of the correction"
        f" and the card's scores come, {carded}. The ratio of the {SMALLER}, described below, to the fit alone is"
        f" {smaller}."
    )


def _originals(document: Document) -> list[str]:
    found = [(city, about) for trial in document["trials"] for city, about in trial["originals"].items()]
    if not found:
        return []
    size = found[0][1]
    lines = paragraph(
        f"The original has {size['trees']:,} trees of depth {size['depth']} a threshold, as it was; the {SMALLER}"
        f" {size['smaller']['trees']} of depth {size['smaller']['depth']}, chosen once and not tuned, to tell the"
        " recipe from its size. Both were fitted on:"
    )
    for city, about in found:
        fixed = _listed(f"≥ {number(int(k), 0)} °F ({number(p, 3)})" for k, p in about["constants"].items())
        said = f"- {title(city)}: {about['rows']:,} rows of {about['events']:,} event days; constant thresholds:"
        lines.append(f"{said} {fixed or 'none'}.")
    return [*lines, ""]


def _trained(document: Document) -> list[str]:
    lines = ["## Trained on what, and who may speak", ""]
    for trial in document["trials"]:
        last = max(row["last"] for row in trial["models"] if row["last"])
        where = _listed(title(city) for city in (*trial["observed"], *trial["guided"]))
        said = (
            f"`drybulb train --until {trial['until'][:16]}Z`, all six cities, of each kind of input the newest"
            f" {trial['window_days']:,} days. With the embargo of {trial['embargo_days']} days the newest day that"
            f" trained is {last}. Asked: {where}, event days {trial['start']} to {trial['end']}."
        )
        if trial["settings"]:
            changed = _listed(f"`{name}` is {value:,}" for name, value in trial["settings"].items())
            said += f" Here {changed}; the stock configuration says otherwise."
        columns = ("model", "events", "first", "last", "gain on S, out of fold [nats]", "gate", "why")
        lines += [*paragraph(said), *table(columns, [_model(row) for row in trial["models"]])]
    return lines


def _model(row: Document) -> tuple[str, ...]:
    events = "–" if row["events"] is None else f"{row['events']:,}"
    why = " ".join(row["reasons"]) or "–"
    gate = "not grown" if row["verdict"] == "none" else row["verdict"]
    return row["name"], events, row["first"] or "–", row["last"] or "–", number(row["gain"], 4), gate, why


CAVEATS = """\
## What this does not show

- No window here is locked. S was mended with an eye on Miami and Chicago in 2024
  ([decision 0003](../decisions/0003-s.md)), and a prototype of the hazards was scored there; their sizes were chosen
  out of fold on days before 2024, which for Denver and Los Angeles hold the two years asked about here
  ([decision 0004](../decisions/0004-hazards.md)). Small differences between our own models may be what is left of that.
- Ten months of two stations with readings, two years of two others: another year may differ by more than the intervals.
- Nobody searched for better settings of the original, nor stopped its trees early.
- Guidance is two MOS forecasts a day. Denver and Los Angeles had none, so there is no EMOS to compare with.
- Chicago's readings are O'Hare's; Denver's and Los Angeles' are hourly and in whole degrees.
- Neighbouring days are resampled as if they were independent, so the intervals are somewhat too narrow.
- The hours of an event share one outcome: hundreds of events stand behind a line, not thousands of hours.
"""


def page(document: Document) -> str:
    """Return the page in Markdown.

    Args:
        document: trials, and what was asked and reached.
    """
    parts = (_plainly, _promises, _trained, scores, differences, calibration, speakers)
    return HEAD + "\n".join(line for part in parts for line in part(document)).rstrip() + "\n\n" + CAVEATS
