"""Official highs, guidance and observations: what they are, and when a trader could have had them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from drybulb.adapters.archive.rules import climate_day_end
from drybulb.domain.climateday import ClimateDay
from tests.unit.adapters.archives import (
    GUIDANCE,
    INSTANT,
    OBSERVATIONS,
    OFFICIAL,
    plus,
    read,
    refusals,
    small_archive,
    sound,
    spoiled,
    utc,
)

FIRST = pl.int_range(pl.len()) == 0


def test_the_end_of_a_day_is_the_climate_days() -> None:
    """The day of a column ends when the climate day does, in summer and in winter, at every offset."""
    days = [date(2024, 1, 31), date(2024, 7, 4), date(2024, 11, 3)]
    for offset in (-5, -6, -7, -8):
        ends = pl.DataFrame({"day": days}).select(climate_day_end(pl.col("day"), pl.lit(offset))).to_series()
        assert ends.to_list() == [ClimateDay(day, offset).end for day in days]


def test_an_official_high_is_known_the_next_morning() -> None:
    """The final value of a day is known eight hours after the climate day has ended, not on the day."""
    official = sound()[0]["official"]
    row = official.row(by_predicate=(pl.col("station") == "KMDW") & (pl.col("day") == date(2024, 11, 20)), named=True)
    assert (row["high"], row["is_final"], row["version"]) == (41, True, 1)
    assert (row["known_at"], row["known_from"]) == (utc("2024-11-21T14:00"), "latency")


def test_when_guidance_was_known() -> None:
    """Each kind of stamp has its delay: model output five hours, a capture none, an uncertain zone three."""
    guidance = sound()[0]["guidance"]
    known = {source: (at, how) for source, at, how in guidance.select("source", "known_at", "known_from").iter_rows()}
    assert known == {
        "mos:gfs-run": (utc("2024-11-20T17:00"), "latency"),
        "mos:gfs": (utc("2024-11-20T17:00"), "latency"),
        "nws:gridpoint": (utc("2024-11-20T11:30"), "received"),
        "nws:point": (utc("2024-11-20T09:00"), "latency"),
        "open-meteo": (utc("2024-11-21T04:00"), "latency"),
        "nws:point-log": (utc("2024-11-20T16:00"), "latency"),
    }
    assert set(guidance.filter(pl.col("source") == "mos:gfs-run")["station"]) == {"KORD"}
    # The archive has the high alone.
    assert guidance.select("percentiles", "curve").null_count().row(0) == (guidance.height,) * 2


def test_readings_by_kind() -> None:
    """A report says what it is; METAR and hourly readings are known ten minutes later, a poll when it was polled."""
    rows = sound()[0]["observations"].select("station", "kind", "valid_at", "known_at", "known_from")
    delay = timedelta(minutes=10)
    assert {
        station: tuple(rest) for station, *rest in rows.unique("station", keep="first", maintain_order=True).rows()
    } == {
        "KDEN": ("hourly", utc("2015-06-01T18:53"), utc("2015-06-01T18:53") + delay, "latency"),
        "KLAX": ("poll", utc("2026-07-15T20:00"), utc("2026-07-15T20:00"), "received"),
        "KMIA": ("metar", utc("2024-11-20T17:53"), utc("2024-11-20T17:53") + delay, "latency"),
        "KORD": ("speci", utc("2024-11-20T12:10"), utc("2024-11-20T12:10") + delay, "latency"),
    }


def test_a_maximum_group_without_a_reading_is_kept() -> None:
    """A report without a temperature is kept for its 6-hour maximum, which reaches the peak that readings miss."""
    rows = sound()[0]["observations"].filter(pl.col("temp").is_null())
    assert rows.select("station", "max_6h").rows() == [("KMIA", 27.2)]


def test_a_neighbour_is_never_the_citys_own() -> None:
    """O'Hare's rows stay O'Hare's: Chicago settles on Midway."""
    tables, _ = sound()
    assert set(tables["observations"]["station"]) == {"KMIA", "KORD", "KDEN", "KLAX"}
    ledger = tables["ingest_ledger"].filter(pl.col("source").str.starts_with(OBSERVATIONS))
    assert set(ledger["city"]) == {"KORD", "miami", "denver", "los_angeles"}


def test_a_six_hour_group_outside_its_hours_is_emptied() -> None:
    """A 6-hour maximum in a report that is not of 00, 06, 12 or 18 UTC is dropped; the reading stays."""
    tables, findings = read(spoiled(OBSERVATIONS, valid_at=pl.col("valid_at") - pl.duration(hours=3)))
    assert refusals(findings) == {
        (OBSERVATIONS, "miami", "6-hour maximum outside its hours", 2),
        (OBSERVATIONS, "miami", "no temperature", 1),
    }
    assert tables["observations"].filter(pl.col("station") == "KMIA").select("temp", "max_6h").rows() == [(25.0, None)]


METAR = {"station": "KMIA", "temp_c": 25.0, "report": "METAR", "source": "metar"}
MOS = {
    "station": "KMDW",
    "target_date": date(2024, 11, 21),
    "high_f": 41.0,
    "issue_kind": "capture_time",
    "source": "mos",
}
MOS |= {"issued_utc": utc("2024-11-20T12:00")}
HIGH = {"station": "KMDW", "date": date(2024, 11, 25), "tmax_f": 41, "source": "ghcn"}

#: A row of a file that must be refused, where it is counted, and why.
SPOILED: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
    OBSERVATIONS: [
        (
            "KJFK",
            "station is no city's and no neighbour",
            METAR | {"station": "KJFK", "valid_at": utc("2024-11-20T01:53")},
        ),
        (
            "miami",
            "temperature is not between -60 and 60 °C",
            METAR | {"valid_at": utc("2024-11-20T02:53"), "temp_c": 61.0},
        ),
        ("miami", "a maximum is below the reading", METAR | {"valid_at": utc("2024-11-20T04:53"), "max_24h_c": 20.0}),
        ("miami", "kind of report is unknown", METAR | {"valid_at": utc("2024-11-20T03:53"), "report": "SYNOP"}),
        ("miami", "no valid_at", METAR),
        ("miami", "no temperature", METAR | {"valid_at": utc("2024-11-20T06:53"), "temp_c": float("nan")}),
    ],
    GUIDANCE: [
        ("KJFK", "station is no city's and no neighbour", MOS | {"station": "KJFK"}),
        ("chicago", "no high", MOS | {"high_f": float("nan")}),
        ("chicago", "high is not between -80 and 150 °F", MOS | {"high_f": 200.0}),
        ("chicago", "kind of issue time is unknown", MOS | {"issue_kind": "guessed"}),
        ("chicago", "issued after the day", MOS | {"issued_utc": utc("2024-11-22T06:00")}),
    ],
    OFFICIAL: [
        ("KJFK", "station is no city's and no neighbour", HIGH | {"station": "KJFK"}),
        ("chicago", "high is not between -80 and 150 °F", HIGH | {"tmax_f": 999}),
        ("chicago", "no day", HIGH | {"date": None}),
        ("chicago", "no high", HIGH | {"tmax_f": None}),
    ],
}


@pytest.mark.parametrize("file", SPOILED)
def test_a_row_that_cannot_be_is_refused(file: str) -> None:
    """A reading, a forecast or a high that cannot be is refused with its row; the others are kept."""
    tables, findings = read(plus(file, [row for *_, row in SPOILED[file]]))
    assert refusals(findings) == {(file, place, reason, 1) for place, reason, _ in SPOILED[file]}
    numbers = {int(r.examples[0].split()[1]) for r in findings.refusals}
    rows = small_archive()[file].height
    assert numbers == set(range(rows, rows + len(SPOILED[file])))
    table = {OBSERVATIONS: "observations", GUIDANCE: "guidance", OFFICIAL: "official"}[file]
    assert tables[table].equals(sound()[0][table])


def test_an_official_high_is_a_whole_degree() -> None:
    """A high with a fraction is no official high."""
    _, findings = read(spoiled(OFFICIAL, tmax_f=pl.col("tmax_f") + pl.when(FIRST).then(0.5).otherwise(0.0)))
    assert refusals(findings) == {(OFFICIAL, "chicago", "high is not a whole degree", 1)}


def test_the_last_instant_of_the_day_is_still_before_its_end() -> None:
    """Guidance issued in the last second of the climate day is kept, at its end it is refused."""
    for at, kept in (("2024-11-22T05:59:59", 6), ("2024-11-22T06:00", 5)):
        issued = pl.when(FIRST).then(pl.lit(utc(at), dtype=INSTANT)).otherwise("issued_utc")
        assert read(spoiled(GUIDANCE, issued_utc=issued))[0]["guidance"].height == kept


def _year(high: int) -> pl.DataFrame:
    days = pl.date_range(date(2023, 1, 1), date(2023, 12, 31), eager=True)
    return pl.DataFrame(
        {"station": "KMDW", "date": days, "tmax_f": high, "source": "ghcn"}, schema_overrides={"tmax_f": pl.Int64}
    )


def test_celsius_is_not_taken_for_fahrenheit() -> None:
    """A year of highs none of which reaches 50 is in °C, and readings above 50 °C are in °F: the files are refused."""
    frames = small_archive() | {OFFICIAL: _year(31)}
    assert (OFFICIAL, "all", "highs are °C, not °F", 1) in refusals(read(frames)[1])
    assert read(small_archive() | {OFFICIAL: _year(88)})[0]["official"].height == 365
    hot = spoiled(OBSERVATIONS, temp_c=pl.lit(77.0))
    assert (OBSERVATIONS, "all", "temperatures are °F, not °C", 1) in refusals(read(hot)[1])


def test_a_settlement_that_differs_from_the_record_is_noted() -> None:
    """Where the exchange settled at another value than the record, both are kept and the day is named."""
    high = pl.when(FIRST).then(43).otherwise("tmax_f")
    _, findings = read(spoiled(OFFICIAL, tmax_f=high))
    noted = [(n.city, n.examples) for n in findings.notes if "settled value is not" in n.what]
    assert noted == [("chicago", ("2024-11-20: settled 41, recorded 43",))]
