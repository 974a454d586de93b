"""The watch: bets by hand, whose bets may follow which, what stops a city, and drift beside chance."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import polars as pl
import pytest

from drybulb.adapters.lake import Lake
from drybulb.app import config
from drybulb.app.backtest import backtest
from drybulb.app.config import Config
from drybulb.app.console import show
from drybulb.app.run import Run
from drybulb.app.watch import WatchResult, watch
from drybulb.app.watch_bets import NO_OUTCOME, OVERLAP
from drybulb.app.watch_drift import drift
from drybulb.app.watch_events import NO_MARKET
from drybulb.app.watch_picture import picture, write
from drybulb.app.watch_tables import head, sections
from drybulb.app.watched import Watched, enforced, watched
from drybulb.domain.distribution import Belief
from drybulb.errors import ConfigError, VerificationError
from drybulb.forecast.model import GRID, GRID_LOW, Prediction
from tests.meta.repository import ROOT
from tests.unit.app.lakes import DAY, Steady, at, calm, lake_at, list_event, merge, poll

CITIES = {"chicago": config.load().cities()["chicago"]}
EVEN = ((48, 52), (28, 32), (18, 22))
SURE = ((1, 3), (1, 3), (95, 97))
#: A degree of each bracket.
DEGREES = (39, 40, 42)


def registered(**changes: Any) -> Config:
    """The configuration with a watch of the steady believer, from the first day on."""
    defaults = calm(config.load())
    block = {**defaults.watch.model_dump(by_alias=True), "forecaster": "steady", "from": DAY, **changes}
    return defaults.model_copy(update={"watch": type(defaults.watch).model_validate(block)})


def event(
    lake: Lake,
    number: int,
    won: int,
    quoted: Sequence[tuple[int, int]] = EVEN,
    *,
    has_official: bool = True,
    said: int | None = None,
    is_paid: bool = True,
) -> None:
    """An event ``number`` days on, quoted at 16:00; its high known at 14:00 on the day after, paid at 17:00."""
    day = DAY + timedelta(days=number)
    name = list_event(lake, day=day, winner=won if is_paid else None)
    poll(lake, name, *(("16:00", leg, bid, ask) for leg, (bid, ask) in enumerate(quoted)), day=day)
    if has_official:
        base = {"station": "KMDW", "source": "made", "version": 1, "is_final": True, "known_from": "latency"}
        known_at = at("14:00", day + timedelta(days=1))
        high = DEGREES[won if said is None else said]
        merge(lake, "official", [{**base, "day": day, "high": high, "known_at": known_at}])


def bets(lake: Lake, days: int, settings: Config | None = None) -> Watched:
    """The bets of so many days against the steady belief of 60, 30 and 10 %."""
    believe = partial(Steady().beliefs, source="steady")
    block = (settings or registered()).watch
    return watched(lake, block, CITIES, believe, DAY, DAY + timedelta(days=days - 1))


def test_the_market_bets_at_the_odds_of_the_belief(tmp_path: Path) -> None:
    """At 50 against 60 % half is kept and half becomes 5/12; at 20 against 10 % half becomes 1: 0.9167, then 1.375."""
    lake = lake_at(tmp_path)
    event(lake, 0, 0)
    event(lake, 1, 2)
    (found,) = bets(lake, 3).cities
    assert found.against == pytest.approx((0.5 + 0.25 / 0.6, 1.375), rel=1e-6)
    assert found.proven == pytest.approx((1.1, 0.825), rel=1e-6)
    assert found.known_at == (at("14:00", DAY + timedelta(days=1)), at("14:00", DAY + timedelta(days=2)))
    assert found.log_score == pytest.approx((-np.log(0.06) / 2, -np.log(0.1) / 2))
    assert dict(found.skipped) == {NO_MARKET: 1}
    assert (found.stopped, found.better) == (None, None)


def test_a_city_stops_when_the_outcome_is_known_that_refutes_it(tmp_path: Path) -> None:
    """A market sure of what the belief gives 10 %, twice: 5.3 and 28, so the city stops as the second is known."""
    lake = lake_at(tmp_path)
    event(lake, 0, 2, SURE)
    event(lake, 1, 2, SURE)
    event(lake, 2, 0, SURE)
    found = bets(lake, 3)
    assert found.cities[0].against[0] == pytest.approx(0.5 + 5 * 0.96)
    stop = found.stops()["chicago"]
    assert (stop.at, stop.level) == (at("14:00", DAY + timedelta(days=2)), 20.0)
    assert stop.e_value == pytest.approx(found.cities[0].against[1])
    assert found.cities[0].against[2] < 20.0, "a stop stands, whatever comes after"


def test_what_is_known_later_changes_no_stop(tmp_path: Path) -> None:
    """The bets paid by an instant are the same without every outcome known after it."""
    whole, cut = lake_at(tmp_path / "whole"), lake_at(tmp_path / "cut")
    for number in range(3):
        event(whole, number, 2, SURE, has_official=number != 1)
        event(cut, number, 2, SURE, has_official=number != 1 and number < 2, is_paid=number < 2)
    all_, some = bets(whole, 3).cities[0], bets(cut, 3).cities[0]
    until = at("18:00", DAY + timedelta(days=2))
    paid = sum(known_at <= until for known_at in all_.known_at)
    assert paid == 2
    assert (all_.days[:paid], all_.against[:paid], all_.stopped) == (some.days, some.against, some.stopped)


def test_a_bet_waits_for_the_last_to_be_paid(tmp_path: Path) -> None:
    """Where a high is known an hour after the next clock only, the next event is not bet on, and the one after is."""
    lake = lake_at(tmp_path)
    for number in range(4):
        event(lake, number, 0, has_official=number != 1)
    (found,) = bets(lake, 4).cities
    assert [day.day - DAY.day for day in found.days] == [0, 1, 3]
    assert found.skipped[OVERLAP] == 1


def test_a_clock_before_yesterdays_outcome_is_refused(tmp_path: Path) -> None:
    """Paid at 11:00 local and asked at 10:00, no bet would follow another; the message names a clock that would do."""
    lake = lake_at(tmp_path)
    for number in range(3):
        event(lake, number, 0, has_official=False)
    with pytest.raises(ConfigError, match=r"at 2 of 2 events .* use clock = \"DT11:00\""):
        bets(lake, 3)
    assert len(bets(lake, 3, registered(clock="DT11:00")).cities[0].days) == 3


def test_the_first_word_counts(tmp_path: Path) -> None:
    """Where exchange and official high name different brackets the one known first decides, and it is counted."""
    lake = lake_at(tmp_path)
    event(lake, 0, won=0, said=2)
    (found,) = bets(lake, 1).cities
    assert found.against == pytest.approx((1.5,))
    assert found.disputed == 1


def test_an_event_without_an_outcome_is_let_go(tmp_path: Path) -> None:
    """It holds up those of the next three days, and no more."""
    lake = lake_at(tmp_path)
    for number in range(5):
        event(lake, number, 0, has_official=number > 0, is_paid=number > 0)
    (found,) = bets(lake, 5).cities
    assert [day.day - DAY.day for day in found.days] == [3, 4]
    assert (found.skipped[NO_OUTCOME], found.skipped[OVERLAP]) == (1, 2)


def test_a_watch_that_begins_later_is_said_to(tmp_path: Path) -> None:
    """Bets begin on the registered day and not before; after the end there are none."""
    lake = lake_at(tmp_path)
    for number in range(3):
        event(lake, number, 0)
    found = bets(lake, 3, registered(**{"from": DAY + timedelta(days=1)}))
    assert (found.is_registered, len(found.cities[0].days)) == (True, 2)
    with pytest.raises(ConfigError, match="is after 2024-11-22, so nothing is watched"):
        bets(lake, 3, registered(**{"from": DAY + timedelta(days=9)}))


def test_bets_from_a_later_day_on_are_no_verdict(refuted: Lake) -> None:
    """Registered the day before the window, the same evidence refutes nobody, in tables, in JSON, and in a run."""
    settings = registered(**{"from": DAY - timedelta(days=1)})
    found = result(refuted, 4, settings)
    assert (found.watched.is_registered, found.watched.stops(), list(found.watched.says())) == (False, {}, [])
    document = found.to_json()
    assert document["cities"][0]["e_value"] > 20.0
    assert (document["cities"][0]["stopped"], document["cities"][0]["proven"]) == (None, None)
    assert "no verdict, see the notes" in next(head(document))
    assert next(sections(document)).rows[0][-1] == "no verdict"
    with pytest.raises(ConfigError, match="registered from 2024-11-19 and the run starts on 2024-11-20"):
        traded(refuted, settings=settings, is_watched=True)


def test_a_clock_is_checked_when_settings_are_read(tmp_path: Path) -> None:
    """A clock that is none is an error of the configuration, by name."""
    file = tmp_path / "drybulb.toml"
    file.write_text('[watch]\nclock = "10:00"\n')
    with pytest.raises(ConfigError, match=r"\[watch\] clock: '10:00' is no decision time"):
        config.load(file)


def traded(lake: Lake, *, settings: Config, is_watched: bool | None, policy: str = "steady") -> Run:
    """A run of four days."""
    return backtest(
        *(lake, settings, DAY, DAY + timedelta(days=3)),
        cities=["chicago"],
        policy=policy,
        forecaster=Steady(),
        watch=is_watched,
    )


@pytest.fixture(scope="module")
def refuted(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Four events in which the market is right and the belief is wrong, quoted again at 16:30."""
    lake = lake_at(tmp_path_factory.mktemp("refuted"))
    for number in range(4):
        event(lake, number, 2, SURE)
        day = DAY + timedelta(days=number)
        poll(lake, f"KXHIGHCHI-{day:%y%b%d}".upper(), ("16:30", 0, 1, 3), day=day)
    return lake


