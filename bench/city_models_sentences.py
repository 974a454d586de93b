"""What is in force for a city and what would change it, in words, from the document of `bench.city_models`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from drybulb.app.markdown import number

Document = dict[str, Any]

LEADS = {1: "the day before", 0: "the event day"}

NOBODY = "nobody"
_FALLBACK = "fallback:"
#: Head of the reason a station gets that has inputs of a kind no labelled day had.
_NO_FIT = "no fit for "


class Change(NamedTuple):
    """What would give a city a better model.

    Attributes:
        short: in a few words.
        full: in sentences.
    """

    short: str
    full: str


def listed(names: Iterable[str]) -> str:
    """Names with commas and an *and*."""
    found = list(names)
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found) or "none"


def in_force(row: Document) -> str:
    """What the hybrid comes to in a city, from who spoke."""
    own, whole, before = _events(row, 0, _is_own), _events(row, 0, _is_global), _events(row, 1, _is_global)
    if own:
        return "C: its own model on the event day, the global one the day before" if before else "A: its own model"
    if whole or before:
        strange = "" if row["station"] in _trained_on(row) else ", which was not trained on its station"
        return f"C, which comes to B: the global model{strange}"
    return "nothing: its own model hears nothing" if row["model"]["verdict"] == "serves" else "nothing"


def votes(row: Document, lead: int) -> str:
    """Who spoke about how many events, in a few words."""
    parts = (
        (name, _events(row, lead, is_it))
        for name, is_it in (("city", _is_own), ("global", _is_global), (NOBODY, _is_none))
    )
    return ", ".join(f"{name} {events}" for name, events in parts if events)


def spoken_by(row: Document, lead: int) -> str:
    """Who spoke about how many events of which days, and on what."""
    mine = [one for one in row["speakers"] if one["lead"] == lead]
    return "; ".join(
        f"{one['who']}, {_plural(one['events'], 'event')} {_span(one['first'], one['last'])} ({_reason(one['why'])})"
        for one in sorted(mine, key=lambda one: -one["events"])
    )


def changes(row: Document, document: Document) -> list[Change]:
    """What would give a city a better model than it has, most urgent first.

    Args:
        row: the city's part of the document.
        document: all of it.
    """
    found = [
        *(_yielding(row) or _readings(row)),
        *_guidance(row, document),
        *_own_model(row, document),
        *_neighbour(row, document),
    ]
    stays = f"Nothing is missing: its own model speaks while it passes the gate and {row['station']} is read."
    return found or [Change("nothing is missing", stays)]


def _guidance(row: Document, document: Document) -> list[Change]:
    """What a city waits for of which no guidance was known when the models were trained."""
    station, guidance = row["station"], _input(row, "guidance", row["station"])
    if guidance["by_then"] is not None:
        return []
    if guidance["later"] is None:
        return [Change(f"guidance for {station}", f"The lake has no guidance for {station}.")]
    first, fit = guidance["later"]["first"], row["guided_from"]
    short = f"guidance for {station}, which begins {first}"
    said = (
        f"Guidance for {station} begins {first} in the lake, {_since(row, first)}. {document['min_days']} labelled days"
    )
    if fit["enough"] is None:
        return [Change(short, f"{said} of it would carry a fit; the lake has {fit['days']}.")]
    trained = f"`drybulb train --until {fit['enough']}T23:00Z` or later"
    return [Change(short, f"{said} of it carry a fit for the city: {trained}. The lake has {fit['days']} such days.")]


def _since(row: Document, first: str) -> str:
    """Who spoke on the event day since guidance began."""
    late = [one for one in row["speakers"] if one["lead"] == 0 and one["last"] >= first]
    spoke = [one for one in late if _is_global(one["who"])]
    if spoke:
        unseen = " as of a station it was not trained on" if row["station"] not in _trained_on(row) else ""
        return f"and from then on the global model spoke{unseen}"
    if any(_NO_FIT in one["why"] for one in late):
        return "and still nobody spoke: no model had been fitted to this city's guidance"
    return "after the last event asked about" if not late else "and still nobody spoke"


def _yielding(row: Document) -> list[Change]:
    """What a city waits for whose own model's card leaves the event day to the global one."""
    if not _events(row, 0, lambda who: who == "global"):
        return []
    said = (
        "Its own model passed the gate and gives way on the event day: out of fold, on the same rows, the global model"
        f" is clearly better. More labelled days with readings of {row['station']} may turn that."
    )
    return [Change("more days for its own model: the global one is better out of fold", said)]


