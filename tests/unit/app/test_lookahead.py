"""The look-ahead command: its document, its exit status, and views of a lake that leave the lake as it is."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import jsonschema
import polars as pl
import pytest
import typer

from drybulb.adapters.lake import Lake
from drybulb.adapters.registry import Registry
from drybulb.app import config
from drybulb.app import lookahead as module
from drybulb.app.console import show
from drybulb.app.lookahead import CLOCKS, Change, LookaheadResult, Tried, lookahead
from drybulb.app.lookahead_minutes import first_difference
from drybulb.app.tampered import Kept, Tampered, models_later, models_without, rows_later
from drybulb.domain.climateday import ClimateDay
from drybulb.errors import ConfigError, ModelError
from drybulb.frames.schema import empty
from drybulb.research.lookahead import Difference, Suspicion, Tampering
from drybulb.verbs.probing import _lookahead
from tests.meta.repository import ROOT
from tests.unit.app.lakes import at, lake_at, list_event, poll

NOON = datetime(2024, 11, 20, 18, tzinfo=UTC)
CHANGE = Change("chicago", NOON, "quotes", Tampering.DELETED, Difference("decision", "X: quote", "1", None))


def result(*changes: Change) -> LookaheadResult:
    """What the command would say of these changes."""
    return LookaheadResult(
        day=date(2024, 11, 20),
        policy="S",
        instants={"chicago": (NOON,)},
        compared={"snapshot": 72, "belief": 40, "decision": 20, "minutes": 0},
        tables={"quotes": Tried(7, 3, len(changes))},
        changes=changes,
        suspicions=(Suspicion("official", "no known_at", 1, None), Suspicion("prints", "known early", 2, NOON)),
        notes=("a note",),
    )


def test_the_document_is_of_its_schema_and_names_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    """The document is of the published schema; shown, it says in its verdict which table's rows change what is said."""
    schema = json.loads((ROOT / "docs/reference/schemas/lookahead.json").read_text(encoding="utf-8"))
    for found, words in ((result(CHANGE), "LOOK-AHEAD: rows of quotes known later"), (result(), "No look-ahead: at 1")):
        jsonschema.validate(found.to_json(), schema)
        show(found.to_json())
        shown = capsys.readouterr().out
        assert words in shown
        assert "suspicious" in shown


@pytest.mark.parametrize(("changes", "status"), [((), None), ((CHANGE,), 1)])
def test_a_change_is_an_exit_status(
    changes: tuple[Change, ...], status: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where anything changed the command leaves with status 1, otherwise as done."""
    list_event(lake_at(tmp_path))
    monkeypatch.setattr(module, "lookahead", lambda *_: result(*changes))
    if status is None:
        _lookahead("2024-11-20", tmp_path, as_json=True)
        return
    with pytest.raises(typer.Exit) as left:
        _lookahead("2024-11-20", tmp_path, as_json=True)
    assert left.value.exit_code == status


def test_without_clocks_it_is_asked_every_three_hours() -> None:
    """Twelve instants, from 10:55 on the day before to 19:55 on the day, in local standard time."""
    day = ClimateDay(date(2024, 11, 20), -6)
    instants = [clock.at(day) for clock in CLOCKS]
    assert instants == [datetime(2024, 11, 19, 16, 55, tzinfo=UTC) + timedelta(hours=3 * n) for n in range(12)]


def test_a_policy_without_belief_is_not_asked(tmp_path: Path) -> None:
    """`never` looks at nothing, so nothing it says can change."""
    with pytest.raises(ConfigError, match="policy 'never' looks at no belief"):
        lookahead(Lake(tmp_path), config.load(), ["chicago"], date(2024, 11, 20), "never")


def test_one_table_is_tampered_with_in_a_view(tmp_path: Path) -> None:
    """In the view the later rows of the one table are gone, columns asked for or not; the lake's own files stay."""
    lake = lake_at(tmp_path)
    poll(lake, list_event(lake), ("16:00", 0, 48, 50), ("17:00", 0, 50, 52))
    files = {file: file.read_bytes() for file in lake.path.rglob("*.parquet")}
    kept = Kept(lake)
    view = Tampered(kept, "quotes", at("16:30"), Tampering.DELETED)
    assert view.read("quotes", ["chicago"], columns=["yes_bid"])["yes_bid"].to_list() == [4800]
    assert view.read("markets", ["chicago"]).equals(lake.read("markets", ["chicago"]))
    assert rows_later(kept, "quotes", at("16:30")) == 1
    assert view.asked == {"quotes", "markets"}
    assert {file: file.read_bytes() for file in lake.path.rglob("*.parquet")} == files


@pytest.mark.parametrize("how", [Tampering.DELETED, Tampering.CHANGED])
def test_models_of_the_future_are_gone_or_spoiled_in_a_view(tmp_path: Path, how: Tampering) -> None:
    """A model that knows something later cannot be read in the view, an older one can, and both can in the lake."""
    lake = lake_at(tmp_path)
    stored = [Registry(lake.path).save("S", {"n": n}, NOON, NOON + timedelta(hours=n)) for n in (-1, 1)]
    gone = models_later(lake, NOON)
    assert [manifest.id for manifest in gone] == [stored[1].id]
    with models_without(lake, gone, how) as path:
        view = Registry(path)
        assert view.read("S", stored[0].id).model == {"n": -1}
        with pytest.raises(ModelError):
            view.read("S", stored[1].id)
        assert Lake(path).tables() == lake.tables()
    assert Registry(lake.path).read("S", stored[1].id).model == {"n": 1}
    assert not path.exists()


def test_the_first_minute_that_differs_is_named() -> None:
    """Of minutes made in two ways the first that differs is named, column by column; equal ones are not."""
    row = {
        **dict.fromkeys(("ticker", "city", "source", "known_from"), "prints"),
        **dict.fromkeys(("is_trading", "is_observed", "has_trade", "is_crossed"), False),
        "day": date(2024, 11, 20),
        "volume": 0,
    }
    rows = [row | {"end_at": NOON + timedelta(minutes=n), "known_at": NOON, "yes_bid_close": 10 + n} for n in range(3)]
    was = pl.DataFrame(rows, schema=empty("dense").schema)
    now = was.with_columns(
        yes_bid_close=pl.when(pl.col("end_at") > NOON).then(99).otherwise("yes_bid_close").cast(pl.Int32)
    )
    assert list(first_difference(was, was)) == []
    assert list(first_difference(was, now)) == [Difference("minutes", "prints 11-20 18:01Z: yes_bid_close", "11", "99")]
