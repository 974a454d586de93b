"""The page on degenerate models, from what `bench.degenerate` found."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from bench.degenerate_plants import UNSEEN
from bench.degenerate_world import HELD_OUT
from drybulb.app.markdown import item, number, paragraph, table, title

Document = dict[str, Any]

HEAD = """\
# Degenerate models: what they were, and how they are found

Written by `python -m bench.degenerate --page docs/why/degenerate-models.md`, part of `make results`, on a synthetic
world of six cities with a fixed seed; run again it does not change.

"""

#: Cut from sentences: it stands for the bytes of one model on one machine.
_DIGEST = re.compile(r"\b[0-9a-f]{8,}…")


def page(document: Document) -> str:
    """Return the page in Markdown.

    Args:
        document: what was found.
    """
    parts = (_plainly, _disease, _clocks, _ranges, _instead, _gate, _limits)
    return HEAD + "\n".join(line for part in parts for line in part(document)).rstrip() + "\n"


def _plainly(document: Document) -> list[str]:
    ill = [row for row in document["cities"] if row["constants"]]
    well = [row for row in document["cities"] if not row["constants"]]
    worst, least = max(row["crps"] for row in ill), min(row["crps_dummy"] for row in ill)
    error = next(row["error"] for row in ill)
    return [
        *_wrapped(
            "The plan drybulb answers says that five of six cities had a DummyClassifier. No program of the original"
            " named such a thing. It had twelve classifiers a city, one for each P(high ≥ maximum so far + k), with"
            " labels clipped to −2 … 10 °F. CatBoost refuses labels of one class, so a threshold that more than 99.5 %"
            " of the rows reach, or fewer than 0.5 %, got a note of that rate instead; and one program, with a predict"
            f" of its own, asked the note as if it were a classifier: `{error}`. Chicago had 32 of 5,608 rows at −2 °F,"
            " 0.57 %: just enough for a classifier. No model of the original is left, so this is inferred from its code"
            " and logs. Here it is made again:"
        ),
        *_item(
            f"{_listed(title(row['city']) for row in ill)} have constant thresholds, and such a program cannot serve"
            f" them; {_listed(title(row['city']) for row in well)} it can. {_difference(ill, well)}"
        ),
        *_item(
            f"None of the {len(ill)} is a dummy: their CRPS on the {HELD_OUT} days after is at most {number(worst, 2)}"
            f" °F, that of models which are constants throughout at least {number(least, 2)} °F."
        ),
        *_item(_verdicts(document)),
        "",
    ]


def _difference(ill: list[Document], well: list[Document]) -> str:
    most = max(row["lowest_events"] for row in ill)
    fewest = min(row["lowest_events"] for row in well)
    return f"What tells them apart is {fewest} events at −2 °F instead of {most}."


def _verdicts(document: Document) -> str:
    faults = [row for row in document["plants"] if row["kind"] != "sound"]
    refused = sum(row["verdict"] == "refused" for row in faults)
    return f"The gate refuses {refused} of {len(faults)} models planted with a fault, and serves the sound one."


def _disease(document: Document) -> list[str]:
    rows = [
        (
            title(row["city"]),
            f"{row['lowest']} of {row['rows']:,} ({number(100 * row['lowest'] / row['rows'], 2)} %)",
            _constants(row["constants"]),
            "fails" if row["error"] else "runs",
            number(row["crps"], 2),
            number(row["crps_dummy"], 2),
        )
        for row in document["cities"]
    ]
    columns = ("", "rows at −2 °F", "constants: k (P)", "private predict", "CRPS [°F]", "CRPS of a true dummy [°F]")
    return ["## The disease", "", *table(columns, rows)]


def _constants(found: dict[int, float]) -> str:
    return ", ".join(f"{number(k, 0)} ({number(p, 4)})" for k, p in found.items()) or "none"


def _clocks(document: Document) -> list[str]:
    columns = [
        f"{head}: {name}"
        for head in ("≤ max − 2 °F", "≥ max + 12 °F")
        for name in ("happened", "the constant", "drybulb")
    ]
    rows = []
    for clock in dict.fromkeys(row["clock"] for row in document["clocks"]):
        found = {row["what"]: row for row in document["clocks"] if row["clock"] == clock}
        both = (found[what][name] for what in ("at most", "at least") for name in ("happened", "constant", "model"))
        rows.append((f"{clock}:00", *map(_percent, both)))
    return [
        "## The harm: the same at 10:00 and at 23:00",
        "",
        *_wrapped(
            f"{title(document['city'])}, {document['clocks'][0]['events']} events a clock, by how far the high ended"
            " from the maximum so far. The constant for 12 °F is of a recipe told −10 … 15 °F, labels not clipped;"
            " drybulb is the mean of the city model over these rows, which trained it."
        ),
        *table(("", *columns), rows),
    ]


def _percent(share: float) -> str:
    return "< 0.01 %" if 0.0 < share < 0.0001 else f"{number(100 * share, 2)} %"


def _ranges(document: Document) -> list[str]:
    rows = [
        (
            "not clipped" if row["labels"] is None else _span(row["labels"]),
            _span(row["range"]),
            str(row["thresholds"]),
            str(len(row["constants"])),
            _runs(row["constants"]),
        )
        for row in document["ranges"]
    ]
    return [
        "## A wider range makes it worse",
        "",
        *paragraph(
            "Told of more degrees on labels that are still clipped, the recipe gets a constant for each new one"
            f" ({title(document['city'])}, [°F]):"
        ),
        *table(("labels", "range", "thresholds", "constants", "at k"), rows),
    ]


def _span(pair: Iterable[int]) -> str:
    return " … ".join(number(one, 0) for one in pair)


def _runs(found: Iterable[int]) -> str:
    """Thresholds with those that follow each other written as one."""
    runs: list[list[int]] = []
    for k in sorted(found):
        if runs and runs[-1][-1] == k - 1:
            runs[-1].append(k)
        else:
            runs.append([k])
    return ", ".join(number(run[0], 0) if len(run) == 1 else _span((run[0], run[-1])) for run in runs) or "none"


def _instead(document: Document) -> list[str]:
    went, stopped = document["steps"]["went_on"], document["steps"]["stopped"]
    return [
        "## How to see it, and what is done instead",
        "",
        *_item(
            "**See it.** `drybulb models --why` names each stored model that is refused, with the reasons. Of the"
            " recipe `drybulb.forecast.thresholds.constants` lists the constants; they answer as classifiers do."
        ),
        *_item(
            "**No threshold has a model of its own.** A hazard asks of each degree from the maximum so far to the high:"
            f" did it go on to the next? On the rows of {title(document['city'])} above it did {went:,} times and"
            f" stopped {stopped:,} times; one fit, with degree and hour among its features, learns from them all: a"
            " rare degree borrows from the others. Below the maximum S speaks."
        ),
        *_item(
            "**A city with too little gets no model**, and training says why; of the thin city below:"
            f" *{document['ungrown']}*."
        ),
        *_item(f"**Somebody else speaks, by name.** {_next(document)}"),
        "",
    ]


def _next(document: Document) -> str:
    newest, older = document["next"]["verdicts"]
    said = _listed(f"`{source}`" for source in document["next"]["sources"])
    return (
        f"Where the constant model below is the newest, it is {newest}, and a sound one of thirty days before {older}."
        f" Where there is none, the global model speaks on the event day and its beliefs are marked {said}."
    )


def _gate(document: Document) -> list[str]:
    rows = [
        (
            f"**{row['kind']}**: {row['how']}",
            f"{row['events']:,}",
            number(row["gain"], 3),
            row["verdict"],
            " ".join(_DIGEST.sub("…", reason) for reason in row["reasons"]) or "–",
        )
        for row in document["plants"]
    ]
    return [
        "## What the gate says",
        "",
        *_wrapped(
            "Each model was grown by the code that grows real ones, and stored; *why* is what `drybulb models --why`"
            " prints, folders and digests cut. *Gain* is the log score of S less the model's, out of fold [nats]."
        ),
        *table(("planted", "events", "gain", "verdict", "why"), rows),
    ]


def _limits(document: Document) -> list[str]:
    unseen, scored = (next(r for r in document["plants"] if r["kind"] == UNSEEN), document["unseen"])
    hole = (
        " **The last model passes**: its answer moves with the maximum so far whatever the labels were. Against the"
        f" true highs of the last {HELD_OUT} days its CRPS is {number(scored['model'], 2)} °F, climatology's"
        f" {number(scored['climatology'], 2)}: `drybulb verify` shows it."
    )
    return [
        "## What this does not show",
        "",
        *_wrapped(
            "The world is fourteen months, and the recipe's trees fewer and smaller than the original's: how good it"
            " is, and which constants it has on the recorded archive, stands in [models.md](../results/models.md). The"
            " events at −2 °F are planted, the one more of Chicago too. Wrong labels need not be found: a model is"
            " compared with S, which learns the same ones, and the probes ask only whether it listens."
            + (hole if unseen["verdict"] != "refused" else "")
        ),
    ]


def _wrapped(text: str) -> list[str]:
    """A paragraph in which no line begins with a unit."""
    return [line.replace(_TIE, " ") for line in paragraph(_tied(text))]


def _item(text: str) -> list[str]:
    """One item of a list, likewise."""
    return [line.replace(_TIE, " ") for line in item(_tied(text))]


_TIE = "\0"


def _tied(text: str) -> str:
    return re.sub(r" (?=%|°F)", _TIE, text)


def _listed(names: Iterable[str]) -> str:
    found = list(names)
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)
