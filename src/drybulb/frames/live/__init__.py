"""One city's snapshots as rows come in: the same bits as :func:`drybulb.frames.snapshot.snapshots`, without the tables.

A batch makes logs of everything and joins them; that is right for a million questions and slow
for one. A :class:`Watch` keeps the rows in small indexes of plain Python instead, by climate day
and source, and answers one question from the few it touches. Every row is kept with its
``known_at`` and counts from then on only, so rows may come in any order, late or corrected, and
questions about the past keep their answers.

Each module is the counterpart of the module of that name one floor up, which says what the
columns mean; law 14 holds the two together.
"""

from __future__ import annotations

from drybulb.frames.live.watch import Watch

__all__ = ["Watch"]
