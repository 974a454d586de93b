"""What an interval allows to say: better, worse, or neither."""

from __future__ import annotations

from enum import Enum

from drybulb.app.clocked import ALL
from drybulb.app.markdown import interval, number, title
from drybulb.app.reporting.sentences import LEADS
from drybulb.app.results.evidence import Interval, Row
from drybulb.app.results.tables import name
from drybulb.app.scored import MARKET


class Verdict(Enum):
    """What is shown of a difference that is good when it is below zero, or of a gain that is good above."""

    BETTER = "better"
    WORSE = "worse"
    OPEN = "open"

    @classmethod
    def of(cls, ends: Interval) -> Verdict:
        """Of a difference of scores: the lower the better."""
        return cls.BETTER if ends[1] < 0 else cls.WORSE if ends[0] > 0 else cls.OPEN

    @classmethod
    def of_gain(cls, ends: Interval) -> Verdict:
        """Of money: the higher the better."""
        return cls.of((-ends[1], -ends[0]))


#: A sentence and what it shows.
Said = tuple[Verdict, str]


def who(forecaster: str) -> str:
    """A forecaster as the subject of a sentence."""
    shown = name(forecaster)
    return f"the {shown} model" if forecaster in ("global", "city") else f"the {shown}" if forecaster in _THE else shown


_THE = ("hybrid", MARKET)


def compared(row: Row) -> str:
    """One paired difference in words, with its interval and events.

    Args:
        row: a comparison of ``verify/1``.
    """
    mine, other = who(row["forecaster"]), who(row["reference"])
    where = LEADS[row["lead"]]
    if row["city"] != ALL:
        where = f"{where} in {title(row['city'])}"
    unit = " °F" if row["metric"] == "crps" else ""
    much = f"the difference of {row['metric'].upper()} is {number(row['difference'])}{unit}"
    much += f" ({interval(row['ci90'])}; {row['n_events']:,} events)"
    verdict = Verdict.of(row["ci90"])
    if verdict is Verdict.OPEN:
        return f"On {where} {mine} and {other} cannot be told apart: {much}."
    return f"On {where} {mine} forecasts {verdict.value} than {other}: {much}."
