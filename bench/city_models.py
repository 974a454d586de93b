"""Which model serves which city, and why: from the registry, the lake's coverage, and the hybrid itself.

    python -m bench.city_models --lake LAKE --at INSTANT [--page FILE] [--json]

The registry is asked as `drybulb models --why --at INSTANT` asks it. The lake is counted as it stood at that instant,
and apart from that what came later. Then the hybrid is asked about the event days from the instant on that the lake
knows anything of, until its models are out of date: who is in force is not what is stored but who speaks.
"""

# ruff: noqa: T201 - a script, run by hand: it prints what it found.
from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from bench.city_models_page import page
from bench.city_models_sentences import NOBODY
from bench.lake_in_time import LakeInTime
from drybulb.adapters.lake import Lake
from drybulb.app import config
from drybulb.app.config import Config
from drybulb.app.coverage import usable
from drybulb.app.forecaster import Forecaster
from drybulb.app.models import ModelsResult, list_models
from drybulb.app.roster import Roster, load_roster
from drybulb.domain.city import City
from drybulb.domain.climateday import ClimateDay
from drybulb.forecast.hybrid import NAME
from drybulb.forecast.model_card import CITY, BandScore, ModelCard
from drybulb.forecast.parts import MIN_DAYS
from drybulb.forecast.training_card import instant_text
from drybulb.frames.grid import clock_requests

CLOCKS = {1: [16], 0: [14]}
"""Local standard hours at which the hybrid is asked, by lead [h]: the afternoons."""

_INPUTS = {"official highs": "official", "guidance": "guidance", "readings": "observations"}
_ALL = "all"

Row = dict[str, Any]


def measure(lake: Lake, settings: Config, at: datetime) -> Row:
    """Return the document of all cities.

    Args:
        lake: the tables, with the models beside them.
        settings: the configuration.
        at: the instant from which the models are asked [aware].
    """
    listed = list_models(lake, settings, at, is_explained=True)
    roster, forecaster = load_roster(lake, settings, at), Forecaster.load(lake, settings, at)
    known, later = LakeInTime(lake.path, until=at), LakeInTime(lake.path, after=at)
    by_then, in_all = usable(known, settings), usable(lake, settings)
    cities = settings.cities()
    days = _asked_about(lake, settings, at, forecaster.fitted.card.until)
    spoke = _speakers(forecaster, cities, days)
    return {
        "at": instant_text(at),
        "until": instant_text(forecaster.fitted.card.until),
        "first": days[0].isoformat(),
        "last": days[-1].isoformat(),
        "events": len(days),
        "clocks": {str(lead): hours for lead, hours in CLOCKS.items()},
        "min_events": listed.rules.min_events,
        "max_loss": listed.rules.max_loss,
        "min_days": MIN_DAYS,
        "global": _model(listed, "global", None if roster.global_ is None else roster.global_.card),
        "cities": [
            {
                "city": key,
                "station": city.station,
                "neighbour": city.neighbour,
                "inputs": list(_inputs(known, later, city)),
                "by_then": by_then[key].to_json(),
                "in_all": in_all[key].to_json(),
                "guided_from": _fit_from(lake, city, settings.training.embargo_days),
                "model": _model(listed, f"{CITY}-{key}", roster.cities[key].card if key in roster.cities else None),
                "scores": list(_scores(roster, key, city.station)),
                "speakers": [row for row in spoke if row["city"] == key],
            }
            for key, city in cities.items()
        ],
    }


def _asked_about(lake: Lake, settings: Config, at: datetime, until: datetime) -> list[date]:
    """Event days whose day before begins at or after an instant in every city, and at whose end the models are in date.

    Days of which the lake has neither guidance nor an official high of any city are left out.

    Raises:
        SystemExit: there is none.
    """
    cities = settings.cities().values()
    first = max(ClimateDay.at(at, city.standard_offset_hours).date for city in cities) + timedelta(days=2)
    oldest = (until + timedelta(days=settings.training.max_model_age_days)).astimezone(UTC).date() - timedelta(days=2)
    known = {day for table in ("guidance", "official") for day in lake.read(table, columns=["day"])["day"].unique()}
    days = sorted(day for day in known if first <= day <= oldest)
    if not days:
        raise SystemExit(f"{lake.path} knows nothing of {first} … {oldest}; give an earlier --at")
    return days


