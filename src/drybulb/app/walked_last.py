"""The last window of a walk is opened once: for a reason, which is noted with the question that was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from drybulb.app.config import Config
from drybulb.app.locked import noted
from drybulb.app.locked_block import LockedBlock
from drybulb.app.openings import Opened, openings
from drybulb.app.walked_windows import Window
from drybulb.errors import LockedWindow

#: What the file of openings calls the last window of a walk, whichever days it has.
LAST = "last window of a walk"


@dataclass(frozen=True, slots=True)
class LastWindow:
    """The last window of a walk, to be opened.

    Attributes:
        window: it.
        cities: keys of the cities that are traded in it.
        command: who asks, with the options that change what is traded.
        question: digest of all that is asked.
        reason: why it is opened.
    """

    window: Window
    cities: tuple[str, ...]
    command: str
    question: str
    reason: str

    def open(self, config: Config, now: datetime | None = None) -> Opened:
        """Note that it is opened; the same question again is no further look.

        Args:
            config: its ``[evaluation] openings`` and, by their digest, its other settings.
            now: when [aware]; the clock when None.

        Raises:
            LockedWindow: no reason, the reason of another question that opened it before, or a file of openings that
                is not what it should be.
        """
        reason = self.reason.strip()
        if not reason:
            raise LockedWindow('the last window is opened for a reason: --open-last "why"')
        for number, earlier in self._earlier(config):
            if earlier["question"] != self.question and earlier["reason"] == reason:
                first, last = self.window.span
                raise LockedWindow(
                    f"the last window ({first} … {last}) was opened for the reason {reason!r} by another question"
                    f" (opening {number}); say anew why it must be opened again, or ask the same as then"
                )
        block = LockedBlock.model_validate({"name": LAST, "from": self.window.start, "to": self.window.end})
        days = self.window.start, self.window.end
        return noted(config, [block], self.command, days, self.cities, {"question": self.question}, reason, now)[0]

    def listed(self, config: Config) -> list[dict[str, Any]]:
        """Return every opening of days of the window by a walk, as the document ``walkforward/1`` has them.

        Raises:
            LockedWindow: the file of openings is not what it should be.
        """
        return [
            {"number": number, **said, "is_this": said["question"] == self.question}
            for number, said in self._earlier(config)
        ]

    def _earlier(self, config: Config) -> Sequence[tuple[int, Mapping[str, Any]]]:
        """Openings by walks, numbered among all openings of these days."""
        found = [one for one in openings(config.evaluation.file) if one.looked_into(self.window.start, self.window.end)]
        return [
            (
                number,
                {"at": one.at, "command": one.command, "question": one.of.get("question", ""), "reason": one.reason},
            )
            for number, one in enumerate(found, start=1)
            if one.window == LAST
        ]