def test_a_run_keeps_to_the_stops_it_is_asked_to_keep(refuted: Lake) -> None:
    """With --watch the last two days are refused; without, they are traded; where nothing is said settings decide."""
    asked = traded(refuted, settings=registered(), is_watched=True).to_json()
    assert (asked["total"]["fills"], asked["not_traded"]["stopped by the watch"]) == (2, 4)
    assert any(note.startswith("chicago: stopped by the watch from 2024-11-22 14:00Z on") for note in asked["notes"])
    assert any("is not traded once" in sentence for sentence in asked["assumptions"])
    assert traded(refuted, settings=registered(is_enforced=True), is_watched=None).to_json()["total"]["fills"] == 2
    assert traded(refuted, settings=registered(is_enforced=True), is_watched=False).to_json()["total"]["fills"] == 4


def test_the_watch_of_another_belief_stops_nobody(refuted: Lake) -> None:
    """A run of a belief that is not registered is refused, of its pool, and of none; unasked, that one goes on."""
    with pytest.raises(ConfigError, match="registered for hybrid, and steady is traded"):
        traded(refuted, settings=registered(forecaster="hybrid"), is_watched=True)
    flat = r'flat is traded on the belief of hybrid; set \[watch\] forecaster = "hybrid"'
    with pytest.raises(ConfigError, match=flat):
        traded(refuted, settings=registered(), is_watched=True, policy="flat")
    with pytest.raises(ConfigError, match="anchored trades its pool with the market"):
        enforced(
            *(refuted, registered().watch, CITIES, "anchored", partial(Steady().beliefs, source="steady")),
            *((DAY, DAY),),
            is_asked=True,
        )
    with pytest.raises(ConfigError, match="this policy trades none"):
        traded(refuted, settings=registered(), is_watched=True, policy="never")
    assert traded(refuted, settings=registered(is_enforced=True), is_watched=None, policy="never").notes == ()


