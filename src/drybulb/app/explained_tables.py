"""The tables of an explanation: what was known, who spoke, and the way from S to the belief."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]

SHOWN = 10
"""Features shown one by one; the others are summed."""

_SAME_LINE = "\N{NO-BREAK SPACE}"

_NOTHING = 0.0005
"""A smaller change would be printed as none [°F]."""


@dataclass(frozen=True, slots=True)
class Section:
    """One table.

    Attributes:
        title: above it.
        columns: their headings.
        rows: cells, one a column.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


def sections(explanation: Document) -> Iterator[Section]:
    """Lay an explanation out as tables.

    Args:
        explanation: the object ``explanation`` of schema ``predict/1``.
    """
    yield Section(
        "reached so far [°F]",
        ("station", "max", "groups", "readings", "report", "since", "bias"),
        _reached(explanation),
    )
    gap = explanation["gap"]
    if gap is not None:
        chances = [f"{chance:.3f}" for chance in gap["chances"].values()]
        row = (f"{gap['mean']:+.2f}", *chances)
        yield Section("official high less that max [°F]", ("mean", *gap["chances"]), [row])
    yield Section(
        "guidance less bias [°F]", ("source", "forecast", "bias", "age h"), _guidance(explanation["guidance"])
    )
    yield Section("who spoke", ("who", "share", "model", "S stood on", "correction taken"), _who(explanation["voices"]))
    yield Section(
        "from S to the belief [°F]",
        ("", "mean", "change", *(level.replace(" ", _SAME_LINE) for level in ("10 %", "50 %", "90 %"))),
        _way(explanation),
    )
    yield Section("what moved the mean", ("feature", "group", "value", "°F"), _moved(explanation))
    changes = explanation["groups"].items()
    groups = [(name.replace("_", " "), signed(change)) for name, change in changes if abs(change) >= _NOTHING]
    yield Section("the same by group", ("group", "°F"), groups)


def _reached(explanation: Document) -> list[tuple[Any, ...]]:
    rows = []
    for seen in (explanation["observed"], explanation["neighbour"]):
        if seen is None:
            continue
        low, high = seen["running_max"]
        rows.append(
            (
                seen["station"],
                f"{low}" if low == high else f"{low} … {high}",
                seen["group_max"],
                seen["reading_max"],
                seen["report_max"],
                f"{seen['since'][:16]}Z".replace("T", " "),
                "–" if seen["bias"] is None else f"{seen['bias']:+.2f}",
            )
        )
    return rows


def _guidance(guidance: Document) -> list[tuple[Any, ...]]:
    rows = [
        (said["source"], f"{said['forecast']:.2f}", f"{said['bias']:+.2f}", f"{said['age']:.1f}")
        for said in guidance["sources"]
    ]
    return [*rows, ("mean", f"{guidance['mean']:.2f}", "", "")] if rows else []


def _who(voices: Sequence[Document]) -> list[tuple[Any, ...]]:
    return [
        (
            voice["source"],
            f"{voice['share']:.2f}",
            voice["model"],
            voice["basis"],
            "–" if voice["taken"] is None else f"{voice['taken']:.2f}",
        )
        for voice in voices
    ]


def _way(explanation: Document) -> list[tuple[Any, ...]]:
    if explanation["S"] is None:
        return []
    voices = explanation["voices"]
    rows = [_outlined("S", explanation["S"], None)]
    for voice in voices:
        whose = f" of {voice['source']}" if len(voices) > 1 else ""
        if len(voices) > 1:
            rows.append(_outlined(f"S{whose}", voice["S"], None))
        rows += [_outlined(f"{one['name']}{whose}", one, one["change"]) for one in voice["members"]]
    return [*rows, _outlined("belief", explanation["belief"], explanation["change"])]


def _outlined(name: str, outline: Document, change: float | None) -> tuple[Any, ...]:
    degrees = outline["quantiles"].values()
    return (name, f"{outline['mean']:.2f}", "" if change is None else signed(change), *degrees)


def _moved(explanation: Document) -> list[tuple[Any, ...]]:
    parts = explanation["contributions"]
    if not parts:
        return []
    shown, others = parts[:SHOWN], parts[SHOWN:]
    rows: list[tuple[Any, ...]] = [
        (one["feature"], one["group"].replace("_", " "), _value(one["value"]), signed(one["change"])) for one in shown
    ]
    rest = [(f"{len(others)} others", sum(one["change"] for one in others))] if others else []
    rest += started(explanation["voices"])
    rest += [("remainder", explanation["remainder"]), ("change of the mean", explanation["change"])]
    return [*rows, *((name, "", "", signed(change)) for name, change in rest)]


def started(voices: Sequence[Document]) -> list[tuple[str, float]]:
    """What each member does whatever the features are; one that does not start from S does so from its own level."""
    found: dict[str, float] = {}
    for member in (one for voice in voices for one in voice["members"]):
        name = f"{member['name']}'s constant" + (" less S" if member["offset"] else "")
        found[name] = found.get(name, 0.0) + member["share"] * (member["constant"] + member["offset"])
    return list(found.items())


def _value(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def signed(change: float) -> str:
    """A change with its sign, to a thousandth; never minus nothing."""
    return f"{round(change, 3) + 0.0:+.3f}"
