"""A maker of beliefs that is asked the same only once, for a tape and then a replay of the same days ask alike."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from drybulb.app.asking import BeliefMaker
from drybulb.domain.distribution import Belief

_Request = tuple[str, str, date, datetime]


class AskedOnce:
    """Keeps every belief it was given.

    Args:
        maker: makes what is not known yet.
    """

    def __init__(self, maker: BeliefMaker) -> None:
        self._maker = maker
        self._known: dict[_Request, Belief] = {}

    def beliefs(self, requests: pl.DataFrame, source: str) -> list[Belief]:
        """Return a belief of ``source`` for every request (city, day, at)."""
        asked: list[_Request] = [(source, *row) for row in requests.iter_rows()]
        is_new = [request not in self._known for request in asked]
        if any(is_new):
            made = self._maker.beliefs(requests.filter(pl.Series(is_new)), source)
            new = (request for request, fresh in zip(asked, is_new, strict=True) if fresh)
            self._known.update(zip(new, made, strict=True))
        return [self._known[request] for request in asked]