class Made:
    """Says the same of every event: 70, 71 and 72 °F at 20, 50 and 30 %; and of every ladder 60, 30 and 10 %."""

    def predictions(self, requests: pl.DataFrame, forecasters: Sequence[str]) -> dict[str, Prediction]:
        """What each says to every request."""
        values = np.zeros((requests.height, GRID.size))
        values[:, 70 - GRID_LOW : 73 - GRID_LOW] = (0.2, 0.5, 0.3)
        reasons = ["made"] * requests.height
        return {name: Prediction(values, np.ones(requests.height, dtype=np.bool_), reasons) for name in forecasters}

    def beliefs(self, requests: pl.DataFrame, source: str) -> list[Belief]:
        """The steady belief."""
        return Steady().beliefs(requests, source)


def highs(lake: Lake, degrees: Sequence[int]) -> tuple[date, date]:
    """Official highs of days in a row, and the window they are in."""
    base = {"station": "KMDW", "source": "made", "version": 1, "is_final": True, "known_from": "latency"}
    days = [DAY + timedelta(days=number) for number in range(len(degrees))]
    rows = [
        {**base, "day": day, "high": high, "known_at": at("14:00", day + timedelta(days=1))}
        for day, high in zip(days, degrees, strict=True)
    ]
    merge(lake, "official", rows)
    return days[0], days[-1]


def drifted(lake: Lake, degrees: Sequence[int]) -> list[dict[str, Any]]:
    """Rows at 12:00 of the event day."""
    window = highs(lake, degrees)
    found = drift(lake, CITIES, Made(), window, names=("made", "made"), by="month", seed=1)  # type: ignore[arg-type]
    assert found.flags()["tests"] == 4 * sum(row["p"] is not None for row in found.rows)
    return [row for row in found.rows if (row["lead"], row["clock"]) == (0, "12:00")]


