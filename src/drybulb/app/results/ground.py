"""The lake of an archive, with the models that the page asks: made where it is missing, used where it is there."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from drybulb.adapters.archive import FILES
from drybulb.adapters.archive.sources import digest
from drybulb.adapters.lake import Lake
from drybulb.adapters.registry import Registry
from drybulb.app.config import Config
from drybulb.app.densify import densify
from drybulb.app.forecaster import Forecaster
from drybulb.app.ingest import import_archive
from drybulb.app.progress import Progress, silent
from drybulb.app.roster import roles
from drybulb.app.train import train
from drybulb.errors import ImportFailed, LakeError
from drybulb.forecast.training import NAME


def prepare(lake: Lake, archive: Path, config: Config, progress: Progress = silent) -> None:
    """Import an archive and densify it, as far as that is not done.

    Args:
        lake: where it goes.
        archive: folder of the archive.
        config: the settings.
        progress: told what is being done.

    Raises:
        ImportFailed: the folder holds none of the archive's files.
        LakeError: the lake holds rows of other files than these, or cannot be read or written.
    """
    if not is_imported(lake, archive):
        import_archive(archive, lake, config, progress)
    densify(lake, config, progress=progress)


def is_imported(lake: Lake, archive: Path) -> bool:
    """Whether the ingest ledger of a lake names these very files; its row comes last, when all others are written.

    Args:
        lake: the tables.
        archive: folder of the archive.

    Raises:
        ImportFailed: the folder holds none of the archive's files.
        LakeError: the ledger names another file, or another version of one.
    """
    offered = {f"{name}#{digest(archive / name)}" for name in FILES if (archive / name).is_file()}
    if not offered:
        raise ImportFailed(f"{archive} holds none of {', '.join(FILES)}; give the folder of the archive")
    found = set(lake.read("ingest_ledger")["source"])
    if strange := sorted(found - offered):
        raise LakeError(
            f"{lake.path} holds rows of {', '.join(strange)}, which {archive} has not;"
            " give --lake a folder of its own for this archive"
        )
    return found == offered


def trained(lake: Lake, config: Config, until: datetime, progress: Progress = silent) -> None:
    """Train until an instant, unless a whole set of models of that instant is stored.

    Args:
        lake: the tables and the stored models.
        config: the settings.
        until: nothing known later is used [aware].
        progress: told what is being done.

    Raises:
        ModelError: nothing to learn from was known by ``until``.
    """
    if not _is_trained(lake, config, until):
        train(lake, config, until, progress=progress)


def _is_trained(lake: Lake, config: Config, until: datetime) -> bool:
    """Whether the baselines, and every model that is not said to be missing beside them, are stored."""
    registry = Registry(lake.path)
    stored = {
        name: [manifest.id for manifest in registry.stock(name).manifests if manifest.until == until]
        for name in (NAME, *roles(config))
    }
    if not stored[NAME]:
        return False
    card = Forecaster.load(lake, config, until).fitted.card
    return card.until == until and all(stored[name] or name in card.missing for name in roles(config))
