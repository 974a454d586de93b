"""`drybulb predict --explain`: a document that fits its schema, tables of 80 columns, and a picture."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import polars as pl
import pytest

from drybulb.adapters.lake import Lake
from drybulb.adapters.registry import Registry
from drybulb.app.console import show
from drybulb.app.explained_picture import picture, write
from drybulb.app.predict import PredictResult, predict
from drybulb.errors import ModelError
from drybulb.forecast.fitted import FittedForecasters
from tests.unit.forecast.made import MIAMI, fitted, tables
from tests.unit.forecast.small_models import ASKING, CITY, small_models, store

SCHEMA = Path(__file__).parents[3] / "docs" / "reference" / "schemas" / "predict.json"
DAY = date(2024, 8, 16)
MIDNIGHT = datetime(2024, 8, 16, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake of a small world with a stored S, global model and city model of Miami."""
    found = Lake(tmp_path_factory.mktemp("lake"))
    for table in ("observations", "guidance", "official", "markets"):
        found.merge(table, tables("miami")[table])
    card = fitted().card
    Registry(found.path).save(card.name, fitted().to_json(), card.until, card.last_known_at)
    store(found, list(small_models().values()))
    return found


@cache
def _asked(lake: Lake, hours: float, source: str = "hybrid", *, explain: bool = True) -> PredictResult:
    at = MIDNIGHT + timedelta(hours=hours)
    return predict(lake, ASKING, "miami", DAY, at, source, explain=explain)


def _explained(result: PredictResult) -> dict[str, Any]:
    """The document's explanation, the document checked against its published schema."""
    document = json.loads(json.dumps(result.to_json()))
    jsonschema.validate(document, json.loads(SCHEMA.read_text()))
    found: dict[str, Any] = document["explanation"]
    return found


@pytest.mark.parametrize(
    ("hours", "who"), [(13.0, {"city": 1.0}), (0.5, {"global": 0.75, "city": 0.25}), (-8.0, {"global": 1.0})]
)
def test_the_parts_of_a_belief_sum_to_it(lake: Lake, hours: float, who: dict[str, float]) -> None:
    """At noon the city's model speaks, after midnight both, the day before the global one; the parts of each sum to
    the distance of the belief's mean from S's, and the belief explained is the belief given, rounded to millionths.
    """
    result = _asked(lake, hours)
    found = _explained(result)
    assert {voice["source"]: voice["share"] for voice in found["voices"]} == pytest.approx(who)
    assert {voice["model"] for voice in found["voices"]} <= set(re.findall(r":(\w+)", result.belief.model))
    parts = sum(one["change"] for one in found["contributions"]) + found["constant"] + found["offset"]
    assert found["belief"]["mean"] - found["S"]["mean"] == pytest.approx(parts + found["remainder"], abs=1e-9)
    assert abs(found["remainder"]) < 1e-6
    spread = result.belief.distribution
    assert spread is not None
    assert found["belief"]["mean"] == pytest.approx(spread.mean(), abs=1e-3)
    assert found["belief"]["quantiles"] == {f"{q} %": spread.quantile(q / 100) for q in (10, 50, 90)}


def test_what_was_known_stands_in_the_explanation(lake: Lake) -> None:
    """It has the maximum so far with its instant, the gap, and each source's forecast less bias; the mean of these is
    the guidance of the inputs.
    """
    result = _asked(lake, 13.0)
    found = _explained(result)
    low, high = found["observed"]["running_max"]
    assert low == result.inputs["running_max"] <= high
    assert MIDNIGHT <= datetime.fromisoformat(found["observed"]["since"]) <= result.belief.at
    assert sum(found["gap"]["chances"].values()) == pytest.approx(1.0)
    said = [one["forecast"] for one in found["guidance"]["sources"]]
    assert len(said) == result.inputs["guidance_n"] > 0
    assert sum(said) / len(said) == pytest.approx(found["guidance"]["mean"], abs=1e-3)
    assert found["guidance"]["mean"] == pytest.approx(result.inputs["guidance"], abs=1e-3)
    before = _explained(_asked(lake, -8.0))
    assert (before["observed"], before["gap"]) == (None, None)


def test_s_is_explained_by_what_it_stood_on(lake: Lake) -> None:
    """S has one voice, its basis and no contributions; a forecaster that stands not on S has none at all."""
    found = _explained(_asked(lake, 13.0, "S"))
    assert [(voice["source"], voice["basis"]) for voice in found["voices"]] == [("S", "guidance+observations")]
    assert (found["change"], found["contributions"]) == (0.0, [])
    other = _explained(_asked(lake, 13.0, "emos"))
    assert (other["S"], other["belief"], other["voices"]) == (None, None, [])
    assert other["observed"] is not None


