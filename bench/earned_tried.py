"""What was tried for each row of the page that is missed, and why it did not do: a sentence or two for each key.

A row that is reached needs none; one that is missed and has none is said to have none. Keys are those of
``bench.earned_promises.ASKED``.
"""

from __future__ import annotations

TRIED: dict[str, str] = {}
