"""What every test may use: the recorded archive, and how hypothesis draws its examples."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

REPOSITORY = Path(__file__).resolve().parent.parent
SYSTEM = REPOSITORY / "tests" / "system"

# Before numpy is first imported, and for the processes that tests start: on one thread, as the command line computes.
# With more, two workers on two processors spend most of their time in waiting for each other's threads.
os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the commands run as a person would first: the longest test is among them, and begun last would end last."""
    items.sort(key=lambda item: SYSTEM not in item.path.parents)
