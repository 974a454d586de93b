"""What the exchange's listing of an event tells a snapshot: where it put the ladder, and when the event trades."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from drybulb.domain.climateday import ClimateDay
from drybulb.errors import DomainError
from drybulb.frames.asof import INSTANT, lookup
from drybulb.frames.exact import hours

_EVENT = ("city", "day")


@dataclass(frozen=True, slots=True)
class MarketHours:
    """When an event trades where its listing does not say.

    Attributes:
        open_time: it opens on the day before the event's [exchange-local].
        close_time: it closes on the event's day [exchange-local]; 00:00 is the midnight that ends the day.
        zone: the exchange's IANA zone.
        midnight_close_from: event day from which it closes at local standard midnight instead.
    """

    open_time: time = time(10)
    close_time: time = time(23, 59)
    zone: str = "America/New_York"
    midnight_close_from: date = date(2026, 7, 1)

    def __post_init__(self) -> None:
        if self.open_time.tzinfo or self.close_time.tzinfo:
            raise DomainError(
                f"market hours {self.open_time} to {self.close_time} name a zone; the zone is {self.zone}"
            )
        try:
            ZoneInfo(self.zone)
        except (ValueError, OSError, ZoneInfoNotFoundError) as error:
            raise DomainError(f"no time zone {self.zone!r}; give an IANA name such as America/New_York") from error

    @classmethod
    def of(cls, open_time: str, close_time: str, zone: str, midnight_close_from: date) -> MarketHours:
        """Return the hours from clock times ``HH:MM``; a close at ``24:00`` ends the day.

        Raises:
            DomainError: a time that is not ``HH:MM``, or a zone nobody knows.
        """
        closes = "00:00" if close_time == "24:00" else close_time
        try:
            return cls(time.fromisoformat(open_time), time.fromisoformat(closes), zone, midnight_close_from)
        except ValueError as error:
            raise DomainError(f"market hours {open_time!r} to {close_time!r} are not times; write 10:00") from error

    def opens(self, day: date) -> datetime:
        """Return when the event of ``day`` opens where its listing does not say [UTC]."""
        return self._at(day - timedelta(days=1), self.open_time)

    def closes(self, day: date, offset_hours: int) -> datetime:
        """Return when the event of ``day`` closes where its listing does not say [UTC].

        Args:
            day: climate day of the event.
            offset_hours: local standard time of its city minus UTC [h].
        """
        if day >= self.midnight_close_from:
            return ClimateDay(day, offset_hours).end
        return self._at(day if self.close_time > time(0) else day + timedelta(days=1), self.close_time)

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, ZoneInfo(self.zone)).astimezone(UTC)


def attach(requests: pl.DataFrame, markets: pl.DataFrame, nominal: MarketHours) -> pl.DataFrame:
    """Return the ladder and the hours listed by then for each request, in request order.

    Args:
        requests: ``city``, ``offset`` [h], ``day``, ``at`` [UTC].
        markets: rows of the table, in any order.
        nominal: when an event trades where its listing does not say.

    Returns:
        ``ladder_low`` and ``ladder_high``, the first and the last whole degree between the
        tails [°F], and ``ladder_centre``, their middle [°F]; null where a tail is not listed.
        ``since_open`` from the first open of the event's markets and ``to_close`` to their last
        close [h], negative before and after; nominal where not listed.
    """
    asked = requests.select(*_EVENT, "offset", "at")
    opens, closes = pl.coalesce("open_at", "nominal_open"), pl.coalesce("close_at", "nominal_close")
    return (
        asked.pipe(lookup, listing_log(markets), by=_EVENT)
        .join(_nominal(asked, nominal), on=["offset", "day"], how="left", maintain_order="left")
        .select(
            "ladder_low",
            "ladder_high",
            ladder_centre=(pl.col("ladder_low") + pl.col("ladder_high")) / 2,
            since_open=hours(pl.col("at") - opens),
            to_close=hours(closes - pl.col("at")),
        )
    )


def listing_log(markets: pl.DataFrame) -> pl.DataFrame:
    """Log what is listed of each event.

    Returns:
        A log by ``city`` and ``day``: ``ladder_low``, ``ladder_high`` [°F], by the tails listed
        last; ``open_at``, the earliest, and ``close_at``, the latest listed [UTC].
    """
    is_low = pl.col("low").is_null() & pl.col("high").is_not_null()
    is_high = pl.col("low").is_not_null() & pl.col("high").is_null()
    return (
        markets.sort("known_at", "ticker")
        .select(
            *_EVENT,
            "known_at",
            ladder_low=pl.when(is_low).then(pl.col("high") + 1),
            ladder_high=pl.when(is_high).then(pl.col("low") - 1),
            open_at=pl.col("open_at").cum_min().over(_EVENT),
            close_at=pl.col("close_at").cum_max().over(_EVENT),
        )
        .with_columns(pl.exclude(*_EVENT, "known_at").forward_fill().over(_EVENT))
    )


def _nominal(asked: pl.DataFrame, nominal: MarketHours) -> pl.DataFrame:
    """Nominal open and close of every event asked about [UTC]."""
    schema = pl.Schema({"offset": pl.Int32(), "day": pl.Date(), "nominal_open": INSTANT, "nominal_close": INSTANT})
    rows = [
        (offset, day, nominal.opens(day), nominal.closes(day, offset))
        for offset, day in asked.select("offset", "day").unique().iter_rows()
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")
