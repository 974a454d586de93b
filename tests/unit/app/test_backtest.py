"""A backtest from lake to result: what is traded, what is refused, and what is written down."""

from __future__ import annotations

import csv
import hashlib
import json
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from drybulb.adapters.lake import Lake
from drybulb.app import config
from drybulb.app.backtest import backtest
from drybulb.app.densify import densify
from drybulb.app.reporting.reported import read_run
from drybulb.app.run import Run
from drybulb.engine.fills import Fills
from drybulb.errors import ConfigError
from drybulb.strategy.decision_clock import DecisionClock
from tests.unit.app.lakes import DAY, Steady, at, calm, lake_at, list_event, merge, poll, trade

CONFIG = calm(config.load())
CITIES = ["chicago", "austin", "denver", "los_angeles", "miami", "philadelphia"]


def run(lake: Lake, policy: str = "steady", start: date = DAY, end: date = DAY, **changes: Any) -> Run:
    """A backtest of a window with the default settings."""
    return backtest(lake, CONFIG, start, end, policy=policy, forecaster=Steady(), **changes)


def polled(folder: Path) -> Lake:
    """A lake with one event whose first bracket is offered at 50 c at 16:00 and at 49 c at 17:00, and wins."""
    lake = lake_at(folder)
    event = list_event(lake)
    poll(lake, event, ("16:00", 0, 48, 50), ("16:00", 1, 29, 31), ("16:00", 2, 9, 19))
    poll(lake, event, ("17:00", 0, 47, 49), ("17:00", 1, 29, 31), ("17:00", 2, 9, 19))
    return lake


def test_a_poll_is_traded_at_the_next_poll(tmp_path: Path) -> None:
    """96 contracts decided at 50 c fill an hour later at 49 c: $96 less $47.04 less $1.68."""
    total = run(polled(tmp_path)).to_json()["total"]
    # 0.07 * 96 * 0.49 * 0.51 = 1.679328, rounded up to the cent; at 17:00 the fill is not known yet.
    assert (total["events"], total["orders"], total["fills"], total["contracts"]) == (1, 1, 1, 96.0)
    assert (total["fees_usd"], total["pnl_usd"]) == (1.68, 47.28)
    assert total["pnl_per_day"] == {"mean": 47.28, "ci90": None}
    assert total["max_drawdown_usd"] == 0.0


def test_a_tape_is_traded_against_later_prints(tmp_path: Path) -> None:
    """The ask shown by a print at 16:00 is ordered at 16:01 and filled by the taker of 16:03, three contracts."""
    lake = lake_at(tmp_path)
    event = list_event(lake, winner=1)
    trade(lake, event, ("16:00:30", 0, 50, "yes", 9), ("16:03:00", 0, 49, "yes", 3), ("16:08:00", 0, 49, "yes", 3))
    densify(lake, CONFIG, ["chicago"])
    result = run(lake)
    total = result.to_json()["total"]
    # Three at the limit of 50 c; 0.07 * 3 * 0.50 * 0.50 = 0.0525 → 6 c; the bracket lost.
    assert (total["orders"], total["fills"], total["contracts"], total["pnl_usd"]) == (1, 1, 3.0, -1.56)
    assert total["max_drawdown_usd"] == 1.56
    kinds = [json.loads(line)["kind"] for line in (result.folder / "journal.jsonl").read_text().splitlines()]
    assert kinds == ["run", "order", "fill", "report", "settlement"]


def test_a_city_that_was_not_asked_for_is_no_refusal(tmp_path: Path) -> None:
    """A run has refusals only where an event that was asked for could not be replayed."""
    lake = polled(tmp_path)
    assert not run(lake, cities=["chicago"]).has_refusals
    assert run(lake, cities=["chicago", "austin"]).has_refusals


def test_all_cities_are_always_there(tmp_path: Path) -> None:
    """Six cities, each with its events and, where there are none, the reason."""
    document = run(polled(tmp_path), cities=["chicago", "austin"]).to_json()
    assert list(document["cities"]) == CITIES
    assert document["cities"]["chicago"]["refused"] == {}
    assert document["cities"]["austin"]["refused"] == {"no markets in the lake": 1}
    assert document["cities"]["denver"]["refused"] == {"not asked for": 1}
    assert document["cities"]["denver"]["pnl_per_day"] == {"mean": None, "ci90": None}
    assert document["total"]["refused"] == {"no markets in the lake": 1, "not asked for": 4}


