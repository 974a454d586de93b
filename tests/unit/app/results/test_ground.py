"""The lake of an archive: imported when it is missing, used when it is there, refused when it is another's."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from drybulb.adapters.lake import Lake
from drybulb.app.ingest import import_archive
from drybulb.app.results.ground import is_imported
from drybulb.app.results.plan import Window, archive_window, polled_window
from drybulb.errors import ImportFailed, LakeError
from tests.unit.adapters import archives

CONFIG = archives.config()


def test_a_lake_is_known_by_the_digests_of_its_files(tmp_path: Path) -> None:
    """Nothing imported: no. This archive: yes. Another version of one of its files: refused, and the file is named."""
    frames = archives.small_archive()
    archive, lake = archives.write(tmp_path / "archive", frames), Lake(tmp_path / "lake")
    assert not is_imported(lake, archive)
    import_archive(archive, lake, CONFIG)
    assert is_imported(lake, archive)
    archives.write(archive, {**frames, archives.TRADES: frames[archives.TRADES].head(2)})
    with pytest.raises(LakeError, match=r"holds rows of kalshi_trades\.parquet#\w+, which .* has not; give --lake"):
        is_imported(lake, archive)


def test_a_folder_without_an_archive_is_refused(tmp_path: Path) -> None:
    """A mistyped folder is not taken for an archive that has been imported."""
    with pytest.raises(ImportFailed, match="holds none of kalshi_markets"):
        is_imported(Lake(tmp_path / "lake"), tmp_path)


def test_the_windows(tmp_path: Path) -> None:
    """The archive's is fixed, with all cities; that of the polls is from the first to the last day that was polled."""
    window = archive_window(CONFIG)
    assert (window.start, window.end, len(window.cities)) == (date(2024, 11, 20), date(2025, 2, 28), 6)
    lake = Lake(tmp_path / "lake")
    assert polled_window(lake, CONFIG) is None
    import_archive(archives.write(tmp_path / "archive", archives.small_archive()), lake, CONFIG)
    days = lake.read("quotes").filter(source="poll")["day"]
    assert polled_window(lake, CONFIG) == Window(days.min(), days.max(), ("austin", "los_angeles"))  # type: ignore[arg-type]


def test_models_know_nothing_of_a_window() -> None:
    """Noon three days before the first event day: two days of embargo, and the day on which its markets open."""
    assert archive_window(CONFIG).until == datetime(2024, 11, 17, 12, tzinfo=UTC)
