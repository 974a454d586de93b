"""Law 1, for beliefs: nothing that becomes known after an instant changes what is predicted at it, in any table."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import polars as pl

from drybulb.adapters.archive.sessions import sessions
from drybulb.adapters.lake import Lake
from drybulb.adapters.model_manifest import MANIFEST
from drybulb.adapters.registry import Registry
from drybulb.app import config
from drybulb.app.densify import densify
from drybulb.app.ingest import rules_of
from drybulb.app.predict import predict
from drybulb.app.train import train
from drybulb.errors import ModelError
from drybulb.forecast.corrected import Corrected
from drybulb.forecast.fitted import FittedForecasters
from drybulb.forecast.grown import Grown
from drybulb.forecast.shares import Shares
from drybulb.world.build import build
from drybulb.world.spec import WorldSpec
from tests.unit.forecast.made import fitted, tables
from tests.unit.forecast.small_models import ASKING, small_models, store

CONFIG = config.load()
CITY = "miami"
#: Two market days end on 2026-01-26; the question is asked at noon of the first.
SPEC = WorldSpec(date(2025, 6, 1), 240, 2, 3, CONFIG.latency.model_dump())
AT = datetime.combine(SPEC.first_market_day, time(17, 30), UTC)

_SPOILED = {
    "observations": pl.col("temp") + 9.0,
    "guidance": pl.col("high") + 9.0,
    "official": pl.col("high") + 9,
    "dense": pl.col("yes_bid_close").fill_null(100) // 2,
}


def _lake(folder: Path) -> Lake:
    """A lake of one synthetic city with a trained model."""
    lake = Lake(folder)
    for table, frame in build([CONFIG.cities()[CITY]], SPEC):
        lake.merge(table, frame)
    lake.merge("sessions", sessions(rules_of(CONFIG)))
    densify(lake, CONFIG, [CITY])
    train(lake, CONFIG, datetime.combine(SPEC.first_market_day, time(12), UTC) - timedelta(days=2), [CITY])
    return lake


def _rewrite(lake: Lake, at: datetime, change: Callable[[str, pl.DataFrame, datetime], pl.DataFrame]) -> int:
    """Change every file of the lake and return how many rows became known after the instant."""
    later = 0
    for table in lake.tables():
        for file in sorted(lake.path.glob(f"{table}/*/*.parquet")):
            rows = pl.read_parquet(file)
            later += rows.filter(pl.col("known_at") > at).height
            change(table, rows, at).write_parquet(file)
    return later


def _spoil(table: str, rows: pl.DataFrame, at: datetime) -> pl.DataFrame:
    if table not in _SPOILED:
        return rows
    value = _SPOILED[table]
    name = value.meta.root_names()[0]
    changed = pl.when(pl.col("known_at") > at).then(value).otherwise(pl.col(name))
    return rows.with_columns(changed.cast(rows.schema[name]).alias(name))


def _forget(_: str, rows: pl.DataFrame, at: datetime) -> pl.DataFrame:
    return rows.filter(pl.col("known_at") <= at)


def _said(lake: Lake) -> str:
    return json.dumps(predict(lake, CONFIG, CITY, SPEC.first_market_day, AT, "S").to_json())


def test_a_belief_and_its_market_do_not_know_the_future() -> None:
    """A prediction is the same to the byte when all that became known later is changed, and when it is deleted."""
    with tempfile.TemporaryDirectory() as folder:
        lake = _lake(Path(folder) / "lake")
        said = _said(lake)
        assert '"source": "S"' in said
        assert '"market": 0.' in said
        assert _rewrite(lake, AT, _spoil) > 1000
        assert _said(lake) == said
        _rewrite(lake, AT, _forget)
        assert _said(lake) == said


#: Fitted when the module is read, before any defect is planted.
FITTED, GROWN = fitted(), small_models()

#: An event after all the models know, and when the hybrid is asked about it, latest first: in the day, in the two
#: hours of the blend, on the day before.
EVENT = date(2024, 8, 15)
ASKED = {
    datetime(2024, 8, 15, 17, 30, tzinfo=UTC): "city",
    datetime(2024, 8, 15, 5, 30, tzinfo=UTC): "blend(global 0.75, city 0.25)",
    datetime(2024, 8, 14, 18, 10, tzinfo=UTC): "global",
}


def _modelled(folder: Path, grown: dict[str, Grown]) -> Lake:
    """A lake of one synthetic city with S and other models, all of which knew nothing of the event."""
    lake = Lake(folder)
    for table in ("observations", "guidance", "official", "markets", "settlements"):
        lake.merge(table, tables(CITY)[table])
    _store(lake, FITTED, grown)
    return lake


def _store(lake: Lake, whole: FittedForecasters, grown: dict[str, Grown]) -> None:
    Registry(lake.path).save(whole.card.name, whole.to_json(), whole.card.until, whole.card.last_known_at)
    store(lake, list(grown.values()))


def _train_later(lake: Lake, at: datetime) -> list[Path]:
    """Store other models that came to know something a microsecond after an instant, and give their folders."""
    known = at + timedelta(microseconds=1)
    before = set(lake.path.glob("registry/*/*"))
    whole = replace(FITTED, card=replace(FITTED.card, until=known, last_known_at=known))
    grown = {name: _bolder(one) for name, one in GROWN.items()}
    cards = {name: replace(one.card, until=known, last_known_at=known) for name, one in grown.items()}
    _store(lake, whole, {name: replace(one, card=cards[name]) for name, one in grown.items()})
    return sorted(set(lake.path.glob("registry/*/*")) - before)


def _bolder(one: Grown) -> Grown:
    """The same model with all of its correction taken, whatever was proven of it."""
    whole = one.model.correction.sharing(Shares.whole())
    return Grown(one.card, Corrected(one.model.name, one.model.structural, whole))


def _told(lake: Lake, at: datetime) -> str:
    """What the hybrid says, or that it refuses: both are answers."""
    try:
        return json.dumps(predict(lake, ASKING, CITY, EVENT, at, "hybrid").to_json())
    except ModelError as error:
        return str(error)


def test_the_hybrid_does_not_know_the_future() -> None:
    """On the day before, in the blend and on the day what the hybrid says is the same to the byte when all that became
    known later is changed, and when it is deleted.
    """
    with tempfile.TemporaryDirectory() as folder:
        lake = _modelled(Path(folder) / "lake", GROWN)
        said = {at: _told(lake, at) for at in ASKED}
        for at, source in ASKED.items():
            assert f'"source": "{source}"' in said[at], said[at]
            assert _rewrite(lake, at, _spoil) > 10
            assert _told(lake, at) == said[at]
            _rewrite(lake, at, _forget)
            assert _told(lake, at) == said[at]


def test_the_hybrid_does_not_know_the_models_of_the_future() -> None:
    """Models trained later, sound or spoiled, change no byte of what is said about an instant before they knew all
    they know, nor of why somebody could not speak; deleting them changes nothing either.
    """
    for at, source in ASKED.items():
        _unmoved(GROWN, at, source)
    _unmoved({"global": GROWN["global"]}, max(ASKED), "fallback:no city model")
    _unmoved({}, min(ASKED), "none")


def _unmoved(grown: dict[str, Grown], at: datetime, source: str) -> None:
    """Ask a lake of some models about an instant before and after others are stored, spoiled and deleted."""
    with tempfile.TemporaryDirectory() as folder:
        lake = _modelled(Path(folder) / "lake", grown)
        said = _told(lake, at)
        assert f'"source": "{source}"' in said, said
        stored = _train_later(lake, at)
        assert [one.parent.name for one in stored] == ["city-miami", FITTED.card.name, "global"]
        assert _told(lake, at) == said
        for file in [file for one in stored for file in one.iterdir() if file.name != MANIFEST]:
            file.write_bytes(b"spoiled")
        assert _told(lake, at) == said
        for one in stored:
            shutil.rmtree(one)
        assert _told(lake, at) == said