def test_every_day_of_the_window_has_an_answer(tmp_path: Path) -> None:
    """Events and refusals of a city add up to the days of the window, and each refusal says why."""
    lake = polled(tmp_path)
    event = list_event(lake, day=DAY + timedelta(days=1), legs=(0, 2))
    event = list_event(lake, day=DAY + timedelta(days=2), winner=None)
    event = list_event(lake, day=DAY + timedelta(days=3), payouts=(10_000, 10_000, 0))
    event = list_event(lake, day=DAY + timedelta(days=4), has_hours=False)
    event = list_event(lake, day=DAY + timedelta(days=5))
    event = list_event(lake, day=DAY + timedelta(days=6))
    event = list_event(lake, day=DAY + timedelta(days=6), name="HIGHCHI")
    assert event.startswith("HIGHCHI")
    chicago = run(lake, end=DAY + timedelta(days=7)).to_json()["cities"]["chicago"]
    assert chicago["events"] == 1
    assert chicago["refused"] == {
        "ladder does not tile": 1,
        "no settlement known": 1,
        "not exactly one YES": 1,
        "no trading hours listed": 1,
        "no quotes": 1,
        "two events on one day": 1,
        "no markets in the lake": 1,
    }


def test_a_part_of_a_dollar_for_all(tmp_path: Path) -> None:
    """An event that resolves to last fair prices pays every market its part: 49 c bought, 55 c paid."""
    lake = lake_at(tmp_path)
    event = list_event(lake, payouts=(5500, 3500, 1000))
    poll(lake, event, ("16:00", 0, 48, 50), ("17:00", 0, 47, 49))
    assert run(lake).to_json()["total"]["pnl_usd"] == pytest.approx(96 * 0.06 - 1.68)


def test_beliefs_are_asked_while_the_market_is_open(tmp_path: Path) -> None:
    """Every ten minutes from the open on, until the close; a policy that does not look is not given any."""
    forecaster = Steady()
    result = backtest(polled(tmp_path), CONFIG, DAY, DAY, policy="steady", forecaster=forecaster)
    instants = [instant for _, _, instant in forecaster.asked]
    assert (instants[0], instants[1], instants[-1]) == (at("15:00"), at("15:10"), at("21:50"))
    assert result.to_json()["cities"]["chicago"]["beliefs"] == {"steady": 42}
    never = run(polled(tmp_path), policy="never").to_json()
    assert never["total"]["beliefs"] == {}
    assert never["total"]["orders"] == 0


def test_only_quoted_events_are_asked_about(tmp_path: Path) -> None:
    """An event that nobody ever quoted is refused before a belief is made."""
    lake = polled(tmp_path)
    list_event(lake, "austin", name="KXHIGHAUS")
    forecaster = Steady()
    document = backtest(lake, CONFIG, DAY, DAY, policy="steady", forecaster=forecaster).to_json()
    assert {city for city, _, _ in forecaster.asked} == {"chicago"}
    assert document["cities"]["austin"]["refused"] == {"no quotes": 1}


def test_a_single_quote_is_a_note(tmp_path: Path) -> None:
    """An event quoted once is replayed, and it is said that nothing could fill."""
    lake = lake_at(tmp_path)
    poll(lake, list_event(lake), ("16:00", 0, 48, 50), source="daily")
    document = run(lake).to_json()
    assert (document["total"]["orders"], document["total"]["fills"]) == (1, 0)
    assert document["notes"] == [
        "chicago: 1 events have quotes at one instant only; an order finds no later quote to fill against"
    ]


def test_leads_are_those_of_the_fills(tmp_path: Path) -> None:
    """The event day of Chicago begins at 06Z: a fill at 17Z of the day is lead 0, and lead 1 has none."""
    by_lead = run(polled(tmp_path)).to_json()["by_lead"]
    assert (by_lead["0"]["fills"], by_lead["1"]["fills"]) == (1, 0)
    assert (by_lead["0"]["pnl_usd"], by_lead["1"]["pnl_usd"]) == (47.28, 0.0)


