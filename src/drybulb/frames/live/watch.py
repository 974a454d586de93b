"""A city under watch: rows in, snapshots out, one at a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import polars as pl

from drybulb.domain.city import City
from drybulb.domain.climateday import require_aware
from drybulb.errors import OutsideEvent
from drybulb.frames.guided import GuidanceRules
from drybulb.frames.live import guided, listed, observed, published, reported, reports
from drybulb.frames.live.instants import DAY, HOUR, in_hours, micros, number_of
from drybulb.frames.live.neighbourly import Neighbour
from drybulb.frames.reports import ReadingRules
from drybulb.frames.snapshot import SNAPSHOT_SCHEMA, SnapshotRules, check_table


class Watch:
    """What is known about one city, at every instant.

    Its snapshots equal bit for bit those that :func:`drybulb.frames.snapshot.snapshots` makes of
    all rows it has learnt.

    Args:
        city: whose events.
        rules: how long what was said stays worth hearing; the defaults when None.
    """

    def __init__(self, city: City, rules: SnapshotRules | None = None) -> None:
        rules = rules or SnapshotRules()
        readings = ReadingRules(rules.poll_lag_hours, rules.reading_max_age_hours)
        ageing = GuidanceRules(rules.bias_half_lives_days, rules.guidance_max_age_hours)
        offset = city.standard_offset_hours
        self.city = city
        self._own = observed.Station(offset, readings)
        self._next = observed.Station(offset, readings)
        self._highs = published.Highs(offset)
        self._said = reported.Reports(offset)
        self._guidance = guided.Guidance(offset, ageing, self._highs)
        self._neighbour = Neighbour(self._next, self._highs, rules.neighbour_half_life_days)
        self._listings = listed.Listings(offset, rules.market)

    def learn(self, table: str, rows: pl.DataFrame) -> None:
        """Take rows of a table that snapshots read; those about other cities are left out.

        Rows may come in any order and at any time, with a ``known_at`` of the past or of the
        future. A correction is a new row. A row learnt twice counts once; of two observations of
        one key and ``known_at`` the one learnt last counts.

        Args:
            table: ``observations``, ``guidance``, ``official`` or ``markets``.
            rows: rows with the columns of :data:`drybulb.frames.snapshot.READS`.

        Raises:
            TableError: a table that snapshots do not read, or rows without its columns or their ``known_at``.
        """
        check_table(table, rows)
        match table:
            case "observations":
                self._learn_observations(rows)
            case "guidance":
                self._guidance.restate(sorted(self._guidance.learn(self._about(rows, guided.COLUMNS))))
            case "official":
                versions = list(self._about(rows, published.COLUMNS))
                self._said.learn(versions)
                days = sorted(self._highs.learn(versions))
                self._guidance.restate(days)
                self._neighbour.restate(days)
            case "markets":
                self._listings.learn(_rows_of(rows, "city", self.city.key, listed.COLUMNS))

    def snapshot(self, day: date, at: datetime) -> dict[str, Any]:
        """Return what was known about the city's event of ``day`` at ``at`` [UTC].

        Returns:
            A value for each column of :data:`drybulb.frames.snapshot.SNAPSHOT_SCHEMA`, in order.

        Raises:
            DomainError: an instant without a time zone.
            OutsideEvent: an instant neither on the event's day nor on the day before.
        """
        at = require_aware(at, "at")
        instant, number = micros(at), number_of(day)
        since = in_hours(instant - number * DAY + self.city.standard_offset_hours * HOUR)
        if not -24 <= since < 24:
            raise OutsideEvent(
                f"{self.city.key} {day}: {at.isoformat()} is {since:.1f} h from the day's local standard midnight;"
                " ask from -24 to before 24 h"
            )
        newest = self._highs.newest(instant)
        own = self._own.features(number, instant, self._said.newest(number, instant))
        age = own["last_temp_age"]
        read_at = None if age is None else instant - round(age * HOUR)
        found = {
            "city": self.city.key,
            "station": self.city.station,
            "day": day,
            "at": at,
            "lead": 1 if since < 0 else 0,
            "hours": since,
            "day_of_year": day.timetuple().tm_yday,
            "latitude": float(self.city.latitude),
            "elevation": float(self.city.elevation_m),
            **own,
            **{f"neighbour_{name}": value for name, value in self._next.features(number, instant).items()},
            "neighbour_bias": self._neighbour.bias(number, instant),
            **self._guidance.features(number, instant, read_at),
            "guidance_day_before": self._guidance.of_the_day_before(number, instant) if since < 0 else None,
            "last_high": newest[1] if newest else None,
            "last_high_lag": number - newest[0] if newest else None,
            **self._listings.features(day, instant),
        }
        return {name: found[name] for name in SNAPSHOT_SCHEMA}

    def snapshots(self, asked: Iterable[tuple[date, datetime]]) -> pl.DataFrame:
        """Return the snapshots of several events, one row for each ``(day, at)``, in their order.

        Raises:
            DomainError: an instant without a time zone.
            OutsideEvent: an instant neither on the event's day nor on the day before.
        """
        return pl.DataFrame([self.snapshot(day, at) for day, at in asked], schema=SNAPSHOT_SCHEMA)

    def _about(self, rows: pl.DataFrame, columns: Iterable[pl.Expr | str]) -> Iterable[tuple[Any, ...]]:
        """Rows of the station that settles, as their learner takes them."""
        return _rows_of(rows, "station", self.city.station, columns)

    def _learn_observations(self, rows: pl.DataFrame) -> None:
        self._own.learn(self._about(rows, reports.COLUMNS))
        if self.city.neighbour is not None:
            days = self._next.learn(_rows_of(rows, "station", self.city.neighbour, reports.COLUMNS))
            self._neighbour.restate(sorted(days))


def _rows_of(rows: pl.DataFrame, column: str, key: str, columns: Iterable[pl.Expr | str]) -> Iterable[tuple[Any, ...]]:
    """Rows whose ``column`` is ``key``, as a learner takes them."""
    mine = rows.filter(pl.col(column) == key)
    return mine.select(*columns).iter_rows() if mine.height else ()
