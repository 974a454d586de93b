"""What every test may use: the recorded archive, and how hypothesis draws its examples."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

REPOSITORY = Path(__file__).resolve().parent.parent

# The same examples on every machine and every run, with no clock in the verdict: neither a deadline nor a complaint
# that drawing was slow. What fails prints the blob that reproduces it.
settings.register_profile(
    "laws",
    derandomize=True,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("laws")


@pytest.fixture(scope="session")
def archive() -> Path:
    """The folder of the recorded archive: DRYBULB_ARCHIVE, else ../shared/archive beside the repository."""
    named = os.environ.get("DRYBULB_ARCHIVE")
    folder = Path(named) if named else REPOSITORY.parent / "shared" / "archive"
    if not folder.is_dir():
        if named:
            pytest.fail(f"DRYBULB_ARCHIVE={named} is no folder; unset it to skip the tests that need the archive")
        pytest.skip(f"no archive at {folder}: set DRYBULB_ARCHIVE to run the tests on recorded data")
    return folder
