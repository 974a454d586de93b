"""Each group of features, on a few snapshots of which every value is worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from drybulb.errors import ModelError
from drybulb.forecast.features import GROUPS
from drybulb.forecast.features.clock import market_clock, season
from drybulb.forecast.features.guidance import by_source, forecast_minus_observed, guidance
from drybulb.forecast.features.observed import neighbour, path, reached, sky, yesterday
from drybulb.forecast.features.station import lags, station
from drybulb.forecast.features.table import Table, families, family_of
from drybulb.forecast.model import Floats
from drybulb.forecast.normals import Normals
from tests.unit.forecast.made import rows

NAN = float("nan")
NOON = datetime(2024, 7, 2, 17, tzinfo=UTC)

#: Miami is always at 80 °F, but for one degree more or less with the season.
NORMALS = Normals({"KMIA": (80.0, 1.0, 0.0, 0.0, 0.0)})


def _table(*given: dict[str, Any], sources: tuple[str, ...] = ()) -> Table:
    return Table.of(rows(*given), NORMALS, sources)


def _same(found: dict[str, Floats], **expected: list[Any]) -> None:
    """Every feature of a group has its values, and there is no other."""
    assert list(found) == list(expected)
    for name, values in expected.items():
        assert found[name].tolist() == pytest.approx(values, nan_ok=True), name


def _voice(source: str, high: float, bias: float) -> dict[str, Any]:
    return {"source": source, "high": high, "bias": bias, "age": 5.0}


def test_the_market_clock() -> None:
    """Hours since the open, to the close and since midnight are as the snapshot has them, NaN where it has none."""
    opened = {"since_open": 4.5, "to_close": 33.5, "hours": -9.5, "lead": 1}
    found = market_clock(_table(opened, {}))
    _same(found, since_open=[4.5, NAN], to_close=[33.5, NAN], hours=[-9.5, 12.0])


def test_the_season_goes_round_once_a_year() -> None:
    """A year is 365.25 days: a quarter of it lies a third of a day past day 91, half of it past day 182.6."""
    found = season(_table({"day_of_year": 91}, {"day_of_year": 183}, {"day_of_year": 366}))
    assert found["season_sin"] == pytest.approx([1.0, -0.0064, 0.0129], abs=1e-4)
    assert found["season_cos"] == pytest.approx([0.0054, -1.0, 0.9999], abs=1e-4)


def test_what_was_reached_is_an_interval_that_has_stood() -> None:
    """84 °F of a group that may mean 85, two above the readings, reached at 14:30 Z and looked at from 17 Z."""
    known = {
        "group_max": 84,
        "reading_max": 82,
        "running_max": 84,
        "running_max_upper": 85,
        "running_max_at": NOON - timedelta(hours=2.5),
        "n_readings": 9,
        "n_at_max": 2,
        "max_span": 1.0,
        "rise_to_max": 3.5,
    }
    found = reached(_table(known, {}))
    _same(
        found,
        max_width=[1, NAN],
        group_over_reading=[2, NAN],
        max_held=[2.5, NAN],
        n_readings=[9, 0],
        n_at_max=[2, NAN],
        max_span=[1, NAN],
        rise_to_max=[3.5, NAN],
    )


def test_a_plateau_is_within_a_degree_of_the_maximum() -> None:
    """1.0 °F below the maximum the plateau is as old as it is; 1.1 below there is none; unknown is neither."""
    known = {
        "running_max": 84,
        "running_max_at": NOON - timedelta(hours=2.5),
        "last_temp": 83.0,
        "last_temp_age": 0.5,
        "temp_trend": -0.5,
    }
    found = path(_table(known, {**known, "last_temp": 82.9}, {}))
    _same(
        found,
        fall=[1.0, 1.1, NAN],
        plateau=[2.5, 0.0, NAN],
        temp_trend=[-0.5, -0.5, NAN],
        reading_age=[0.5, 0.5, NAN],
    )


def test_a_station_silent_for_more_than_three_hours_says_nothing_of_now() -> None:
    """After 3.0 h the last reading still counts; after 3.1 h only its age, and the maximum it once reached."""
    spoke = {
        "running_max": 84,
        "running_max_at": NOON - timedelta(hours=4),
        "last_temp": 84.0,
        "temp_trend": 1.0,
        "last_dewpoint": 70.0,
        "last_wind": 5.0,
        "last_wind_dir": 90.0,
        "last_ceiling": 900.0,
        "last_cover": 0.75,
        "pressure_trend": 0.2,
        "temp_day_before": 80.0,
        "previous_max": 88,
    }
    table = _table({**spoke, "last_temp_age": 3.0}, {**spoke, "last_temp_age": 3.1})
    of_now = {**path(table), **yesterday(table), **sky(table)}
    age = of_now.pop("reading_age")
    assert age.tolist() == [3.0, 3.1]
    assert [name for name, values in of_now.items() if np.isnan(values[0])] == []
    assert [name for name, values in of_now.items() if not np.isnan(values[1])] == []
    assert reached(table)["max_held"].tolist() == [4.0, 4.0]


def test_today_is_compared_with_the_same_hour_and_the_maximum_of_yesterday() -> None:
    """83 °F after 80.5 at this hour of the day before is 2.5 warmer, and 5 below the 88 that day reached."""
    known = {"last_temp": 83.0, "last_temp_age": 0.5, "temp_day_before": 80.5, "previous_max": 88}
    found = yesterday(_table(known, {**known, "temp_day_before": None}, {}))
    _same(found, warmer_than_day_before=[2.5, NAN, NAN], below_previous_max=[5.0, 5.0, NAN])


def test_a_west_wind_blows_east() -> None:
    """5 m/s from 270° go 5 east; from 360° they go 5 south; from 60° half of them south; no direction, no component."""
    known = {
        "last_temp": 83.0,
        "last_temp_age": 0.5,
        "last_dewpoint": 68.0,
        "last_wind": 5.0,
        "last_ceiling": 1000.0,
        "last_cover": 0.75,
        "pressure_trend": -0.4,
    }
    given = [{**known, "last_wind_dir": direction} for direction in (270.0, 360.0, 60.0, None)]
    found = sky(_table(*given, {}))
    _same(
        found,
        ceiling=[6.908755] * 4 + [NAN],
        cover=[0.75] * 4 + [NAN],
        dewpoint=[68.0] * 4 + [NAN],
        depression=[15.0] * 4 + [NAN],
        wind=[5.0] * 4 + [NAN],
        wind_east=[5.0, 0.0, -4.330127, NAN, NAN],
        wind_north=[0.0, -5.0, -2.5, NAN, NAN],
        pressure_trend=[-0.4] * 4 + [NAN],
    )


def test_guidance_has_a_spread_an_age_a_bias_and_a_place_in_the_season() -> None:
    """Guidance of 87.5 that was 88.5 before its bias was taken off, where 81 is usual: bias 1.0, 6.5 above usual."""
    known = {
        "day_of_year": 91,
        "guidance": 87.5,
        "guidance_raw": 88.5,
        "guidance_n": 2,
        "guidance_spread": 1.5,
        "guidance_width": 2.5,
        "guidance_age": 8.0,
        "guidance_day_before": 83.0,
    }
    _same(
        guidance(_table(known, {})),
        guidance_spread=[1.5, NAN],
        guidance_width=[2.5, NAN],
        guidance_n=[2, 0],
        guidance_age=[8.0, NAN],
        guidance_bias=[1.0, NAN],
        guidance_minus_usual=[pytest.approx(6.5, abs=1e-4), NAN],
        guidance_day_before_minus_usual=[pytest.approx(2.0, abs=1e-4), NAN],
    )


def test_guidance_is_held_against_what_was_seen() -> None:
    """87.5 is 3.5 above the 84 reached, 5.5 above the last 82 and 0.5 below yesterday's 88; without it nothing is. A
    curve that goes up to 86 is 2 above what was reached, and the last reading 1.5 above its 80.5; yesterday outran the
    85 said of it by 3.
    """
    seen = {"running_max": 84, "last_temp": 82.0, "last_temp_age": 0.5, "previous_max": 88}
    drawn = {"curve_rest": 86.0, "curve_now": 80.5, "guidance_day_before": 85.0}
    found = forecast_minus_observed(_table({**seen, "guidance": 87.5, **drawn}, seen, {"guidance": 87.5}))
    _same(
        found,
        guidance_minus_max=[3.5, NAN, NAN],
        guidance_minus_last=[5.5, NAN, NAN],
        guidance_minus_previous=[-0.5, NAN, NAN],
        previous_minus_its_guidance=[3.0, NAN, NAN],
        curve_rest_minus_max=[2.0, NAN, NAN],
        last_minus_curve=[1.5, NAN, NAN],
    )


def test_each_source_speaks_for_itself() -> None:
    """A source is its forecast against the mean of all, and its bias; NaN where it was not heard or nobody was."""
    both = [_voice("mos:gfs-run", 88.0, 1.0), _voice("mos:nam", 86.5, -0.5)]
    table = _table(
        {"guidance": 87.0, "guidance_n": 2, "guidance_by": both},
        {"guidance_by": []},
        {"guidance": 86.5, "guidance_n": 1, "guidance_by": both[1:]},
        {"guidance": 85.0, "guidance_n": 1, "guidance_by": [_voice("other:model", 85.0, 0.0)]},
        sources=("mos:gfs", "mos:nam"),
    )
    assert {name: values.tolist() for name, values in by_source(table).items()} == {
        "mos:gfs minus guidance": pytest.approx([1.0, NAN, NAN, NAN], nan_ok=True),
        "mos:gfs bias": pytest.approx([1.0, NAN, NAN, NAN], nan_ok=True),
        "mos:nam minus guidance": pytest.approx([-0.5, NAN, 0.0, NAN], nan_ok=True),
        "mos:nam bias": pytest.approx([-0.5, NAN, -0.5, NAN], nan_ok=True),
    }


def test_no_source_no_features_of_sources() -> None:
    """Where no source has features of its own there are none, whoever was heard."""
    assert by_source(_table({"guidance": 88.0, "guidance_by": [_voice("mos:gfs", 88.0, 0.0)]})) == {}


def test_the_last_official_high_is_held_against_usual_and_guidance() -> None:
    """A high of 90 two days ago is 9 above the usual 81 and 2.5 above guidance; none published, none compared."""
    found = lags(_table({"day_of_year": 91, "guidance": 87.5, "last_high": 90, "last_high_lag": 2}, {"guidance": 87.5}))
    _same(
        found,
        last_high_minus_usual=[pytest.approx(9.0, abs=1e-4), NAN],
        last_high_minus_guidance=[2.5, NAN],
        last_high_lag=[2, NAN],
    )


def test_the_neighbour_speaks_less_its_bias_and_under_its_own_name() -> None:
    """Its temperatures lose a bias of 2 °F, their differences stay as measured, and the station has learnt nothing."""
    known = {
        "guidance": 87.5,
        "neighbour_bias": 2.0,
        "neighbour_running_max": 86,
        "neighbour_running_max_at": NOON - timedelta(hours=1),
        "neighbour_last_temp": 85.0,
        "neighbour_last_temp_age": 0.5,
        "neighbour_temp_trend": 1.5,
        "neighbour_temp_day_before": 82.0,
        "neighbour_previous_max": 89,
        "neighbour_last_dewpoint": 70.0,
        "neighbour_last_ceiling": 0.0,
        "neighbour_last_cover": 1.0,
        "neighbour_last_wind": 4.0,
        "neighbour_last_wind_dir": 180.0,
        "neighbour_pressure_trend": 0.3,
    }
    table = _table(known, {**known, "neighbour_bias": None}, {})
    _same(
        neighbour(table),
        neighbour_bias=[2.0, NAN, NAN],
        neighbour_fall=[1.0, 1.0, NAN],
        neighbour_held=[1.0, 1.0, NAN],
        neighbour_temp_trend=[1.5, 1.5, NAN],
        neighbour_reading_age=[0.5, 0.5, NAN],
        neighbour_warmer_than_day_before=[3.0, 3.0, NAN],
        neighbour_below_previous_max=[4.0, 4.0, NAN],
        neighbour_depression=[15.0, 15.0, NAN],
        neighbour_ceiling=[0.0, 0.0, NAN],
        neighbour_cover=[1.0, 1.0, NAN],
        neighbour_wind_east=[0.0, 0.0, NAN],
        neighbour_wind_north=[4.0, 4.0, NAN],
        neighbour_pressure_trend=[0.3, 0.3, NAN],
        # 86 less its bias is 84; where no bias is known nothing is taken.
        guidance_minus_neighbour_max=[3.5, 1.5, NAN],
    )
    own = {**reached(table), **path(table), **yesterday(table), **sky(table), **forecast_minus_observed(table)}
    assert own.pop("n_readings").tolist() == [0, 0, 0]
    assert all(np.isnan(values).all() for values in own.values())


def test_a_station_is_its_climate_and_its_place() -> None:
    """Usual high of the day of the year, latitude and elevation."""
    found = station(_table({"day_of_year": 91, "latitude": 25.8, "elevation": 3.0}))
    _same(found, usual=[pytest.approx(81.0, abs=1e-4)], latitude=[25.8], elevation=[3.0])


def test_at_an_unseen_station_nothing_looks_unusual() -> None:
    """A station never trained on is as usual as its guidance says; without guidance nothing is known to be usual."""
    table = _table({"station": "KXYZ", "guidance": 71.5, "last_high": 70}, {"station": "KXYZ"}, {"guidance": 71.5})
    assert station(table)["usual"] == pytest.approx([71.5, NAN, 79.9763], nan_ok=True, abs=1e-3)
    assert guidance(table)["guidance_minus_usual"][:2] == pytest.approx([0.0, NAN], nan_ok=True)
    assert lags(table)["last_high_minus_usual"][:2] == pytest.approx([-1.5, NAN], nan_ok=True)


def test_every_group_is_nan_and_not_an_error_where_nothing_is_known() -> None:
    """Of an empty snapshot a feature is NaN, unless it counts what is there or says when and where it is."""
    table = _table({}, sources=("mos:gfs",))
    known = {name for group in GROUPS.values() for name, values in group(table).items() if not np.isnan(values[0])}
    assert known == {"hours", "season_sin", "season_cos", "n_readings", "guidance_n", "usual"}


@pytest.mark.parametrize("name", ["since_open", "neighbour_last_dewpoint", "running_max_at", "neighbour_bias"])
def test_a_missing_column_is_named(name: str) -> None:
    """Rows that lack a column a group needs are refused by the column's name."""
    with pytest.raises(ModelError, match=f"lack the column '{name}'"):
        Table.of(rows({}).drop(name), NORMALS, ())


