"""Markouts of beliefs: edges and moves by hand, and what becomes of a leg without a later price."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from drybulb.adapters.lake import Lake
from drybulb.app import config
from drybulb.app.belief_markout_tables import sections
from drybulb.app.belief_markouts import LEAST_DAYS, BeliefMarkouts, belief_markouts
from drybulb.app.console import show
from drybulb.app.densify import densify
from drybulb.errors import LakeError
from drybulb.strategy.decision_clock import DecisionClock
from tests.meta.repository import ROOT
from tests.unit.app.lakes import DAY, Steady, lake_at, list_event, poll, trade

CONFIG = config.load()
CITIES = {"chicago": CONFIG.cities()["chicago"]}


def measure(lake: Lake, days: int = 1, *clocks: str) -> BeliefMarkouts:
    """Markouts of the steady belief: 60, 30 and 10 %."""
    at = [DecisionClock.parse(clock) for clock in clocks]
    last = DAY + timedelta(days=days - 1)
    return belief_markouts(lake, CONFIG, CITIES, Steady(), DAY, last, ["steady"], clocks=at)


def rows(found: BeliefMarkouts, city: str = "chicago", clock: str = "all") -> dict[str, dict[str, Any]]:
    """Rows of a clock, by horizon."""
    return {row["horizon"]: row for row in found.rows if (row["city"], row["clock"]) == (city, clock)}


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The first bracket, believed to be worth 60 c, at mids of 50, 51 and 56 c; it pays."""
    lake = lake_at(tmp_path_factory.mktemp("polled"))
    event = list_event(lake)
    poll(lake, event, ("16:00", 0, 48, 52), ("16:04", 0, 49, 53), ("17:00", 0, 54, 58))
    return lake


def test_a_slope_is_how_much_of_the_edge_the_mid_made_up(polled: Lake) -> None:
    """Edges of 10, 9 and 4 c; by the close two mids came 6 and 5 c, of the last there is none; all pay 100 c."""
    found = rows(measure(polled))
    assert {name: (row["n_legs"], row["missing"]) for name, row in found.items()} == {
        "5min": (1, 2),
        "30min": (0, 3),
        "close": (2, 1),
        "settlement": (3, 0),
    }
    assert found["5min"]["slope"] == pytest.approx(10 / 100)
    assert found["30min"]["slope"] is None
    assert found["close"]["slope"] == pytest.approx(round((60 + 45) / 181, 4))
    assert found["settlement"]["slope"] == pytest.approx(round((500 + 9 * 49 + 4 * 44) / 197, 4))
    assert found["close"]["slope_ci90"] is None, "one day alone has no interval"


def test_far_legs_are_those_the_policy_looks_at(polled: Lake) -> None:
    """At lead 0 all three edges are 3 c or more; by the close they came 5.5 c, and the same two paid 49.5 c."""
    far = rows(measure(polled))["close"]["far"]
    assert (far["n_events"], far["n_legs"], far["cents"], far["paid_cents"]) == (1, 2, 5.5, 49.5)
    assert (far["ci90"], far["se"], far["events_for_1c"]) == (None, None, None)


def test_a_leg_believed_too_dear_is_marked_the_other_way(tmp_path: Path) -> None:
    """At 70 c against 60 a fall by 4 c is 4 c towards the belief, and a payout of nothing 70 c."""
    lake = lake_at(tmp_path)
    poll(lake, list_event(lake, winner=1), ("16:00", 0, 68, 72), ("17:00", 0, 64, 68))
    found = rows(measure(lake))
    assert found["close"]["far"]["cents"] == 4.0
    assert found["settlement"]["far"]["n_legs"] == 2
    assert found["settlement"]["far"]["cents"] == pytest.approx((70 + 66) / 2)


def test_a_slope_by_the_earlier_mid_takes_another_noise(tmp_path: Path) -> None:
    """At 50, half an hour later 54 and then 58 c: edge 6, edge on the earlier mid 10, a move of 4: 40 / 60 = 0.6667."""
    lake = lake_at(tmp_path)
    poll(lake, list_event(lake), ("16:00", 0, 48, 52), ("16:30", 0, 52, 56), ("17:30", 0, 56, 60))
    row = rows(measure(lake))["close"]
    assert row["slope_earlier"] == pytest.approx(round(40 / 60, 4))
    assert row["far"]["cents_earlier"] == 4.0


