"""The last window of a walk is opened once: for a reason, which is noted with the question that was asked.

What was opened as the last window of a walk stays one: another question trades its days for a reason of its own only,
wherever in a walk they lie.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from drybulb.app.config import Config
from drybulb.app.locked import noted
from drybulb.app.locked_block import LockedBlock
from drybulb.app.openings import Opened, Opening, openings
from drybulb.app.walked_windows import Window
from drybulb.errors import LockedWindow

#: What the file of openings calls the last window of a walk, whichever days it has.
LAST = "last window of a walk"

_Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class LastWindow:
    """The last window of a walk, and what of its other windows was the last window of another.

    Attributes:
        windows: of the walk, its last at the end.
        cities: keys of the cities that are traded.
        command: who asks, with the options that change what is traded.
        question: digest of all that is asked, and by which code.
        reason: why it is opened; None where it is not.
    """

    windows: Sequence[Window]
    cities: tuple[str, ...]
    command: str
    question: str
    reason: str | None

    def closed(self, config: Config) -> dict[int, str]:
        """Return why windows are not traded without a reason, by their number.

        Raises:
            LockedWindow: the file of openings is not what it should be.
        """
        earlier = list(self._others(config))
        found = {self.windows[-1].number: "the last window is traded for --open-last only"}
        for window in self.windows[:-1]:
            for number, one in earlier:
                if one.looked_into(window.start, window.end):
                    first, last = _span(one)
                    found[window.number] = (
                        f"{first} … {last} was opened as the last window of another walk (opening {number}):"
                        " its days are traded for --open-last only"
                    )
        return found

    def check(self, config: Config) -> None:
        """Refuse what may not open it, before anything is done or noted.

        Raises:
            LockedWindow: a blank reason, that of another question that opened these days before, or a file of openings
                that is not what it should be.
        """
        if self.reason is None:
            return
        reason = self.reason.strip()
        if not reason:
            raise LockedWindow('the last window is opened for a reason: --open-last "why"')
        for number, earlier in self._others(config):
            if earlier.reason == reason:
                first, last = _span(earlier)
                raise LockedWindow(
                    f"the last window ({first} … {last}) was opened for the reason {reason!r} by another question"
                    f" (opening {number}); say anew why it must be opened again, or ask the same as then"
                )

    def open(self, config: Config, now: datetime | None = None) -> tuple[Opened, ...]:
        """Note that it is opened, and with it what another walk kept; the same question again is no further look.

        Args:
            config: its ``[evaluation] openings`` and, by their digest, its other settings.
            now: when [aware]; the clock when None.

        Raises:
            LockedWindow: as :meth:`check`.
        """
        self.check(config)
        if self.reason is None:
            return ()
        last = self.windows[-1]
        spans = sorted({*self._kept_by_others(config), (last.start, last.end)})
        blocks = [LockedBlock.model_validate({"name": LAST, "from": first, "to": end}) for first, end in spans]
        days = self.windows[0].start, last.end
        return noted(
            config, blocks, self.command, days, self.cities, {"question": self.question}, self.reason.strip(), now
        )

    def listed(self, config: Config) -> list[dict[str, Any]]:
        """Return every opening by a walk of days of this one, as the document ``walkforward/1`` has them.

        Raises:
            LockedWindow: the file of openings is not what it should be.
        """
        return [
            {
                "number": number,
                "at": one.at,
                "window": [day.isoformat() for day in _span(one)],
                "command": one.command,
                "question": _question(one),
                "reason": one.reason,
                "is_this": _question(one) == self.question,
            }
            for number, one in self._earlier(config)
        ]

    def _kept_by_others(self, config: Config) -> Iterator[_Span]:
        """Yield what others opened of the windows before the last, unless this question did so too."""
        begin, end = self.windows[0].start, self.windows[-2].end
        mine = [_span(one) for _, one in self._earlier(config) if _question(one) == self.question]
        for _, one in self._others(config):
            first, last = max(_span(one)[0], begin), min(_span(one)[1], end)
            if first <= last and not any(own[0] <= first and last <= own[1] for own in mine):
                yield first, last

    def _others(self, config: Config) -> Iterator[tuple[int, Opening]]:
        """Openings by other questions."""
        return ((number, one) for number, one in self._earlier(config) if _question(one) != self.question)

    def _earlier(self, config: Config) -> Iterator[tuple[int, Opening]]:
        """Openings by walks of days of this one, each with its number among all openings of its days."""
        found = openings(config.evaluation.file)
        begin, end = self.windows[0].start, self.windows[-1].end
        for place, one in enumerate(found, start=1):
            if one.window == LAST and one.looked_into(begin, end):
                yield sum(other.looked_into(*_span(one)) for other in found[:place]), one


def _span(one: Opening) -> _Span:
    """First and last day that an opening looked into."""
    first, last = max(one.locked[0], one.asked[0]), min(one.locked[1], one.asked[1])
    return date.fromisoformat(first), date.fromisoformat(last)


def _question(one: Opening) -> str:
    return one.of.get("question", "")
