"""What a run says of its halts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from drybulb.app.halted import halts_said
from drybulb.engine.ports import Record
from drybulb.engine.records import halt_fields
from drybulb.errors import EngineError
from drybulb.strategy.decision import Reason
from drybulb.strategy.halt import Halt
from tests.trading import DAY, at, usd


def halt(reason: Reason, lost: float, bound: float, clock: str, day: date | None) -> Record:
    """A halt as the journal has it."""
    made = Halt(reason, at(clock), usd(lost), usd(bound), day)
    return Record(made.at, "halt", halt_fields(made))


def test_a_run_says_when_it_was_halted_and_why() -> None:
    """Days halted are counted with the first of them; a drawdown's halt says from when nothing was traded."""
    records = [
        Record(at("15:00"), "run", {}),
        halt(Reason.MAX_DAILY_LOSS, 499.99, 500, "17:00", DAY),
        halt(Reason.MAX_DAILY_LOSS, 500, 500, "18:00", DAY + timedelta(days=1)),
        halt(Reason.MAX_DRAWDOWN, 1999.5, 2000, "19:00", None),
    ]
    days, drawdown = halts_said(records)
    assert days == (
        "2 dates were halted by their loss, the first on 2024-11-20 17:00Z: $499.99 of max_daily_loss_usd $500.00;"
        " no order was sent on what was left of each"
    )
    assert drawdown == (
        "halted on 2024-11-20 19:00Z by the drawdown: $1,999.50 of max_drawdown_usd $2,000.00;"
        " no order was sent afterwards"
    )
    assert list(halts_said(records[:1])) == []


def test_a_halt_without_amounts_is_refused() -> None:
    """A record that says no loss is no halt to speak of."""
    with pytest.raises(EngineError, match="has no amounts: None"):
        list(halts_said([Record(at("15:00"), "halt", {"day": None, "seen": None, "bound": 1, "reason": "x"})]))
