"""The example days of a run on its page: each in words and as a picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from drybulb.app.reporting import day_picture
from drybulb.app.reporting.day_document import BeliefAt, DayDocument, DaysDocument
from drybulb.app.reporting.day_ladder import bracket_name
from drybulb.app.reporting.parts import Picture, unbroken
from drybulb.app.reporting.sentences import city_name, counted, listed, money

_MANY = 6  # changes of who spoke, beyond which they are counted instead


@dataclass(frozen=True, slots=True)
class ExampleDay:
    """An example day.

    Attributes:
        name: which it is, and where.
        day: the event's.
        gain: what it brought.
        said: sentences about it.
        picture: the day drawn.
    """

    name: str
    day: str
    gain: str
    said: list[str]
    picture: Picture


def example_days(found: DaysDocument) -> list[ExampleDay]:
    """Return the example days in the order of the document."""
    return [_example(day, number) for number, day in enumerate(found.days)]


def _example(day: DayDocument, number: int) -> ExampleDay:
    name, gain = f"{day.why.capitalize()}: {city_name(day.city)}", money(day.pnl_usd, signed=True)
    said = [*_settled(day), _traded(day), *_believed(day)]
    alt = f"{name}, {day.day}, {gain}. {' '.join(said)}"
    picture = Picture.drawn(
        f"{day.event}, from the open of its market to the close.",
        lambda width: day_picture.draw(day, width=width, name=f"day{number}w{width}", says=alt),
    )
    return ExampleDay(name, day.day.isoformat(), unbroken(gain), [unbroken(one) for one in said], picture)


def _settled(day: DayDocument) -> Iterator[str]:
    won = [bracket_name(leg) for leg in day.brackets if leg.won]
    if day.high is not None and won:
        yield f"It settled at {day.high:g} °F, in the bracket {listed(won)}."
    elif won:
        yield f"It settled in the bracket {listed(won)}."


def _traded(day: DayDocument) -> str:
    contracts = sum(fill.count for fill in day.fills)
    fees = sum(fill.fee_usd for fill in day.fills)
    return (
        f"{counted(len(day.orders), 'order')}, {counted(len(day.fills), 'fill')} of"
        f" {counted(contracts, 'contract')}, {money(fees)} of fees."
    )


def _believed(day: DayDocument) -> Iterator[str]:
    """The belief when the market opened and when the event day began, and who spoke when."""
    spoken = [belief for belief in day.beliefs if belief.q is not None]
    if spoken:
        yield f"The first belief: {_central(spoken[0])}; the last: {_central(spoken[-1])}.{_given(spoken[-1], day)}"
    spans = [_speech(who, list(part), day) for who, part in groupby(day.beliefs, lambda one: _who(one.source))]
    if len(spans) > _MANY:
        more = len(spans) - _MANY
        spans = [*spans[:_MANY], f"{counted(more, 'more change')} of speaker"]
    if spans:
        yield f"Spoke: {', '.join(spans)}."


def _who(source: str) -> str:
    who = day_picture.speaker(source)
    return "nobody" if who == "none" else who


def _central(belief: BeliefAt) -> str:
    low, middle, high = (belief.q[i] for i in (1, 3, 5)) if belief.q else (0.0, 0.0, 0.0)
    return f"median {middle:g} °F, 10–90 % {low:g} … {high:g}"


def _given(belief: BeliefAt, day: DayDocument) -> str:
    """What a belief gave the bracket that won."""
    if belief.p is None or not any(leg.won for leg in day.brackets):
        return ""
    given = sum(p for p, leg in zip(belief.p, day.brackets, strict=True) if leg.won)
    return f" The last gave the bracket that won {100 * given:.1f} %."


def _speech(who: str, part: list[BeliefAt], day: DayDocument) -> str:
    return f"{who} from {_clock(part[0].at, day)}"


def _clock(at: datetime, day: DayDocument) -> str:
    """Write an instant in local standard time."""
    local = at + timedelta(hours=day.standard_offset_hours)
    return f"{'D' if local.date() == day.day else 'D−1'} {local:%H:%M}"