def test_the_folder_of_a_run(tmp_path: Path) -> None:
    """Its name begins the digest, which is that of the journal; the document and the gains lie beside it."""
    lake = polled(tmp_path)
    result = run(lake)
    assert result.folder == tmp_path / "runs" / result.digest[:12]
    journal = (result.folder / "journal.jsonl").read_bytes()
    assert hashlib.sha256(journal).hexdigest() == result.digest
    document = json.loads((result.folder / "run.json").read_text())
    assert {key: document[key] for key in result.to_json()} == result.to_json()
    assert len(document["config"]) == len(document["lake"]) == len(document["result"]) == 64
    assert document["files"] == {
        name: hashlib.sha256((result.folder / name).read_bytes()).hexdigest()
        for name in ("config.json", "days.json", "equity.csv", "markouts.json")
    }
    assert read_run(result.folder).run.total.pnl_usd == 47.28
    rows = list(csv.DictReader((result.folder / "equity.csv").read_text().splitlines()))
    assert rows == [{"day": "2024-11-20", "chicago": "47.280000", "total": "47.280000", "equity": "47.280000"}]
    beside = ["config.json", "days.json", "equity.csv", "journal.jsonl", "markouts.json", "run.json"]
    assert sorted(file.name for file in result.folder.iterdir()) == beside


def test_a_run_says_what_it_was_made_of(tmp_path: Path) -> None:
    """Another lake has another digest of its own, and so have other settings."""
    first = json.loads((run(polled(tmp_path / "a")).folder / "run.json").read_text())
    other = polled(tmp_path / "b")
    list_event(other, "austin", name="KXHIGHAUS")
    second = json.loads((run(other).folder / "run.json").read_text())
    changed = CONFIG.model_copy(update={"risk": CONFIG.risk.model_copy(update={"max_trade_usd": 10})})
    third = backtest(other, changed, DAY, DAY, policy="never", out=tmp_path / "c")
    assert first["lake"] != second["lake"]
    assert first["config"] == second["config"] != json.loads((third.folder / "run.json").read_text())["config"]


NOON = DecisionClock(0, time(11))


def test_deciding_at_a_clock_asks_for_a_belief_there_and_nowhere_else(tmp_path: Path) -> None:
    """11:00 in Chicago is 17Z: one belief, one order at the 49 c of the poll then, none at 16Z; the run says so."""
    forecaster = Steady()
    lake = polled(tmp_path)
    result = backtest(lake, CONFIG, DAY, DAY, policy="steady", forecaster=forecaster, decide_at=[NOON])
    document = result.to_json()
    assert forecaster.asked[0][2] == at("17:00")
    assert {instant for _, _, instant in forecaster.asked} == {at("17:00")}
    assert (document["decide_at"], document["total"]["beliefs"]) == (["DT11:00"], {"steady": 1})
    assert (document["total"]["orders"], document["not_traded"]["not a decision time"]) == (1, 1)
    heading, order, *_ = map(json.loads, (result.folder / "journal.jsonl").read_text().splitlines())
    assert (heading["decide_at"], order["price"]) == (["DT11:00"], 4900)
    assert any("decided once at each of DT11:00" in said for said in document["assumptions"])
    assert not any("a belief every" in said for said in document["assumptions"])


def test_a_run_at_any_time_says_nothing_of_clocks(tmp_path: Path) -> None:
    """The first line of its journal has no key for them, so its digest is what it was before there were any."""
    result = run(polled(tmp_path))
    heading = json.loads((result.folder / "journal.jsonl").read_text().splitlines()[0])
    assert not heading.keys() & {"decide_at", "settled_by"}
    assert result.to_json()["decide_at"] == []


def test_a_clock_outside_a_markets_life_is_noted_or_refused(tmp_path: Path) -> None:
    """The market is open 09:00 to 16:00 local: 03:00 is refused where no event is open, and counted where one is."""
    early = DecisionClock(0, time(3))
    with pytest.raises(ConfigError, match="no market of the window is open at DT03:00; KXHIGHCHI-24NOV20 is from"):
        run(polled(tmp_path), decide_at=[early])
    lake = lake_at(tmp_path / "east")
    for city, name in (("chicago", "KXHIGHCHI"), ("philadelphia", "KXHIGHPHIL")):
        poll(lake, list_event(lake, city, name=name), ("16:00", 0, 48, 50), ("17:00", 0, 47, 49), city=city)
    # 16:00Z is 10:00 in Chicago; the market shuts at 22:00Z, 16:00 in Chicago and 17:00 in Philadelphia.
    document = run(lake, decide_at=[DecisionClock(0, time(16))]).to_json()
    assert "chicago: 1 events are not open at DT16:00" in document["notes"]
    assert document["cities"]["philadelphia"]["beliefs"] == {"steady": 1}


def test_a_policy_without_beliefs_has_no_clock(tmp_path: Path) -> None:
    """There is nothing to decide on at a clock for a policy that never looks at a belief."""
    with pytest.raises(ConfigError, match="policy crossed has no belief to decide on at DT11:00"):
        run(polled(tmp_path), policy="crossed", decide_at=[NOON])


