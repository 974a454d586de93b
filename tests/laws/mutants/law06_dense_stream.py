"""Defects of the stream: it forgets to null, or believes what is over."""

from __future__ import annotations

from drybulb.frames import dense_stream
from tests.laws import test_law06_dense as law
from tests.laws.mutants import Mutant

_fold = dense_stream.fold


def _keeps_crossed(standing: dense_stream.Standing, candle: dense_stream.Row) -> None:
    bid = standing.bid
    _fold(standing, candle)
    if not dense_stream.saw(candle, "bid"):
        standing.bid = bid


def _believes_the_late(standing: dense_stream.Standing, candle: dense_stream.Row) -> None:
    standing.newest = None
    _fold(standing, candle)


MUTANTS = [
    Mutant(
        law=law.test_a_stream_gives_the_batch,
        target="drybulb.frames.dense_stream.fold",
        replacement=_keeps_crossed,
        defect="the stream keeps a bid although the ask below it was taken",
    ),
    Mutant(
        law=law.test_a_stream_gives_the_batch,
        target="drybulb.frames.dense_stream.fold",
        replacement=_believes_the_late,
        defect="a candle that came late overwrites what newer ones said",
    ),
]
