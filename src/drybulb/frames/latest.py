"""The last reading at an instant: what its report measured, how that changed, and what it was a day before."""

from __future__ import annotations

import polars as pl

from drybulb.frames.asof import best_alive, lookup
from drybulb.frames.degrees import fahrenheit
from drybulb.frames.exact import hours
from drybulb.frames.reports import DAY, ELEMENTS, HOUR, ReadingRules, local

TREND_HOURS = 3
MIN_TREND_HOURS = 1
DAY_HOURS = 24
RISE_HOURS = 1

#: What a request looks back at: the last reading now, of the trend and of the day before [h].
_BACK = {"now": 0, "before": TREND_HOURS, "day_before": DAY_HOURS}


def last_readings(requests: pl.DataFrame, readings: pl.DataFrame, rules: ReadingRules) -> pl.DataFrame:
    """Return the last reading of each request, what else its report measured, and the trend up to it.

    The trend compares the last reading with what was the last reading three hours ago; it is null where the two were
    taken less than an hour apart. The reading of the day before is what was the last one 24 hours ago: what has become
    known of that hour since is not in it. The rise to the maximum is its highest reading less what was the last one an
    hour before that was taken.

    Args:
        requests: ``station``, ``offset`` [h], ``at`` [UTC]; ``reading_max`` [°F] and ``reading_at`` [UTC], its time.
        readings: versions of reports with a temperature, as :func:`drybulb.frames.reports.reports_in_reach` has them.
        rules: how far back a reading reaches.

    Returns:
        ``last_temp`` [°F], ``last_temp_age`` [h], ``temp_trend`` [°F/h], ``temp_day_before``, ``rise_to_max``,
        ``last_dewpoint`` [°F], ``last_wind`` [m/s], ``last_wind_dir`` [degrees], ``last_ceiling`` [m], ``last_cover``
        [share of the sky below 12,000 ft], ``last_pressure`` [hPa] and ``pressure_trend`` [hPa/h].
    """
    reports = readings.sort("valid_at", "kind").with_row_index("report")
    log = best_alive(reports.select(*DAY, "known_at", "until", "report", taken_at="valid_at"), DAY)
    found = {name: _last_at(requests, back, log, rules) for name, back in _BACK.items()}
    # Where there is no maximum any instant will do: the rise is null.
    reached = requests.with_columns(at=pl.coalesce("reading_at", "at"))
    found["reached"] = _last_at(reached, RISE_HOURS, log, rules)
    measured = reports.select(*ELEMENTS, temp=fahrenheit(pl.col("temp"))).with_columns(fahrenheit(pl.col("dewpoint")))
    columns = {"now": ["temp", *ELEMENTS], "before": ["temp", "pressure"], "day_before": ["temp"], "reached": ["temp"]}
    parts = [
        part
        for name, last in found.items()
        for part in (
            last.select(pl.col("at", "taken_at").name.suffix(f"_{name}")),
            measured.select(pl.col(*columns[name]).gather(last["report"]).name.suffix(f"_{name}")),
        )
    ]
    apart = hours(pl.col("taken_at_now") - pl.col("taken_at_before"))
    return pl.concat(parts, how="horizontal").select(
        *(pl.col(f"{name}_now").alias(f"last_{name}") for name in ("temp", *ELEMENTS)),
        last_temp_age=hours(pl.col("at_now") - pl.col("taken_at_now")),
        temp_day_before="temp_day_before",
        rise_to_max=requests["reading_max"] - pl.col("temp_reached"),
        **{
            f"{name}_trend": pl.when(apart >= MIN_TREND_HOURS).then(
                (pl.col(f"{name}_now") - pl.col(f"{name}_before")) / apart
            )
            for name in ("temp", "pressure")
        },
    )


def _last_at(requests: pl.DataFrame, back: int, log: pl.DataFrame, rules: ReadingRules) -> pl.DataFrame:
    """Look up the last reading ``back`` hours ago on the climate day of then; before its first, on the day before."""
    then = requests.select("station", "offset", pl.col("at") - back * HOUR).with_row_index("request")
    asked = then.with_columns(day=local(pl.col("at")).dt.date())
    today = lookup(asked, log, by=DAY)
    is_found = today["report"].is_not_null()
    yesterday = asked.filter(~is_found).with_columns(pl.col("day").dt.offset_by("-1d")).pipe(lookup, log, by=DAY)
    is_fresh = pl.col("at") - pl.col("taken_at") <= rules.max_age_hours * HOUR
    return (
        pl.concat([today.filter(is_found), yesterday])
        .sort("request")
        .select("at", pl.when(is_fresh).then(pl.col("taken_at", "report")))
    )