def test_what_comes_as_often_as_forecast_raises_no_flag(tmp_path: Path) -> None:
    """Of twenty highs 4, 10 and 6 at 20, 50 and 30 %: flat, unbiased, and no further off than chance."""
    november, december, all_ = drifted(lake_at(tmp_path), [70, 71, 71, 72, 71, 72, 70, 71, 71, 72] * 2)
    assert (november["period"], november["n_events"], december["n_events"]) == ("2024-11", 11, 9)
    assert (december["p"], december["pit_deviation_chance"], december["flags"]) == (None, None, [])
    assert (all_["period"], all_["n_events"], all_["flags"]) == ("all", 20, [])
    assert all_["pit_deviation"] == pytest.approx(0.0, abs=1e-6)
    assert all_["median_bias"] == pytest.approx(-0.1)
    assert all_["log_score_less_reference"] == 0.0
    assert min(all_["p"].values()) > 0.5


def test_a_bias_beyond_chance_raises_a_flag(tmp_path: Path) -> None:
    """Twenty highs of 72 where 30 % were forecast: the median is a degree too cold, and chance does not do that."""
    all_ = drifted(lake_at(tmp_path), [72] * 20)[-1]
    assert all_["median_bias"] == -1.0
    assert {"pit", "median_bias"} <= set(all_["flags"])
    assert all_["p"]["median_bias"] == pytest.approx(0.001)


def test_a_period_is_a_month_or_a_quarter(tmp_path: Path) -> None:
    """Anything else is refused by name."""
    with pytest.raises(VerificationError, match="no period 'week'; known: month, quarter"):
        drift(lake_at(tmp_path), CITIES, Made(), (DAY, DAY), names=("a", "a"), by="week", seed=1)  # type: ignore[arg-type]


def result(lake: Lake, days: int, settings: Config | None = None) -> WatchResult:
    """A watch of so many days."""
    end = DAY + timedelta(days=days - 1)
    return watch(lake, settings or registered(), CITIES, Made(), DAY, end)  # type: ignore[arg-type]


def test_the_document_the_tables_and_the_picture(refuted: Lake, tmp_path: Path) -> None:
    """What is printed is described by its schema, names the verdict, and is drawn with the day of the stop."""
    found = result(refuted, 4)
    document = json.loads(json.dumps(found.to_json(), allow_nan=False))
    jsonschema.validate(document, json.loads((ROOT / "docs/reference/schemas/watch.json").read_text(encoding="utf-8")))
    assert document["cities"][0]["stopped"]["day"] == "2024-11-21"
    assert "20 stops a city" in next(head(document))
    assert "refuted 2024-11-21" in next(sections(document)).rows[0]
    write(tmp_path / "new" / "watch.svg", found)
    drawn = (tmp_path / "new" / "watch.svg").read_text(encoding="utf-8")
    assert drawn == picture(found)
    assert ">Chicago, 4 events, stopped 2024-11-21</text>" in drawn


def test_a_row_fits_80_columns(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Each city and cell is one line, however much there is to say of it."""
    monkeypatch.setenv("COLUMNS", "80")
    scores = {"belief": 1.6768, "market": 1.0812}
    bet = {"city": "philadelphia", "n_events": 1350, "skipped": {"x": 660}, "log_score": scores, "proven": None}
    cell = {"city": "philadelphia", "lead": 1, "clock": "10:00", "period": "2024-11", "n_events": 31}
    means = {"pit_deviation": 0.3, "pit_deviation_chance": 0.17, "coverage": [0.5, 0.8, 0.9], "median_bias": -1.71}
    flags = {"log_score_less_reference": -0.07, "flags": ["pit", "coverage_80", "median_bias", "log_score"]}
    show(
        {
            "schema": "watch/1",
            "registered": {"share": 0.5, "forecaster": "S", "clock": "DT10:00", "from": "2024-11-20", "level": 20.0}
            | {"is_enforced": True, "began": "2024-11-20"},
            "cities": [{**bet, "e_value": 1_057_640.9, "e_for": 0.0009, "stopped": {"day": "2024-12-04"}}],
            "drift": [{**cell, **means, **flags}],
            "flags": {"raised": 9, "tests": 180, "by_chance": 1.8},
            "notes": [],
        }
    )
    lines = capsys.readouterr().out.splitlines()[3:]
    assert max(map(len, lines)) <= 80
    first, second = (line.split() for line in lines if line.startswith("philadelphia"))
    assert first[1:] == ["1,350", "660", "1.68", "1.08", ">9,999", "0.00", "refuted", "2024-12-04"]
    assert second[-5:] == ["-0.070", "PIT", "cov", "bias", "log"]


def test_nothing_bet_on_is_not_drawn(tmp_path: Path) -> None:
    """Where no event had a market there is no picture, and a note says so."""
    lake = lake_at(tmp_path)
    highs(lake, [70])
    found = result(lake, 1)
    assert "chicago: no event to bet on" in found.notes
    with pytest.raises(VerificationError, match="no event could be bet on"):
        picture(found)
