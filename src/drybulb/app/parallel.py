"""Independent tasks of a use case, each in a process of its own.

Processes are spawned, never forked: a forked polars waits for ever for threads that were not copied. Each computes on
one thread, so that as many run as there are processors, and a task gives the same result whether it runs alone or not.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import TypeVar

from drybulb.app.progress import Progress, silent

Task = TypeVar("Task")
Result = TypeVar("Result")
_ONE_THREAD = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(
    doing: str,
    function: Callable[[Task], Result],
    tasks: Sequence[Task],
    *,
    jobs: int | None = None,
    progress: Progress = silent,
) -> list[Result]:
    """Return what ``function`` makes of every task, in the order of the tasks.

    Args:
        doing: what to tell ``progress``.
        function: a function of a module; it and its tasks and results are pickled.
        tasks: what to do.
        jobs: processes at a time; as many as there are processors when None. With one, everything is done here.
        progress: told of every task that is done.

    Raises:
        Exception: whatever the first task that failed raised; tasks that had not begun are not done.
    """
    count = min(len(tasks), processors() if jobs is None else jobs)
    progress(doing, 0, len(tasks))
    if count <= 1:
        return [_counted(doing, function(task), done, len(tasks), progress) for done, task in enumerate(tasks, start=1)]
    with ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_on_one_thread) as pool:
        futures = [pool.submit(function, task) for task in tasks]
        try:
            for done, future in enumerate(as_completed(futures), start=1):
                _counted(doing, future.result(), done, len(tasks), progress)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
        return [future.result() for future in futures]


def _counted(doing: str, result: Result, done: int, of: int, progress: Progress) -> Result:
    progress(doing, done, of)
    return result


def _on_one_thread() -> None:
    """Runs first in a new process: what it imports afterwards reads these."""
    os.environ.update(_ONE_THREAD)
