"""What the rows of the page need from forecasts alone: each training asked about its days, each row measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from bench.earned_models import Kept, asked_at, noon, trained, ungrouped
from bench.earned_nowcast import kernel, linear_nowcast
from bench.earned_scores import (
    BEFORE,
    DAYTIME,
    EVENT,
    MIDNIGHT,
    WHOLE,
    Span,
    below,
    calibration,
    clock,
    filled,
    mean_of,
    median_bias,
    rounded,
)
from bench.model_scores import Asked, scored, speakers
from bench.model_trials import HOURS
from bench.models import TRIALS
from bench.trained import READ
from drybulb.app.config import Config
from drybulb.app.forecaster import Forecaster
from drybulb.app.scored import load_labels
from drybulb.domain.city import City
from drybulb.forecast.labels import newest_trainable
from drybulb.forecast.model import Prediction

Row = dict[str, Any]
Others = Callable[[pl.DataFrame], Mapping[str, Prediction]]

GUIDED = ("miami", "chicago", "philadelphia")
UNGUIDED = ("denver", "los_angeles")
WINTER = (date(2024, 11, 20), date(2025, 2, 28))
NAMES = ("hybrid", "S", "emos", "climatology")
NOWCAST = "linear nowcast"
NEXT_HOUR = "linear nowcast with the next hour's reading"
KERNEL = "crude kernel"
READINGS = ("neighbour_running_max", "neighbour_last_temp", "guidance_raw")
CLOCKS = (12, 14, 16)
_PAST = date(2022, 1, 1)
"""First day of readings that are reports, at Miami and O'Hare."""

YOUNG, OLD = TRIALS


@dataclass(frozen=True, slots=True)
class Heard:
    """What one city's forecasters said about a window.

    Attributes:
        asked: rows and predictions.
        scores: of every forecast.
    """

    asked: Asked
    scores: pl.DataFrame

    @classmethod
    def of(
        cls,
        forecaster: Forecaster,
        city: City,
        window: tuple[date, date],
        names: Sequence[str] = NAMES,
        others: Others | None = None,
    ) -> Heard:
        """Ask the forecasters about every hour of every event."""
        days = pl.date_range(*window, eager=True).to_list()
        rows = asked_at(forecaster, city, days, {lead: list(hours) for lead, hours in HOURS.items()})
        requests = rows.select("city", "day", "at")
        said = forecaster.predictions(requests, names) | dict(others(rows) if others else {})
        asked = Asked.of(rows, said, load_labels(forecaster.lake, {city.key: city}, *window))
        return cls(asked, scored(asked))


def load(kept: Kept, lake: Path, folder: Path, stock: Config, first: date) -> Forecaster:
    """The forecaster of a training, trained unless that was done before."""
    return Forecaster.load(trained(kept, lake, folder, stock), kept.configured(stock), first)


def test_rows(lake: Path, folder: Path, stock: Config) -> Row:
    """Train until 2024 and ask about 2024: Miami, Chicago by way of O'Hare, and Philadelphia."""
    kept, window = Kept(YOUNG.name, YOUNG.until, settings=YOUNG.settings), (YOUNG.start, YOUNG.end)
    forecaster = load(kept, lake, folder, stock, window[0])
    document = guided_window(forecaster, kept, window)
    document["variants"] = variants(forecaster, lake, folder, stock, window)
    return document


def winter_rows(forecaster: Forecaster, kept: Kept) -> Row:
    """The same rows of the winter, by the models trained again until just before it."""
    return guided_window(forecaster, kept, WINTER)


def guided_window(forecaster: Forecaster, kept: Kept, window: tuple[date, date]) -> Row:
    """Every row that the three cities with guidance have in a window, with their references.

    Args:
        forecaster: of the training.
        kept: the training.
        window: first and last event day.
    """
    cities = forecaster.config.cities()
    document: Row = {**_head(kept, window), "known": known_hours(forecaster, window)}
    for key in GUIDED:
        others = _nowcasts(forecaster, cities[key], kept) if cities[key].neighbour else None
        heard = Heard.of(forecaster, cities[key], window, others=others)
        whole, silent = heard.scores, {}
        for name in ("hybrid", "S", "emos"):
            whole, silent[name] = filled(whole, name, "climatology")
        document["cities"][key] = {
            "silent": silent,
            "means": _means(whole, (WHOLE, BEFORE, MIDNIGHT, DAYTIME)),
            "hours": _hourly(heard.scores, ("hybrid", "S", "emos")),
            "below": list(_below_emos(heard.scores)),
            "calibration": [one for lead in (1, 0) if (one := calibration(heard.asked, "hybrid", lead))],
            "speakers": speakers(heard.asked, key),
        }
    return document


