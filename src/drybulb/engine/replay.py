"""Ports over what is recorded: a feed of known streams, a clock that follows it, a journal in memory."""

from __future__ import annotations

import hashlib
import heapq
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from drybulb.domain.climateday import require_aware
from drybulb.engine.ports import MarketEvent, Record, order_of
from drybulb.errors import EngineError


class ReplayFeed:
    """Merges recorded streams into one, in the total order.

    Args:
        streams: each in the total order already. They are read as needed, never all at once.
    """

    def __init__(self, *streams: Iterable[MarketEvent]) -> None:
        self._streams = streams

    def events(self) -> Iterator[MarketEvent]:
        """Yield the events of all streams."""
        if len(self._streams) == 1:
            yield from self._streams[0]
        else:
            yield from heapq.merge(*self._streams, key=order_of)


class ReplayClock:
    """It is whatever the last event says."""

    def __init__(self) -> None:
        self._now: datetime | None = None

    def now(self) -> datetime:
        """Return the time of the last event [UTC].

        Raises:
            EngineError: before the first one.
        """
        if self._now is None:
            raise EngineError("a replay has no time before its first event")
        return self._now

    def reach(self, instant: datetime) -> None:
        """Set the time.

        Raises:
            EngineError: an instant before the last one.
        """
        now = require_aware(instant)
        if self._now is not None and now < self._now:
            raise EngineError(f"a replay cannot go back from {self._now.isoformat()} to {now.isoformat()}; sort it")
        self._now = now


class MemoryJournal:
    """Keeps records and their lines; the same records give the same digest, byte for byte."""

    def __init__(self) -> None:
        self._records: list[Record] = []
        self._lines: list[str] = []
        self._digest = hashlib.sha256()

    def write(self, record: Record) -> None:
        """Keep one record."""
        line = record_line(record)
        self._records.append(record)
        self._lines.append(line)
        self._digest.update(line.encode() + b"\n")

    @property
    def records(self) -> tuple[Record, ...]:
        """Everything written, in order."""
        return tuple(self._records)

    @property
    def lines(self) -> tuple[str, ...]:
        """Everything written, as lines of JSON."""
        return tuple(self._lines)

    def digest(self) -> str:
        """Return the SHA-256 of all lines, each ended by a newline, as hexadecimal digits."""
        return self._digest.copy().hexdigest()


def record_line(record: Record) -> str:
    """Return a record as one line of JSON with sorted keys; dates are ISO 8601."""
    content = {"known_at": record.known_at.isoformat(), "kind": record.kind, **record.fields}
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise EngineError(f"a journal cannot hold {value!r}, a {type(value).__name__}; write plain values")