def _readings(row: Document) -> list[Change]:
    """What a city waits for whose own model passed the gate and hears nothing."""
    if row["model"]["verdict"] != "serves" or _events(row, 0, _is_own):
        return []
    ends = [one["by_then"]["last"] for one in row["inputs"] if one["what"] == "readings" and one["by_then"]]
    short = f"readings of {row['station']}, which end {max(ends)}"
    said = (
        f"Its own model passed the gate and waits for readings: those of {row['station']} end {max(ends)}. With a"
        " feed of them it speaks on the event day, and the global model the day before."
    )
    return [Change(short, said)]


def _own_model(row: Document, document: Document) -> list[Change]:
    """What a city needs to get a model of its own."""
    model, need = row["model"], document["min_events"]
    if model["verdict"] == "serves":
        return []
    if model["verdict"] is not None:
        return [Change("another training: its own model is refused", " ".join(model["reasons"]))]
    by_then, in_all = (row[when]["city_model"] + row[when]["city_model_by_neighbour"] for when in ("by_then", "in_all"))
    short = f"{need} labelled events with readings of {row['station']}; it has {by_then}"
    said = (
        f"A model of its own needs {need} labelled events with readings of the event day. It had {by_then}; the whole"
        f" lake has {in_all}. {_labels_missing(row)}{_remedy(row, need - in_all)}"
    )
    return [Change(short, said)]


def _labels_missing(row: Document) -> str:
    """Whether there are readings that only wait for official highs."""
    readings, highs = _input(row, "readings", row["station"]), _input(row, "official highs", row["station"])
    days = readings["by_then"] or readings["later"]
    if days is None:
        return f"No reading of {row['station']} is in the lake. "
    last = (highs["later"] or highs["by_then"] or {"last": "never"})["last"]
    if days["first"] <= last:
        return ""
    return f"Readings of {row['station']} begin {days['first']} ({days['days']} days), official highs end {last}. "


def _remedy(row: Document, short: int) -> str:
    if short <= 0:
        return "Train with a later `--until`."
    beside = "" if row["neighbour"] else f" Those of a neighbour, named as `neighbour` of {row['city']}, count too."
    return f"Readings of {short} more labelled days would do, past ones as well.{beside}"


def _neighbour(row: Document, document: Document) -> list[Change]:
    """What a city needs whose own model listens to a neighbour."""
    station = row["station"]
    if not _events(row, 0, _is_own) or row["by_then"]["city_model"]:
        return []
    said = (
        f"Its own model hears {row['neighbour']}, not {station}. {document['min_events']} labelled events with readings"
        f" of {station} would give it its own thermometer; the whole lake has {row['in_all']['city_model']}."
        f" {_labels_missing(row)}"
    )
    return [Change(f"readings of {station} itself, not of {row['neighbour']}", said.rstrip())]


def _input(row: Document, what: str, of: str) -> Document:
    found: Document = next(one for one in row["inputs"] if (one["what"], one["of"]) == (what, of))
    return found


def _trained_on(row: Document) -> set[str]:
    """The city's station where the global model has scores of it."""
    return {row["station"]} if any(score["who"] == "global" for score in row["scores"]) else set()


def _events(row: Document, lead: int, is_it: Callable[[str], bool]) -> int:
    return sum(one["events"] for one in row["speakers"] if one["lead"] == lead and is_it(one["who"]))


def _is_own(who: str) -> bool:
    return who == "city" or who.startswith("blend(")


def _is_global(who: str) -> bool:
    return who == "global" or who.startswith(_FALLBACK)


def _is_none(who: str) -> bool:
    return who == NOBODY


def _reason(why: str) -> str:
    """The part of a reason that is not said elsewhere of the city: what the last one asked stood on."""
    return why.rsplit("; ", 1)[-1]


def _plural(count: int, thing: str) -> str:
    return f"{number(count, 0)} {thing}{'' if count == 1 else 's'}"


def _span(first: str, last: str) -> str:
    return f"on {first}" if first == last else f"from {first} to {last}"
