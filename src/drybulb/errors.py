"""Everything drybulb raises on purpose.

    DrybulbError
    ├── ConfigError          a configuration key or value is wrong
    ├── DomainError          a value breaks what the words mean
    │   ├── LadderError      strikes do not tile the whole degrees
    │   ├── OutsideEvent     an instant outside D-1 and D of an event
    │   ├── MoneyError       an amount that cannot be held exactly
    │   ├── FeeError         no fee rule covers a series and a date
    │   └── LedgerError      a fill or settlement the account cannot take
    ├── TableError           a table lacks a column or has a wrong type
    ├── LakeError            a file of the lake cannot be read or written
    ├── ImportFailed         a source cannot be imported at all
    ├── ModelError           a model cannot be fitted, stored or served
    ├── EngineError          the event loop met something out of order
    ├── LockedWindow         outcomes of a locked window asked for without opening it
    ├── TuningError          a search that cannot be begun or gone on with
    ├── ReportError          a run's folder that no report can be made of
    └── VerificationError    scores asked of things that cannot be scored

Messages name the thing, the value and the fix. Catch :class:`DrybulbError` to
catch them all; anything else that escapes is a bug.
"""

from __future__ import annotations


class DrybulbError(Exception):
    """Root of everything drybulb raises on purpose."""


class ConfigError(DrybulbError):
    """A configuration key or value is wrong."""


class DomainError(DrybulbError):
    """A value breaks what the words mean."""


class LadderError(DomainError):
    """Strikes that do not tile the whole degrees, or an event without exactly one YES."""


class OutsideEvent(DomainError):
    """An instant that is neither on the event day nor on the day before it."""


class MoneyError(DomainError):
    """An amount that cannot be held exactly in the ledger's units."""


class FeeError(DomainError):
    """No fee rule covers a series and a date, or a rule cannot be understood."""


class LedgerError(DomainError):
    """A fill or a settlement that the account cannot take."""


class TableError(DrybulbError):
    """A table lacks a column, has a column of the wrong type or rows that break its rules."""


class LakeError(DrybulbError):
    """A file of the lake cannot be read or written."""


class ImportFailed(DrybulbError):
    """A source cannot be imported at all (single bad rows are refused, not raised)."""


class ModelError(DrybulbError):
    """A model cannot be fitted, stored, loaded or served."""


class EngineError(DrybulbError):
    """The event loop met an event out of order or an order it does not know."""


class LockedWindow(DrybulbError):
    """Outcomes of a locked window are asked for, and nobody said why it should be opened."""


class TuningError(DrybulbError):
    """A search for better settings that cannot be begun, or not be gone on with."""


class ReportError(DrybulbError):
    """A run's folder that no report can be made of."""


class VerificationError(DrybulbError):
    """Scores asked of forecasts or outcomes that cannot be scored."""
