"""Law 1, for beliefs: nothing that becomes known after an instant changes what is predicted at it, in any table."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import polars as pl

from drybulb.adapters.archive.sessions import sessions
from drybulb.adapters.lake import Lake
from drybulb.app import config
from drybulb.app.densify import densify
from drybulb.app.ingest import rules_of
from drybulb.app.predict import predict
from drybulb.app.train import train
from drybulb.world.build import build
from drybulb.world.spec import WorldSpec

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


def _rewrite(lake: Lake, change: Callable[[str, pl.DataFrame], pl.DataFrame]) -> int:
    """Change every file of the lake and return how many rows became known after the instant."""
    later = 0
    for table in lake.tables():
        for file in sorted(lake.path.glob(f"{table}/*/*.parquet")):
            rows = pl.read_parquet(file)
            later += rows.filter(pl.col("known_at") > AT).height
            change(table, rows).write_parquet(file)
    return later


def _spoil(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    if table not in _SPOILED:
        return rows
    value = _SPOILED[table]
    name = value.meta.root_names()[0]
    changed = pl.when(pl.col("known_at") > AT).then(value).otherwise(pl.col(name))
    return rows.with_columns(changed.cast(rows.schema[name]).alias(name))


def _said(lake: Lake) -> str:
    return json.dumps(predict(lake, CONFIG, CITY, SPEC.first_market_day, AT, "S").to_json())


def test_a_belief_and_its_market_do_not_know_the_future() -> None:
    """A prediction is the same to the byte when all that became known later is changed, and when it is deleted."""
    with tempfile.TemporaryDirectory() as folder:
        lake = _lake(Path(folder) / "lake")
        said = _said(lake)
        assert '"source": "S"' in said
        assert '"market": 0.' in said
        assert _rewrite(lake, _spoil) > 1000
        assert _said(lake) == said
        _rewrite(lake, lambda _, rows: rows.filter(pl.col("known_at") <= AT))
        assert _said(lake) == said