def known_hours(forecaster: Forecaster, window: tuple[date, date]) -> Row:
    """How many hours after 00Z of the day before the MOS of a window was known: the earliest and the latest [h]."""
    stations = [forecaster.config.cities()[key].station for key in GUIDED]
    mos = forecaster.lake.read("guidance", stations, *window).filter(pl.col("source").str.starts_with("mos:"))
    before = pl.col("day").cast(pl.Datetime("us", "UTC")) - pl.duration(days=1)
    hours = mos.select((pl.col("known_at") - before).dt.total_seconds() / 3600).to_series()
    low, high = hours.to_numpy().min(), hours.to_numpy().max()
    return {"rows": mos.height, "earliest": rounded(low), "latest": rounded(high)}


def _head(kept: Kept, window: tuple[date, date]) -> Row:
    return {
        "name": kept.name,
        "until": f"{kept.until:%Y-%m-%dT%H:%MZ}",
        "start": window[0].isoformat(),
        "end": window[1].isoformat(),
        "settings": dict(kept.settings),
        "cities": {},
    }


def _means(scores: pl.DataFrame, spans: Iterable[Span]) -> list[Row]:
    """Mean CRPS and log score of every forecaster that speaks at all, by span."""
    names = [name for name in NAMES if name in set(scores["forecaster"])]
    return [
        {"span": span.name, "forecaster": name, "metric": metric, **mean_of(scores, name, span, metric)}
        for span in spans
        for name in names
        for metric in ("crps", "log_score")
    ]


def _hourly(scores: pl.DataFrame, names: Sequence[str]) -> list[Row]:
    """Mean CRPS by hour, and at how many events somebody spoke."""
    part = scores.filter(pl.col("forecaster").is_in(list(names)))
    means = part.group_by("lead", "hour", "forecaster").agg(pl.len().alias("events"), pl.col("crps").mean())
    ordered = means.sort("lead", "hour", "forecaster", descending=[True, False, False])
    return [{**row, "crps": rounded(row["crps"])} for row in ordered.iter_rows(named=True)]


def _below_emos(scores: pl.DataFrame) -> Iterable[Row]:
    """By how much each forecaster is below EMOS at midnight and at the clocks of the nowcast."""
    spoke = set(scores["forecaster"])
    for span in (MIDNIGHT, *map(clock, CLOCKS)):
        for name in ("hybrid", "S", NOWCAST, NEXT_HOUR):
            if name in spoke and not span.of(scores.filter(pl.col("forecaster") == name)).is_empty():
                yield {"span": span.name, "forecaster": name, **below(scores, name, "emos", span)}


def _nowcasts(forecaster: Forecaster, city: City, kept: Kept) -> Others:
    """The linear nowcast refitted, and the same as it would be had the next hour's reading been out already."""
    offset, embargo = city.standard_offset_hours, forecaster.config.training.embargo_days
    last = newest_trainable(kept.until, offset, embargo)
    labels = load_labels(forecaster.lake, {city.key: city}, _PAST, last)
    days = labels["day"].to_list()

    def at(hour: int) -> pl.DataFrame:
        rows = asked_at(forecaster, city, days, {0: [hour]})
        return rows.join(labels, on=["city", "day"], how="inner", maintain_order="left")

    def said(rows: pl.DataFrame) -> Mapping[str, Prediction]:
        now, later = Prediction.none(rows.height, "not asked"), Prediction.none(rows.height, "not asked")
        for hour in CLOCKS:
            for late, whole in ((0, now), (1, later)):
                where = rows.with_row_index("row").filter((pl.col("lead") == 0) & (pl.col("hours") == hour))
                places = where["row"].to_numpy()
                seen = asked_at(forecaster, city, where["day"].to_list(), {0: [hour + late]})
                found = linear_nowcast(at(hour + late), seen, READINGS)
                whole.pmf[places], whole.available[places] = found.pmf, found.available
        return {NOWCAST: now, NEXT_HOUR: later}

    return said


