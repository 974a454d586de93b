"""Tasks in processes of their own."""

from __future__ import annotations

import os

import pytest

from drybulb.app.parallel import each
from drybulb.errors import ConfigError


def process_of(number: int) -> tuple[int, int, str]:
    """The task, the process that did it, and how many threads that may use."""
    return number, os.getpid(), os.environ.get("POLARS_MAX_THREADS", "")


def refuse(number: int) -> int:
    """Fail on the second task."""
    if number == 1:
        raise ConfigError("task 1 is refused")
    return number


def test_results_come_in_the_order_of_the_tasks() -> None:
    """Whoever did them and whenever they were done; each process uses one thread, and none is this one."""
    told: list[tuple[str, int, int]] = []

    def tell(doing: str, done: int = 0, of: int = 0) -> None:
        told.append((doing, done, of))

    found = each("tasks", process_of, range(3), jobs=2, progress=tell)
    assert [number for number, _, _ in found] == [0, 1, 2]
    assert {threads for _, _, threads in found} == {"1"}
    assert os.getpid() not in {process for _, process, _ in found}
    assert told == [("tasks", done, 3) for done in range(4)]


def test_one_job_is_done_here() -> None:
    """No process is begun for a single task or a single job."""
    assert [process for _, process, _ in each("tasks", process_of, range(2), jobs=1)] == [os.getpid()] * 2
    assert each("tasks", process_of, range(1), jobs=4)[0][1] == os.getpid()
    assert each("tasks", process_of, []) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_is_the_tasks_own(jobs: int) -> None:
    """What a task raises is raised here, and is what it was."""
    with pytest.raises(ConfigError, match="task 1 is refused"):
        each("tasks", refuse, range(4), jobs=jobs)
