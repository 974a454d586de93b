"""Progress of long work: a bar on stderr where somebody is looking, nothing elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars


class Progress(Protocol):
    """Told what is being done, and how many of how many parts are done."""

    def __call__(self, doing: str, done: int = 0, of: int = 0) -> None:
        """Say that ``doing`` has finished ``done`` of ``of`` parts; ``of`` 0 means one step."""


def silent(doing: str, done: int = 0, of: int = 0) -> None:
    """Progress nobody watches."""


@contextmanager
def terminal() -> Iterator[Progress]:
    """Yield a progress that draws a bar on stderr when stderr is a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield silent
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console) as bars:
        tasks: dict[str, object] = {}

        def advance(doing: str, done: int = 0, of: int = 0) -> None:
            name = doing.split(":", maxsplit=1)[0]
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=of or 1)
            task = tasks[name]
            bars.update(task, description=doing, completed=done if of else 1, total=of or 1)  # type: ignore[arg-type]

        yield advance
