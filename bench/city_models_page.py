"""The page that says which model serves which city and why, from the document of `bench.city_models`."""

from __future__ import annotations

from typing import Any

from bench.city_models_sentences import LEADS, changes, in_force, listed, spoken_by, votes
from drybulb.app.markdown import item, number, paragraph, table, title

Document = dict[str, Any]

HEAD = """\
# City models: which model serves which city, and why

Written by `make results` (`python -m bench.city_models`) from the registry, the lake's coverage and the hybrid's own
answers; run again it does not change.

"""


def page(document: Document) -> str:
    """Return the page in Markdown.

    Args:
        document: what `bench.city_models` found.
    """
    lines = [*_options(document), *_summary(document), *_scores(document)]
    for row in document["cities"]:
        lines += _city(row, document)
    return HEAD + "\n".join([*lines, *_changes_of_mind(document)]).rstrip() + "\n"


def _options(document: Document) -> list[str]:
    at, cities = document["at"][:16], document["cities"]
    own = [title(row["city"]) for row in cities if row["model"]["verdict"] == "serves"]
    without = [title(row["city"]) for row in cities if row["model"]["verdict"] != "serves"]
    whole = document["global"]
    known = [title(row["city"]) for row in cities if row["station"] in whole["stations"]]
    return [
        *paragraph(
            f"The plan left three ways open for cities without a sound model of their own. As of {at}Z, trained until"
            f" {document['until'][:16]}Z:"
        ),
        *item(
            f"**A, train each city's own model**: {listed(own)} {'has' if len(own) == 1 else 'have'} one that passed"
            f" the gate; {listed(without)} {'has' if len(without) == 1 else 'have'} none."
        ),
        *item(
            f"**B, serve the global model to all**: it {_verdict(whole)}; it was trained on {listed(known)}"
            f" ({number(whole['events'], 0)} events)."
        ),
        *item(
            "**C, the hybrid with a fallback**: the day before, B; the event day, A where the city has a model that"
            " passed the gate, hears something and is not clearly worse than B out of fold, else B, else nobody; and"
            " each belief says which."
        ),
        "",
        *paragraph(f"**C is in force everywhere**; what it comes to is decided by the data. {_why_not_b(document)}"),
        *paragraph(
            f"*Spoke* counts the {document['events']} event days from {document['first']} to {document['last']} of"
            " which the lake knows anything, in any city, and for which the models are in date; the hybrid was asked at"
            f" {_clocks(document)}, local standard time."
        ),
    ]


def _verdict(model: Document) -> str:
    if model["verdict"] == "serves":
        return "passed the gate"
    return f"is missing ({model['missing']})" if model["verdict"] is None else f"was refused ({model['missing']})"


def _clocks(document: Document) -> str:
    return listed(f"{hour}:00 of {LEADS[int(lead)]}" for lead, hours in document["clocks"].items() for hour in hours)


def _why_not_b(document: Document) -> str:
    """How A and B compare on the event day, where both were scored out of fold."""
    pairs: list[tuple[str, float, float]] = []
    for row in document["cities"]:
        found = {score["who"]: score for score in row["scores"] if score["lead"] == 0}
        if {"city", "global"} <= set(found):
            pairs.append((title(row["city"]), _gain(found["city"]), _gain(found["global"])))
    if not pairs:
        return "No city has both a model of its own and the global one to compare."
    better = [city for city, own, whole in pairs if own > whole]
    least, most = (f([own - whole for _, own, whole in pairs]) for f in (min, max))
    return (
        f"Out of fold on the event day the city's own model gains more on S than the global one in {len(better)} of"
        f" {len(pairs)} cities, by {number(least, 3)} to {number(most, 3)} nats, so B alone would give that away; A"
        " alone would be silent the day before, and wherever nobody reads a thermometer."
    )


def _gain(score: Document) -> float:
    return float(score["log_score_s"] - score["log_score"])


def _summary(document: Document) -> list[str]:
    rows = [
        (title(row["city"]), in_force(row), *(votes(row, lead) for lead in (1, 0)), changes(row, document)[0].short)
        for row in document["cities"]
    ]
    columns = ("", "in force", "spoke the day before", "spoke on the event day", "what would change it first")
    return ["## At a glance", "", *table(columns, rows)]


def _scores(document: Document) -> list[str]:
    rows = [
        (
            f"{title(row['city'])}, {LEADS[score['lead']]}",
            score["who"],
            f"{score['events']:,}",
            f"{number(score['log_score'])} ({number(score['log_score_s'])})",
            number(_gain(score), 4),
            f"{number(score['crps'])} ({number(score['crps_s'])})",
        )
        for row in document["cities"]
        for score in row["scores"]
    ]
    return [
        "## Scores out of fold, beside S",
        "",
        *paragraph(
            "From the cards of the models in force: log score [nats] and CRPS [°F] on each city's training days, in"
            " brackets those of S on the same rows; lower is better. *Gain* is the log score of S less the model's. The"
            " rows of two models of a city are not the same where their events are not: compare gains, or see"
            " [models.md](../results/models.md), where all are scored on the same later days."
        ),
        *table(("", "model", "events", "log score (S)", "gain", "CRPS (S)"), rows),
    ]


def _city(row: Document, document: Document) -> list[str]:
    by_then, model = row["by_then"], row["model"]
    lines = [f"## {title(row['city'])}", "", *item(f"**In force**: {in_force(row)}.")]
    for lead in (1, 0):
        lines += item(f"**{LEADS[lead].capitalize()}**: {spoken_by(row, lead)}.")
    lines += item(f"**Own model**: {_own(model)}")
    lines += item(
        f"**Days that could train** by {document['at'][:10]}: labelled with guidance {by_then['guidance_models']:,},"
        f" with readings of its own {by_then['city_model']:,},"
        f" of a neighbour only {by_then['city_model_by_neighbour']:,}."
    )
    lines += ["- **What would change it**:", *(line for one in changes(row, document) for line in item(one.full, "  "))]
    columns = ("days in the lake", f"known by {document['at'][:10]}", "since")
    return [*lines, "", *table(columns, [_input(one) for one in row["inputs"]])]


def _own(model: Document) -> str:
    trained = f"{number(model['events'], 0)} events, {model['first']} … {model['last']}"
    if model["verdict"] == "serves":
        return f"serves ({trained})."
    return f"{model['missing']}." if model["verdict"] is None else f"refused. {' '.join(model['reasons'])}"


def _input(one: Document) -> tuple[str, str, str]:
    return f"{one['what']}, {one['of']}", _span(one["by_then"]), _span(one["later"])


def _span(days: Document | None) -> str:
    return "none" if days is None else f"{days['days']:,}, {days['first']} … {days['last']}"


def _changes_of_mind(document: Document) -> list[str]:
    return [
        "## What would change it anywhere",
        "",
        *paragraph(
            f"A city model is refused with fewer than {document['min_events']} events, or when out of fold its log"
            f" score is more than {document['max_loss']} nats worse than S's; and it is silent three hours after the"
            " last reading. Then the global model speaks for the city and says so. Were the global model as good as the"
            " city models on later days ([models.md](../results/models.md)), B would be simpler and would be taken."
        ),
    ]