def test_readings_known_later_are_not_in_the_picture(lake: Lake) -> None:
    """Readings are of the station's climate day at the instant, on D-1 the day before, and none was known later."""
    early, late = (_asked(lake, hours).readings for hours in (10.0, 16.0))
    assert early is not None
    assert late is not None
    assert 0.0 <= early["hours"].min() < early["hours"].max() <= 10.0  # type: ignore[operator]
    assert early.height < late.height
    assert late.filter(pl.col("hours") <= early["hours"].max()).equals(early)
    assert (late["low"] <= late["high"]).all()
    before = _asked(lake, -8.0).readings
    assert before is not None
    assert before["hours"].is_between(-24.0, -8.0).all()
    known = tables("miami")["observations"].filter(pl.col("temp").is_not_null(), pl.col("station") == MIAMI.station)
    on_time = known.filter(pl.col("known_at") <= MIDNIGHT + timedelta(hours=16), pl.col("valid_at") >= MIDNIGHT)
    assert late.height == on_time.select("valid_at", "kind").n_unique()


def test_without_explain_there_is_no_explanation(lake: Lake) -> None:
    """The document says null, and there is nothing to draw."""
    result = _asked(lake, 13.0, explain=False)
    assert _explained(result) is None
    with pytest.raises(ModelError, match="not explained"):
        picture(result)


@pytest.mark.parametrize("hours", [13.0, 0.5, -8.0])
def test_the_tables_fit_80_columns(
    lake: Lake, hours: float, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No line is longer than 80, and the change of the mean stands under what made it up, to a thousandth."""
    monkeypatch.setenv("COLUMNS", "80")
    result = _asked(lake, hours)
    show(result.to_json())
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert max(map(len, lines)) <= 80
    found = _explained(result)
    (total,) = (line for line in lines if line.startswith("change of the mean"))
    # Rounded first: a change of nothing has no sign.
    assert total.split()[-1] == f"{round(found['change'], 3) + 0.0:+.3f}"
    title = lines.index("what moved the mean")
    rows = lines[title + 3 : lines.index(total)]
    assert sum(float(row.split()[-1]) for row in rows) == pytest.approx(found["change"], abs=0.0005 * len(rows))
    assert rows[0].startswith(found["contributions"][0]["feature"])


def test_the_picture_is_the_same_for_the_same_belief(lake: Lake, tmp_path: Path) -> None:
    """It is SVG, byte for byte the same twice, and names readings, guidance, both means and the change in words."""
    result = _asked(lake, 13.0)
    write(tmp_path / "page.svg", result)
    drawn = (tmp_path / "page.svg").read_text()
    assert drawn == picture(_asked.__wrapped__(lake, 13.0))
    assert list(tmp_path.iterdir()) == [tmp_path / "page.svg"]
    found = _explained(result)
    words = " ".join(re.findall(r">([^<>]+)</text>", drawn))
    first, source = found["contributions"][0], found["guidance"]["sources"][0]
    for said in (
        MIAMI.station,
        f"S, mean {found['S']['mean']:.1f}°",
        f"the belief, mean {found['belief']['mean']:.1f}°",
        f"{source['source']} {source['forecast']:.1f}°",
        first["feature"],
        f"{first['change']:+.3f}",
        f"{found['change']:+.3f}",
    ):
        assert said in words


def test_a_picture_of_s_or_of_nobody_has_no_chart_of_changes(lake: Lake) -> None:
    """What was known is drawn all the same."""
    assert "what moved the mean" in picture(_asked(lake, 13.0))
    for result in (_asked(lake, 13.0, "S"), _asked(lake, -8.0, "city")):
        drawn = picture(result)
        assert "what moved the mean" not in drawn
        assert MIAMI.station in drawn
    assert "nobody spoke" in drawn


def test_a_model_of_another_kind_is_refused(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """First floors whose S is something else cannot be taken apart, and the error says what it is."""
    read = FittedForecasters.from_json

    def swapped(data: dict[str, Any]) -> FittedForecasters:
        found = read(data)
        return FittedForecasters(found.card, {**found.models, "S": found.models["emos"]})

    monkeypatch.setattr(FittedForecasters, "from_json", swapped)
    with pytest.raises(ModelError, match="has a Emos for S"):
        _asked.__wrapped__(lake, 13.0, "S")


def test_the_city_model_is_asked_for(lake: Lake) -> None:
    """The lake of these tests does hold a model that passes the gate, or they would test nothing."""
    assert _asked(lake, 13.0).belief.source == "city"
    assert small_models()[CITY].card.kind == "city"