def _speakers(forecaster: Forecaster, cities: dict[str, City], days: list[date]) -> list[Row]:
    """Who spoke for the hybrid and why, by city and lead: about how many events, the first and the last."""
    requests = clock_requests(cities, days, CLOCKS)
    found = forecaster.predictions(requests, [NAME])[NAME]
    offsets = {key: city.standard_offset_hours for key, city in cities.items()}
    offset = pl.duration(hours=pl.col("city").replace_strict(offsets, return_dtype=pl.Int64))
    said = requests.with_columns(
        lead=((pl.col("at") + offset).dt.date() < pl.col("day")).cast(pl.Int32),
        who=pl.Series([source or NOBODY for source in found.source or []]),
        why=pl.Series(found.reason),
    )
    span = (pl.len().alias("events"), pl.col("day").min().alias("first"), pl.col("day").max().alias("last"))
    grouped = said.group_by("city", "lead", "who", "why", maintain_order=True).agg(span)
    return [
        {**row, "first": row["first"].isoformat(), "last": row["last"].isoformat()}
        for row in grouped.sort("first", maintain_order=True).iter_rows(named=True)
    ]


def _inputs(known: Lake, later: Lake, city: City) -> Iterator[Row]:
    """What each table holds of a city: days by the instant, and days after it."""
    for what, table in _INPUTS.items():
        yield {"what": what, "of": city.station, **_both(known, later, table, city.station, city)}
    if city.neighbour is not None:
        yield {
            "what": "readings",
            "of": city.neighbour,
            **_both(known, later, "observations", city.neighbour, city),
        }


def _both(known: Lake, later: Lake, table: str, key: str, city: City) -> Row:
    return {"by_then": _days(known, table, key, city), "later": _days(later, table, key, city)}


def _days(lake: Lake, table: str, key: str, city: City) -> Row | None:
    """How many days have a row, the first and the last; None where none has."""
    if table == "observations":
        local = pl.col("valid_at") + pl.duration(hours=city.standard_offset_hours)
        days = lake.read(table, [key], columns=["valid_at"]).select(local.dt.date())["valid_at"].unique().sort()
    else:
        days = lake.read(table, [key], columns=["day"])["day"].unique().sort()
    if days.is_empty():
        return None
    return {"days": days.len(), "first": str(days[0]), "last": str(days[-1])}


def _fit_from(lake: Lake, city: City, embargo_days: int) -> Row:
    """Days with guidance and an official high in the whole lake, and the `--until` from which they carry a fit."""
    guided = set(lake.read("guidance", [city.station], columns=["day"])["day"])
    labelled = set(lake.read("official", [city.station], columns=["day"])["day"])
    days = sorted(guided & labelled)
    enough = days[MIN_DAYS - 1] + timedelta(days=embargo_days + 1) if len(days) >= MIN_DAYS else None
    return {"days": len(days), "enough": None if enough is None else enough.isoformat()}


def _model(listed: ModelsResult, name: str, card: ModelCard | None) -> Row:
    """The gate's verdict on the newest model of a name, and what it was trained on."""
    rows = [row for row in listed.rows if row.name == name]
    newest = rows[0] if rows else None
    return {
        "name": name,
        "verdict": None if newest is None else newest.verdict,
        "reasons": [] if newest is None else list(newest.reasons),
        "missing": listed.missing.get(name),
        "events": None if newest is None else newest.events,
        "first": None if card is None else card.first.isoformat(),
        "last": None if card is None else card.last.isoformat(),
        "stations": [] if card is None else list(card.stations),
    }


def _scores(roster: Roster, key: str, station: str) -> Iterator[Row]:
    """Scores of the seated models on a city's rows, out of fold, by lead."""
    if key in roster.cities:
        yield from _of_card(roster.cities[key].card, CITY, _ALL)
    if roster.global_ is not None:
        yield from _of_card(roster.global_.card, "global", station)


def _of_card(card: ModelCard, who: str, station: str) -> Iterator[Row]:
    # A card of one station alone has no part of its own for it: all is the station.
    wanted = station if len(card.stations) > 1 else _ALL
    for score in card.scores:
        if score.station == wanted and score.lead is not None and score.band == _ALL:
            yield {"who": who, **_score(score)}


def _score(score: BandScore) -> Row:
    return {
        "lead": score.lead,
        "events": score.events,
        "log_score": score.log_score["model"],
        "log_score_s": score.log_score["S"],
        "crps": score.crps["model"],
        "crps_s": score.crps["S"],
    }


def main() -> None:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lake", type=Path, required=True, help="a lake with trained models")
    parser.add_argument("--at", type=datetime.fromisoformat, required=True, help="such as 2024-11-17T12:00Z")
    parser.add_argument("--page", type=Path, help="write the decisions as a page")
    parser.add_argument("--json", action="store_true", help="print the document the page is made from")
    asked = parser.parse_args()
    if asked.at.tzinfo is None:
        raise SystemExit(f"--at {asked.at.isoformat()} has no time zone; write 2024-11-17T12:00Z")
    document = measure(Lake.existing(asked.lake), config.load(), asked.at)
    if asked.page is not None:
        asked.page.parent.mkdir(parents=True, exist_ok=True)
        asked.page.write_text(page(document), encoding="utf-8")
    if asked.json:
        print(json.dumps(document, indent=1))
    elif asked.page is None:
        print(page(document))


if __name__ == "__main__":
    main()
