"""A lake as it would be had something else been known later: one table, or the models, tampered with in a view.

Nothing is written into the lake itself. Its tables are read once, whole months at a time, and tampered with in memory;
of its models a folder of links is made elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.adapters.model_manifest import MANIFEST, ModelManifest
from drybulb.adapters.registry import Registry
from drybulb.research.lookahead import Tampering, later, tampered

MODELS = "registry"
"""Name under which the stored models stand beside the tables."""

_Asked = tuple[str, tuple[str, ...] | None, date | None, date | None]


@dataclass(slots=True)
class Kept:
    """What was read of a lake, so that it is read once.

    Attributes:
        lake: the tables.
        rows: what each question was answered with, sorted by primary key.
    """

    lake: Lake
    rows: dict[_Asked, pl.DataFrame] = field(default_factory=dict)

    def read(self, table: str, keys: Iterable[str] | None, start: date | None, end: date | None) -> pl.DataFrame:
        """Return whole rows of the lake; arguments as :meth:`drybulb.adapters.lake.Lake.read`."""
        asked = (table, None if keys is None else tuple(sorted(set(keys))), start, end)
        found = self.rows.get(asked)
        if found is None:
            found = self.rows[asked] = self.lake.read(table, asked[1], start, end)
        return found

    def tables(self) -> list[str]:
        """Names of the tables of which anything was read, sorted."""
        return sorted({asked[0] for asked in self.rows})

    def whole(self, table: str) -> pl.DataFrame:
        """Return what was read of a table, each row once however often it was asked for."""
        found = [rows for asked, rows in self.rows.items() if asked[0] == table]
        return pl.concat(found).unique() if len(found) > 1 else found[0]


class Tampered(Lake):
    """A lake of which one table is tampered with whenever it is read.

    Args:
        kept: the lake as it is.
        table: the table tampered with; none where None.
        at: what was known by then stays [aware].
        how: what is done to the rest.
        path: where the models are; the lake's own folder when None.
    """

    def __init__(self, kept: Kept, table: str | None, at: datetime, how: Tampering, path: Path | None = None) -> None:
        super().__init__(kept.lake.path if path is None else path)
        self.kept = kept
        self.table = table
        self.at = at
        self.how = how
        self.asked: set[str] = set()

    def read(
        self,
        table: str,
        keys: Iterable[str] | None = None,
        start: date | None = None,
        end: date | None = None,
        columns: list[str] | None = None,
    ) -> pl.DataFrame:
        """Read rows of a table; arguments as :meth:`drybulb.adapters.lake.Lake.read`."""
        self.asked.add(table)
        rows = self.kept.read(table, keys, start, end)
        if table == self.table:
            rows = tampered(table, rows, self.at, self.how)
        return rows if columns is None else rows.select(columns)


def rows_later(kept: Kept, table: str, at: datetime) -> int:
    """Return how many of the rows read of a table were known after an instant."""
    return later(kept.whole(table), at)


def models_later(lake: Lake, at: datetime) -> list[ModelManifest]:
    """Return the stored models that came to know something after an instant."""
    registry = Registry(lake.path)
    names = sorted(folder.name for folder in registry.path.glob("*") if folder.is_dir())
    stored = (manifest for name in names for manifest in registry.stock(name).manifests)
    return [manifest for manifest in stored if manifest.last_known_at > at]


@contextmanager
def models_without(lake: Lake, gone: list[ModelManifest], how: Tampering) -> Iterator[Path]:
    """Make a lake's folder of links, in which some models are missing or cannot be read, and remove it afterwards.

    Args:
        lake: the lake; it stays as it is.
        gone: the models tampered with.
        how: deleted, or else every byte but the manifest's is another.
    """
    names = {(manifest.name, manifest.id) for manifest in gone}
    with TemporaryDirectory() as folder:
        home = Path(folder)
        for file in lake.path.iterdir():
            if file.name != MODELS:
                (home / file.name).symlink_to(file.resolve())
        for model in (lake.path / MODELS).glob("*/*"):
            place = home / MODELS / model.parent.name / model.name
            place.parent.mkdir(parents=True, exist_ok=True)
            if (model.parent.name, model.name) not in names:
                place.symlink_to(model.resolve())
            elif how is not Tampering.DELETED:
                _spoil(model, place)
        yield home


def _spoil(model: Path, place: Path) -> None:
    place.mkdir()
    for file in model.iterdir():
        content = file.read_bytes() if file.name == MANIFEST else b"spoiled"
        (place / file.name).write_bytes(content)