@pytest.mark.parametrize(
    ("source", "family"), [("mos:gfs", "mos:gfs"), ("mos:gfs-run", "mos:gfs"), ("mos:nam", "mos:nam"), ("nws", "nws:")]
)
def test_a_family_is_the_model_behind_a_name(source: str, family: str) -> None:
    """Two collections of the runs of one model are one voice."""
    assert family_of(source) == family


def test_a_source_heard_too_rarely_has_no_features() -> None:
    """Of four rows with guidance a family heard in two, under either name, passes a share of a half; one is too few."""
    asked = rows(
        {"guidance_n": 2, "guidance_by": [_voice("b:x", 80.0, 0.0), _voice("a:x-run", 80.0, 0.0)]},
        {"guidance_n": 1, "guidance_by": [_voice("b:x", 80.0, 0.0)]},
        {"guidance_n": 2, "guidance_by": [_voice("a:x", 80.0, 0.0), _voice("c:x", 80.0, 0.0)]},
        {"guidance_n": 1, "guidance_by": [_voice("b:x", 80.0, 0.0)]},
        {"guidance_n": 0, "guidance_by": []},
    )
    assert families(asked, 0.5) == ("a:x", "b:x")
    assert families(asked, 0.75) == ("b:x",)
    assert families(rows({"guidance_by": []}), 0.1) == ()