def test_nothing_waits_from_clock_to_clock(tmp_path: Path) -> None:
    """An order that waits is only good while it is watched, which a policy asked at noon alone does not do."""
    with pytest.raises(ConfigError, match="fills maker-pessimistic at DT11:00 only: nobody would watch"):
        run(polled(tmp_path), decide_at=[NOON], fills=Fills.MAKER_PESSIMISTIC)


def test_an_official_high_settles_only_where_it_is_asked_to(tmp_path: Path) -> None:
    """Without a settlement an event is refused; by the official high of 38° its first bracket wins, as noted."""
    lake = lake_at(tmp_path)
    event = list_event(lake, winner=None)
    poll(lake, event, ("16:00", 0, 48, 50), ("17:00", 0, 47, 49))
    highs = {"station": "KMDW", "day": DAY, "source": "cli", "known_from": "latency"}
    known = at("22:00") + timedelta(hours=14)
    first = {"version": 1, "high": 45, "is_final": False, "known_at": at("22:30")}
    final = {"version": 2, "high": 38, "is_final": True, "known_at": known}
    merge(lake, "official", [{**highs, **first}, {**highs, **final}])
    refused = run(lake).to_json()
    assert refused["cities"]["chicago"]["refused"] == {"no settlement known": 1}
    document = run(lake, settle_by_official=True).to_json()
    assert document["total"]["pnl_usd"] == 47.28
    assert "chicago: 1 events are settled by the official high" in document["notes"]
    assert any("pays as the official high says" in said for said in document["assumptions"])


def test_a_settlement_is_not_overruled(tmp_path: Path) -> None:
    """Where the exchange's word is recorded, the official high changes nothing."""
    lake = polled(tmp_path)
    row = {"station": "KMDW", "day": DAY, "source": "cli", "version": 1, "high": 60, "is_final": True}
    merge(lake, "official", [{**row, "known_at": at("22:30"), "known_from": "latency"}])
    document = run(lake, settle_by_official=True).to_json()
    assert (document["total"]["pnl_usd"], document["notes"]) == (47.28, [])


def test_cities_are_told_apart_by_lead(tmp_path: Path) -> None:
    """A city's gains of its two leads are its own, and come to its whole."""
    part = run(polled(tmp_path)).to_json()["cities"]["chicago"]
    assert (part["by_lead"]["0"]["pnl_usd"], part["by_lead"]["1"]["pnl_usd"]) == (47.28, 0.0)
    assert part["by_lead"]["0"]["orders"] == part["orders"] == 1


def test_what_cannot_be_asked(tmp_path: Path) -> None:
    """An unknown city, a window that ends before it starts, and a belief without a forecaster are refused."""
    lake = polled(tmp_path)
    with pytest.raises(ConfigError, match="no city atlantis; known: chicago"):
        run(lake, cities=["atlantis"])
    with pytest.raises(ConfigError, match=r"cities is the text 'miami'; give a list, such as \['miami'\]"):
        run(lake, cities="miami")
    with pytest.raises(ConfigError, match="no city asked; known: chicago"):
        run(lake, cities=[])
    with pytest.raises(ConfigError, match="swap them"):
        run(lake, end=DAY - timedelta(days=1))
    with pytest.raises(ConfigError, match="train one, or use policy never"):
        backtest(lake, CONFIG, DAY, DAY, policy="S")


def test_months_meet(tmp_path: Path) -> None:
    """Events on both sides of a month's end are replayed in one order: both trade, both are paid."""
    lake = lake_at(tmp_path)
    for day in (date(2024, 11, 30), date(2024, 12, 1)):
        event = list_event(lake, day=day)
        poll(lake, event, ("16:00", 0, 48, 50), ("17:00", 0, 47, 49), day=day)
    seen: list[tuple[str, int, int]] = []
    result = run(
        lake,
        start=date(2024, 11, 1),
        end=date(2024, 12, 31),
        progress=lambda doing, done=0, of=0: seen.append((doing, done, of)),
    )
    total = result.to_json()["total"]
    assert (total["events"], total["fills"], total["pnl_usd"]) == (2, 2, 94.56)
    assert seen == [("backtest: 2024-11", 0, 2), ("backtest: 2024-12", 1, 2), ("backtest", 2, 2)]


def test_an_empty_lake(tmp_path: Path) -> None:
    """With nothing in the lake every city says so, and the run is written all the same."""
    document = run(Lake(tmp_path)).to_json()
    assert document["total"]["refused"] == {"no markets in the lake": 6}
    assert document["total"]["events"] == 0