@pytest.mark.parametrize("quoted", [(40, 52), (48, None)], ids=["wide", "one-sided"])
def test_an_edge_needs_a_price(tmp_path: Path, quoted: tuple[int, int | None]) -> None:
    """On a wide or one-sided quote there is no edge; where there is none at all, that is an error."""
    lake = lake_at(tmp_path)
    event = list_event(lake)
    with pytest.raises(LakeError, match="at most 5 min old and 10 ¢ wide"):
        measure(lake)
    poll(lake, event, ("16:00", 0, *quoted))
    with pytest.raises(LakeError, match="at most 5 min old and 10 ¢ wide"):
        measure(lake)


def test_dense_minutes_are_looked_at_by_the_clock(tmp_path: Path) -> None:
    """At 10:05 local the tape last paid 50 and 48 c; four minutes on 57 and 53 c: an edge of 11 c came 6 c."""
    lake = lake_at(tmp_path)
    event = list_event(lake)
    trade(lake, event, ("16:02:30", 0, 50, "yes", 9), ("16:03:30", 0, 48, "no", 3))
    trade(lake, event, ("16:08:30", 0, 53, "no", 1), ("16:08:50", 0, 57, "yes", 1))
    densify(lake, CONFIG, ["chicago"])
    found = measure(lake, 1, "DT10:05", "DT11:00")
    five = rows(found)["5min"]
    assert (five["n_legs"], five["missing"], five["slope"]) == (1, 0, pytest.approx(round(6 / 11, 4)))
    assert [row["clock"] for row in found.rows if row["horizon"] == "5min"] == ["all", "all"]
    assert any("partly of prints" in note for note in found.notes)


def test_an_interval_needs_days(tmp_path: Path) -> None:
    """Ten days that came 2 and 4 c in turn have a mean of 3 c with an interval, and a number of events for one cent."""
    lake = lake_at(tmp_path)
    for number in range(LEAST_DAYS):
        day, came = DAY + timedelta(days=number), 2 + 2 * (number % 2)
        event = list_event(lake, day=day)
        poll(lake, event, ("16:00", 0, 48, 52), ("17:00", 0, 48 + came, 52 + came), day=day)
    far = rows(measure(lake, LEAST_DAYS))["close"]["far"]
    assert far["cents"] == 3.0
    assert 2.0 < far["ci90"][0] < 3.0 < far["ci90"][1] < 4.0
    # A spread of 1 c in ten draws: a standard error of about 1 / √10, and 10 · (1.645 · 0.316)² events.
    assert far["se"] == pytest.approx(0.316, abs=0.03)
    assert far["events_for_1c"] == pytest.approx(2.7, abs=0.6)
    short = rows(measure(lake, LEAST_DAYS - 1))["close"]["far"]
    assert (short["ci90"], short["se"], short["events_for_1c"]) == (None, None, None)


def test_the_document_and_its_tables(
    polled: Lake, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is printed is described by its schema; every city and horizon is a row, and rows fit 80 columns."""
    document = json.loads(json.dumps(measure(polled).to_json(), allow_nan=False))
    schema = json.loads((ROOT / "docs/reference/schemas/belief_markouts.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema)
    slopes, cents, power = sections(document)
    assert [row[:3] for row in slopes.rows[2:4]] == [("chicago", "D", "close"), ("chicago", "D", "paid")]
    assert (len(slopes.rows), len(cents.rows), len(power.rows)) == (8, 6, 4)
    monkeypatch.setenv("COLUMNS", "80")
    sure = {"slope_ci90": [-0.22, 0.44], "slope_earlier_ci90": [-0.22, 0.44], "n_legs": 14_905, "missing": 10_178}
    wide = [{**row, **sure, "city": "philadelphia", "lead": 1} for row in document["rows"]]
    show({**document, "rows": wide, "notes": []})
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.split()[:5] == ["philadelphia", "D-1", "30min", "14,905", "10,178"] for line in lines)
