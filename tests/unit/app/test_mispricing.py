"""From a lake to price rows: which prices count, what they paid, what a taker had, and when news came."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import jsonschema
import polars as pl
import pytest

from drybulb.adapters.lake import Lake
from drybulb.app import config, wiring
from drybulb.app.console import show
from drybulb.app.listings import load_playable
from drybulb.app.mispriced_news import releases
from drybulb.app.mispriced_rows import Rules, price_rows
from drybulb.app.mispricing import mispricing
from drybulb.app.mispricing_tables import sections
from drybulb.domain.distribution import Belief, TemperatureDistribution
from drybulb.errors import LakeError
from tests.meta.repository import ROOT
from tests.unit.app.lakes import DAY, Steady, at, lake_at, list_event, merge, poll

CHICAGO = {"chicago": config.load().cities()["chicago"]}
RULES = Rules(max_age=5, max_spread=10.0, lifetime=5)


class Moved(Steady):
    """Believes 60, 30 and 10 % of the three brackets until 16:02, and 20, 30 and 50 % from then on."""

    def beliefs(self, requests: pl.DataFrame, source: str) -> list[Belief]:
        """Beliefs by the clock."""
        later = TemperatureDistribution(39, (200_000, 300_000, 0, 500_000))
        return [
            Belief(b.city, b.day, b.at, later if b.at >= at("16:02") else b.distribution, b.source, b.reason)
            for b in super().beliefs(requests, source)
        ]


def rows(lake: Lake, forecaster: Steady | None = None) -> pl.DataFrame:
    """Price rows of Chicago's one event."""
    settings = config.load()
    playable = load_playable(lake, CHICAGO, CHICAGO, DAY, DAY)
    believe = None if forecaster is None else lambda asked: forecaster.beliefs(asked, "made")
    costs = wiring.charges(settings)
    return price_rows(lake, releases(lake, CHICAGO), playable.listings, playable.payouts, believe, RULES, costs)


def quoted(folder: Path) -> Lake:
    """One event of three brackets; the first pays. Three polls, two minutes apart."""
    lake = lake_at(folder)
    event = list_event(lake)
    poll(lake, event, ("16:00", 0, 40, 44), ("16:00", 1, 30, 45), ("16:00", 2, None, 20))
    poll(lake, event, ("16:02", 0, 41, 44), ("16:02", 1, 30, 34), ("16:02", 2, 10, 20))
    poll(lake, event, ("16:04", 0, 38, 46), ("16:04", 1, 30, 34), ("16:04", 2, 10, 20))
    return lake


def test_only_fresh_near_two_sided_quotes_count(tmp_path: Path) -> None:
    """A side missing, or sides more than 10 ¢ apart, leave a price out; the ladder stays whole around it."""
    found = rows(quoted(tmp_path))
    assert found.select("place", "is_usable").rows()[:6] == [
        *[(1, True), (2, False), (3, False)],
        *[(1, True), (2, True), (3, True)],
    ]
    assert found["value"].to_list()[:3] == [42.0, 37.5, 10.0]
    assert found["mid"].to_list()[:3] == [42.0, 37.5, None]


def test_what_it_paid_and_where_it_stood(tmp_path: Path) -> None:
    """A row has its payout, its local hour, its lead, and on which side of the likeliest bracket it is."""
    found = rows(quoted(tmp_path)).head(3)
    assert found["payout"].to_list() == [100.0, 0.0, 0.0]
    assert found.select("hour", "lead").unique().rows() == [(10, 0)]
    assert found["warmth"].to_list() == [0, 1, 1]


def test_a_taker_is_filled_at_the_next_quote_if_it_is_no_worse(tmp_path: Path) -> None:
    """YES at 44 ¢ fills at 44 ¢ two minutes later, NO at the better 41 ¢; what was seen at 16:02 is gone at 16:04."""
    found = rows(quoted(tmp_path)).filter(pl.col("place") == 1)
    # The fee of a hundred contracts: 7 · 0.44 · 0.56 = $1.7248 up to the cent, and 7 · 0.41 · 0.59 = $1.6933.
    assert found["bought"].to_list() == [pytest.approx(100.0 - 44.0 - 1.73), None, None]
    assert found["sold"].to_list() == [pytest.approx(41.0 - 100.0 - 1.70), None, None]


def test_news_is_what_the_belief_did_since_before_a_release(tmp_path: Path) -> None:
    """A METAR at 16:01 is news in the brackets whose belief it moved, for whoever looks after it."""
    lake = quoted(tmp_path)
    reading = {"station": "KMDW", "valid_at": at("15:53"), "kind": "metar", "known_at": at("16:01")}
    merge(lake, "observations", [{**reading, "known_from": "latency", "temp": 3.0, "source": "made"}])
    found = rows(lake, Moved())
    assert found["belief"].to_list()[:6] == pytest.approx([60.0, 30.0, 10.0, 20.0, 30.0, 50.0])
    assert found["since_metar"].to_list()[:6] == [None, None, None, 1.0, 1.0, 1.0]
    assert found["news_metar"].to_list()[:6] == [0, 0, 0, -1, 0, 1]
    assert found["believed_warmth"].to_list()[:6] == [0, 1, 1, -1, -1, 0]


def many_days(folder: Path) -> Lake:
    """Forty events of Chicago whose second bracket is priced 40 ¢ and never wins."""
    lake = lake_at(folder)
    for number in range(40):
        day = DAY + timedelta(days=number)
        event = list_event(lake, day=day)
        poll(lake, event, ("16:00", 0, 50, 54), ("16:00", 1, 38, 42), ("16:00", 2, 8, 12), day=day)
        poll(lake, event, ("16:02", 0, 50, 54), ("16:02", 1, 38, 42), ("16:02", 2, 8, 12), day=day)
    return lake


def test_the_document_names_the_slice_and_fits_its_schema(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of forty events in which a bracket of 40 ¢ never paid the first sentence says so, and the tables show it."""
    end = DAY + timedelta(days=39)
    result = mispricing(many_days(tmp_path), config.load(), CHICAGO, DAY, end, source="made", forecaster=Steady())
    document = result.to_json()
    jsonschema.validate(document, json.loads((ROOT / "docs/reference/schemas/mispricing.json").read_text()))
    first = document["named"]["paid"][0]
    assert first["text"] in document["sentences"][0]
    assert document["sentences"][0].startswith("By what was paid: ")
    assert document["sentences"][0].endswith("in Chicago.")
    (bracket,) = [one for one in document["slices"] if one["slice"] == "bracket 2"]
    assert bracket["paid"]["mean"] == -40.0
    assert bracket["belief"]["mean"] == -10.0
    # 42 − 0 paid for nothing, and the fee of 7 · 0.42 · 0.58 = $1.7052 up to the cent.
    assert bracket["taker"]["bought"] == {"fills": 40, "mean": -43.71, "ci90": [-43.71, -43.71]}
    show(document)
    printed = capsys.readouterr().out
    assert "bracket\N{NO-BREAK SPACE}2" in printed
    assert len(list(sections(document))) == 3


def test_no_usable_price_is_an_error(tmp_path: Path) -> None:
    """A window without a price that counts is an error that says what counts, not an empty table."""
    lake = lake_at(tmp_path)
    poll(lake, list_event(lake), ("16:00", 0, 40, 60))
    with pytest.raises(LakeError, match="10 ¢ wide"):
        mispricing(lake, config.load(), CHICAGO, DAY, DAY)
