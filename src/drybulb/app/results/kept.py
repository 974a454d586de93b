"""What the journal of a run keeps beyond its sums: fills with what they were paid, and how long each waited."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from drybulb.app.results.disputes import Dispute
from drybulb.app.settled import SettledFill, settled_fills
from drybulb.engine.ports import Record
from drybulb.errors import ReportError

_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class EventGain:
    """What one event brought a run.

    Attributes:
        city: key of the city.
        day: event day.
        gain: [microdollars].
    """

    city: str
    day: date
    gain: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What a run filled.

    Attributes:
        fills: each with what its market paid.
        waits: from decision to fill, in the order of the journal [min].
    """

    fills: Sequence[SettledFill] = ()
    waits: Sequence[float] = ()

    def by_event(self) -> list[EventGain]:
        """Gains of the events that filled: the best first and, of equals, by day and city."""
        gains = Counter[tuple[str, date]]()
        for fill in self.fills:
            gains[fill.city, fill.day] += fill.gain
        found = (EventGain(city, day, gain) for (city, day), gain in gains.items())
        return sorted(found, key=lambda one: (-one.gain, one.day, one.city))

    def disputed(self, disputes: Collection[Dispute]) -> tuple[int, int] | None:
        """What some events paid, and what they would have by the official high; None where none of them filled.

        Args:
            disputes: events that were settled otherwise than the official high says.

        Returns:
            Both [microdollars].
        """
        payouts: Mapping[str, int] = {ticker: paid for one in disputes for ticker, paid in one.by_official.items()}
        fills = [fill for fill in self.fills if fill.ticker in payouts]
        if not fills:
            return None
        return sum(fill.gain for fill in fills), sum(replace(fill, payout=payouts[fill.ticker]).gain for fill in fills)


def kept(folder: Path) -> Kept:
    """Read the journal of a run.

    Args:
        folder: of the run.

    Raises:
        ReportError: it cannot be read, or is no journal.
    """
    file = folder / "journal.jsonl"
    try:
        records = list(_records(file))
        sent = {record.fields["order_id"]: record.known_at for record in records if record.kind == "order"}
        waits = [
            (datetime.fromisoformat(str(record.fields["at"])) - sent[record.fields["order_id"]]).total_seconds()
            for record in records
            if record.kind == "fill"
        ]
        return Kept(tuple(settled_fills(records)), tuple(wait / _MINUTE for wait in waits))
    except (OSError, ValueError, KeyError) as error:
        raise ReportError(f"{file} is not the journal of a run ({error!r}); run `drybulb results` again") from error


def _records(file: Path) -> Iterator[Record]:
    """Orders, fills and settlements of a journal, instants and event days as such."""
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            fields = json.loads(line)
            if fields["kind"] in ("order", "fill", "settlement"):
                fields["day"] = date.fromisoformat(fields["day"])
                yield Record(datetime.fromisoformat(fields["known_at"]), fields["kind"], fields)
