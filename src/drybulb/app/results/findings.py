"""What works, what does not, and what cannot be said: each sentence is made of an interval, none is written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from drybulb.app.clocked import ALL
from drybulb.app.reporting.sentences import counted, listed
from drybulb.app.results.evidence import Evidence, Judged, Row, Season, Spot
from drybulb.app.results.few import disputed, hybrid_without
from drybulb.app.results.gains import policies, probe, protocols, ruined
from drybulb.app.results.plan import OURS
from drybulb.app.results.tables import WHOLE, name, place
from drybulb.app.results.verdicts import Said, Verdict, compared
from drybulb.app.scored import MARKET

_HYBRID = "hybrid"
#: Who is compared with whom over all cities; more is in the tables.
PAIRS = (("S", "climatology"), ("S", "emos"), ("hybrid", "S"), ("hybrid", "emos"))
#: Of independent comparisons of equals, so many come out clearly better at 90 %.
_BY_CHANCE = 0.05


@dataclass(frozen=True, slots=True)
class Findings:
    """Sentences by what they say.

    Attributes:
        works: intervals on the good side.
        fails: intervals on the bad side.
        open: intervals that hold zero.
    """

    works: tuple[str, ...]
    fails: tuple[str, ...]
    open: tuple[str, ...]


def findings(evidence: Evidence) -> Findings:
    """Return what was found, the most important first."""
    seasons = evidence.seasons
    said = [
        *(found for season in seasons for found in _market(season)),
        *_forecasts(evidence.archive.judged),
        *(found for season in seasons for found in policies(season)),
        *(found for season in seasons for found in ruined(season, evidence.bankroll)),
        *(found for season in seasons for found in hybrid_without(season, evidence.seed)),
        *(found for season in seasons for found in disputed(season)),
        *probe(evidence.archive),
        *(found for season in seasons for found in protocols(season, evidence.seed)),
    ]

    def of(verdict: Verdict) -> tuple[str, ...]:
        return tuple(sentence for mine, sentence in said if mine is verdict)

    return Findings(of(Verdict.BETTER), of(Verdict.WORSE), of(Verdict.OPEN))


def _market(season: Season) -> Iterator[Said]:
    """Whether anything beats the market, over all clocks and at single ones."""
    yield from _beaten(season)
    for lead in (1, 0):
        row = season.judged.differences.get((Spot(ALL, lead, paired_with=MARKET), _HYBRID, MARKET))
        if row is not None:
            yield Verdict.of(row["ci90"]), f"{season.months}: {_lower(compared(row))}"


def _beaten(season: Season) -> Iterator[Said]:
    rows = [row for mine in OURS for row in season.judged.between(mine, MARKET, MARKET) if row["city"] != ALL]
    whole = _distinct(row for row in rows if row["clock"] in WHOLE)
    single = _distinct(row for row in rows if row["clock"] not in WHOLE)
    if not whole:
        return
    better, worse = _clearly(whole, Verdict.BETTER), _clearly(whole, Verdict.WORSE)
    pairs = f"{counted(len(whole), 'distinct pair')} of a forecaster with the market, a city and a day"
    where = "over all clocks or at the daily quote"
    if better:
        said = f"{len(better)} are clearly better than the market {where}: {_places(better)};"
        yield Verdict.BETTER, f"{season.months}: of {pairs} {said} {_chance(whole)}."
    else:
        said = f"nothing beats the market. Of {pairs} none is clearly better {where}; clearly worse: {len(worse)}"
        yield Verdict.WORSE, f"{season.months}: {said}."
    if found := _clearly(single, Verdict.BETTER):
        said = f"at single clocks {len(found)} of {len(single)} distinct pairs are clearly better than the market"
        yield Verdict.OPEN, f"{season.months}: {said} ({_places(found)}); {_chance(single)}."


def _forecasts(judged: Judged) -> Iterator[Said]:
    """Our forecasters against each other and the baselines; a city's own model against the global one, city by city."""
    for lead in (1, 0):
        for mine, other in PAIRS:
            row = judged.differences.get((Spot(ALL, lead), mine, other))
            if row is not None:
                yield Verdict.of(row["ci90"]), compared(row)
    for row in judged.between("city", "global", None):
        if row["clock"] == ALL and row["city"] != ALL:
            yield Verdict.of(row["ci90"]), compared(row)


def _clearly(rows: Iterable[Row], verdict: Verdict) -> list[Row]:
    return [row for row in rows if Verdict.of(row["ci90"]) is verdict]


def _distinct(rows: Iterable[Row]) -> list[Row]:
    """One of the rows of a city, day and clock that say the same: two forecasters may be one there."""
    found: dict[tuple[object, ...], Row] = {}
    for row in rows:
        said = (round(value, 9) for value in (row["difference"], *row["ci90"]))
        found.setdefault((row["city"], row["lead"], row["clock"], row["n_events"], *said), row)
    return list(found.values())


def _places(rows: Sequence[Row]) -> str:
    """Where forecasters are better, such as hybrid in Miami D 12:00."""
    return listed(f"{name(row['forecaster'])} in {place(Spot.of(row))}" for row in rows)


def _chance(rows: Sequence[Row]) -> str:
    return f"of as many comparisons of equals about {_BY_CHANCE * len(rows):.0f} would seem so"


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]