def variants(forecaster: Forecaster, lake: Path, folder: Path, stock: Config, window: tuple[date, date]) -> list[Row]:
    """Miami with and without the six-hour groups: the hybrid trained again without them, and a crude kernel on both."""
    city = stock.cities()["miami"]
    bare = ungrouped(lake, folder / "without-groups-lake", city.station)
    kept = Kept("without-groups", YOUNG.until, settings=YOUNG.settings)
    poorer = load(kept, bare, folder, stock, window[0])
    found = []
    for groups, one in ((True, forecaster), (False, poorer)):
        heard = Heard.of(one, city, window, ("hybrid", "S"), _kernels(one, city, kept))
        for name in ("hybrid", "S", KERNEL):
            spans = (DAYTIME,) if name == KERNEL else (WHOLE, DAYTIME)
            found += [
                {"groups": groups, "forecaster": name, "span": span.name, **mean_of(heard.scores, name, span)}
                for span in spans
            ]
    return found


def _kernels(forecaster: Forecaster, city: City, kept: Kept) -> Others:
    """The kernel over the days before the training's end, at the clocks of the event day."""
    last = newest_trainable(kept.until, city.standard_offset_hours, forecaster.config.training.embargo_days)
    labels = load_labels(forecaster.lake, {city.key: city}, _PAST, last)

    def said(rows: pl.DataFrame) -> Mapping[str, Prediction]:
        known = asked_at(forecaster, city, labels["day"].to_list(), {0: list(range(10, 24))})
        past = known.join(labels, on=["city", "day"], how="inner", maintain_order="left")
        whole = Prediction.none(rows.height, "not asked")
        for hour in range(10, 24):
            where = rows.with_row_index("row").filter((pl.col("lead") == 0) & (pl.col("hours") == hour))
            found = kernel(past.filter(pl.col("hours") == hour), where)
            places = where["row"].to_numpy()
            whole.pmf[places], whole.available[places] = found.pmf, found.available
        return {KERNEL: whole}

    return said


def unguided_rows(lake: Path, folder: Path, stock: Config) -> Row:
    """Train until 2020 and ask about 2020 and 2021: Denver and Los Angeles, hourly whole degrees and no guidance."""
    kept, window = Kept(OLD.name, OLD.until, settings=OLD.settings), (OLD.start, OLD.end)
    forecaster = load(kept, lake, folder, stock, window[0])
    document = _head(kept, window)
    for key in UNGUIDED:
        heard = Heard.of(forecaster, stock.cities()[key], window, ("hybrid", "S", "climatology"))
        document["cities"][key] = {
            "below_s": below(heard.scores, "hybrid", "S", DAYTIME),
            "below_s_log": below(heard.scores, "hybrid", "S", DAYTIME, "log_score"),
            "median": {name: median_bias(heard.asked, name, DAYTIME) for name in ("hybrid", "S")},
            "calibration": [one for lead in (1, 0) if (one := calibration(heard.asked, "hybrid", lead))],
            "speakers": speakers(heard.asked, key),
        }
    return document


def blind_rows(lake: Path, folder: Path, stock: Config) -> Row:
    """The same days from a lake without any observations: guidance only."""
    tables = tuple(table for table in READ if table != "observations")
    kept, window = Kept("guidance-only", YOUNG.until, tables=tables), (YOUNG.start, YOUNG.end)
    forecaster = load(kept, lake, folder, stock, window[0])
    document = _head(kept, window)
    for key in GUIDED:
        heard = Heard.of(forecaster, stock.cities()[key], window, ("hybrid", "S", "emos"))
        document["cities"][key] = {name: below(heard.scores, name, "emos", MIDNIGHT) for name in ("hybrid", "S")}
    return document


def left_out_rows(lake: Path, folder: Path, stock: Config) -> Row:
    """Each station left out of the training, beside its own EMOS of the training in which it was."""
    window, cities = (YOUNG.start, YOUNG.end), stock.cities()
    whole = load(Kept(YOUNG.name, YOUNG.until, settings=YOUNG.settings), lake, folder, stock, window[0])
    document: Row = {**_head(Kept("without-…", noon(2024)), window)}
    for key in GUIDED:
        without = load(Kept(f"without-{key}", noon(2024), without=key), lake, folder, stock, window[0])
        own = Heard.of(whole, cities[key], window, ("emos",)).scores
        alien = Heard.of(without, cities[key], window, ("hybrid", "S"))
        scores = pl.concat([alien.scores, own])
        document["cities"][key] = {
            "spans": [
                {"span": span.name, "forecaster": name, **below(scores, name, "emos", span)}
                for span in (BEFORE, MIDNIGHT, EVENT)
                for name in ("hybrid", "S")
            ],
            "speakers": speakers(alien.asked, key),
        }
    return document
