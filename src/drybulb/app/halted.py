"""What a reader must know of a run's halts: from when nothing was traded, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from drybulb.domain.money import format_dollars
from drybulb.engine.ports import Record
from drybulb.errors import EngineError


def halts_said(records: Iterable[Record]) -> Iterator[str]:
    """Yield a sentence for the days that were halted, and one for the halt that lasts.

    Args:
        records: the journal.
    """
    halts = [record for record in records if record.kind == "halt"]
    days = [record for record in halts if record.fields["day"] is not None]
    if days:
        yield (
            f"{len(days)} dates were halted by their loss, the first on {days[0].known_at:%F %H:%M}Z: {_met(days[0])};"
            " no order was sent on what was left of each"
        )
    for record in halts:
        if record.fields["day"] is None:
            yield f"halted on {record.known_at:%F %H:%M}Z by the drawdown: {_met(record)}; no order was sent afterwards"


def _met(record: Record) -> str:
    """The loss, and the limit that it reached."""
    seen, bound = record.fields["seen"], record.fields["bound"]
    if not (isinstance(seen, int) and isinstance(bound, int)):
        raise EngineError(f"the halt of {record.known_at} has no amounts: {seen!r}, {bound!r}; look at the journal")
    return f"{format_dollars(seen)} of {record.fields['reason']} {format_dollars(bound)}"
