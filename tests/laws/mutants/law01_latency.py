"""Defects of known_at: a row is taken for known when it describes, is issued or is true, not when one could have it."""

from __future__ import annotations

from typing import Any

import polars as pl

from drybulb.frames import asof, guided, latest, listed, neighbourly, observed, published, reported, reports
from drybulb.frames.asof import INSTANT, NEVER
from tests.laws import test_law01_asof as law
from tests.laws.mutants import Mutant

_reports, _newest, _highs = reports.reports_in_reach, guided.newest_guidance, published.standing_highs
_errors, _ladder, _lives = guided.errors, listed.attach, asof.with_lives
_neighbours_errors = neighbourly.errors
_said = reported.attach
_day_before, _last, _listing = observed._day_before, latest.last_readings, listed.listing_log


def _reports_when_valid(requests: pl.DataFrame, observations: pl.DataFrame) -> pl.DataFrame:
    return _reports(requests, observations.with_columns(known_at="valid_at"))


def _guidance_when_issued(guidance: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    return _newest(guidance.with_columns(known_at="issued_at"), places)


def _highs_when_the_day_ends(official: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    return _highs(official.with_columns(known_at=pl.col("day").cast(INSTANT)), places)


def _errors_of_the_whole_record(*inputs: Any) -> pl.DataFrame:
    return _errors(*inputs).with_columns(known_at=pl.col("known_at").min())


def _errors_when_the_day_ends(
    observations: pl.DataFrame, highs: pl.DataFrame, places: pl.DataFrame, rules: reports.ReadingRules
) -> pl.DataFrame:
    found = _neighbours_errors(observations, highs, places, rules)
    return found.with_columns(known_at=pl.col("day").cast(INSTANT) + pl.duration(days=1))


def _reported_when_the_day_begins(requests: pl.DataFrame, official: pl.DataFrame) -> pl.DataFrame:
    # Six hours are the latest midnight of the two cities.
    return _said(requests, official.with_columns(known_at=pl.col("day").cast(INSTANT) + pl.duration(hours=6)))


def _any_listing(requests: pl.DataFrame, markets: pl.DataFrame, nominal: listed.MarketHours) -> pl.DataFrame:
    early = markets.with_columns(known_at=pl.col("day").cast(INSTANT) - pl.duration(days=9))
    return _ladder(requests, early, nominal)


def _hours_of_every_leg(markets: pl.DataFrame) -> pl.DataFrame:
    event = ["city", "day"]
    return _listing(markets).with_columns(
        open_at=pl.col("open_at").min().over(event), close_at=pl.col("close_at").max().over(event)
    )


def _day_before_when_it_is_over(asked: pl.DataFrame) -> pl.DataFrame:
    over = pl.col("day").cast(INSTANT) - pl.duration(hours="offset")
    return _day_before(asked.with_columns(at=pl.max_horizontal("at", over)))


def _day_before_as_corrected_since(
    requests: pl.DataFrame, readings: pl.DataFrame, rules: reports.ReadingRules
) -> pl.DataFrame:
    corrected = readings.filter(pl.col("until") == NEVER).with_columns(known_at="valid_at")
    hindsight = _last(requests, corrected, rules)
    return _last(requests, readings, rules).with_columns(hindsight["temp_day_before"])


def _corrected_from_the_start(rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    first = rows.group_by(key).agg(pl.col("known_at").min())
    last = _lives(rows, key).filter(pl.col("until") == NEVER)
    return last.drop("known_at").join(first, on=key)


MUTANTS = [
    Mutant(
        law=law.test_a_week_has_no_future,
        target="drybulb.frames.reported.attach",
        replacement=_reported_when_the_day_begins,
        defect="a high so far is known from the beginning of its day",
    ),
    Mutant(
        law=law.test_a_week_has_no_future,
        target="drybulb.frames.observed.reports_in_reach",
        replacement=_reports_when_valid,
        defect="readings are joined on when they were taken",
    ),
    Mutant(
        law=law.test_no_row_from_the_future,
        target="drybulb.frames.observed.reports_in_reach",
        replacement=_reports_when_valid,
        defect="readings are joined on when they were taken",
    ),
    Mutant(
        law=law.test_a_week_has_no_future,
        target="drybulb.frames.guided.newest_guidance",
        replacement=_guidance_when_issued,
        defect="guidance is joined on when its run began",
    ),
    Mutant(
        law=law.test_a_week_has_no_future,
        target="drybulb.frames.published.standing_highs",
        replacement=_highs_when_the_day_ends,
        defect="official highs are joined by day",
    ),
    Mutant(
        law=law.test_a_week_has_no_future,
        target="drybulb.frames.guided.errors",
        replacement=_errors_of_the_whole_record,
        defect="the bias uses all errors of the record",
    ),
    Mutant(
        law=law.test_a_week_has_no_future,
        target="drybulb.frames.neighbourly.errors",
        replacement=_errors_when_the_day_ends,
        defect="the neighbour's error counts when its day ends, before the official high is published",
    ),
    Mutant(
        law=law.test_a_week_has_no_future,
        target="drybulb.frames.listed.attach",
        replacement=_any_listing,
        defect="a ladder is seen before it is listed",
    ),
    Mutant(
        law=law.test_a_week_has_no_future,
        target="drybulb.frames.reports.with_lives",
        replacement=_corrected_from_the_start,
        defect="a corrected reading overwrites the one that stood before",
    ),
    Mutant(
        law=law.test_a_week_has_no_future,
        target="drybulb.frames.observed._day_before",
        replacement=_day_before_when_it_is_over,
        defect="the maximum of the day before is that of the whole day while it is still going on",
    ),
    Mutant(
        law=law.test_a_week_has_no_future,
        target="drybulb.frames.observed.last_readings",
        replacement=_day_before_as_corrected_since,
        defect="the reading of 24 hours ago is read as it was corrected since",
    ),
    Mutant(
        law=law.test_a_week_has_no_future,
        target="drybulb.frames.listed.listing_log",
        replacement=_hours_of_every_leg,
        defect="an event's hours count legs that are listed later",
    ),
]
