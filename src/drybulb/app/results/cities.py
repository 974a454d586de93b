"""City by city: what was there, who spoke, and how that compared; every sentence is made of counts and intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from drybulb.app.clocked import ALL
from drybulb.app.markdown import interval, number, title
from drybulb.app.reporting.sentences import LEADS, counted, counts, listed, money
from drybulb.app.results.evidence import Evidence, PolicyRun, Row, Season
from drybulb.app.results.few import disputed_in
from drybulb.app.results.tables import WHOLE, clock, name
from drybulb.app.results.verdicts import Verdict
from drybulb.app.scored import MARKET

_SILENT = "none:"
_POLICY = "hybrid"
_GUIDED = "emos"


def city_by_city(evidence: Evidence) -> Iterator[tuple[str, list[tuple[str, list[str]]]]]:
    """Yield each city's name with its sentences, those of each season under its months.

    Args:
        evidence: what was gathered.
    """
    for key in evidence.archive.judged.window.cities:
        near = evidence.neighbours.get(key)
        parts = [] if near is None else [(f"Its readings are those of {near}, a neighbour.", list[str]())]
        parts += [(f"{season.months}:", list(_in_season(season, key))) for season in evidence.seasons]
        yield title(key), parts


def _in_season(season: Season, key: str) -> Iterator[str]:
    run = season.run(_POLICY)
    if run is not None:
        yield from _replayed(run, key)
    yield from _scored(season, key)
    if run is not None:
        yield from _gained(run.document["cities"][key])
    yield from disputed_in(season, key)


def _replayed(run: PolicyRun, key: str) -> Iterator[str]:
    """What could be replayed, what the quotes were, and who spoke for the hybrid."""
    part = run.document["cities"][key]
    missing = f"; not replayed: {counts(part['refused'])}" if part["refused"] else ""
    yield f"{counted(part['events'], 'event')} replayed{missing}."
    notes = [note.removeprefix(f"{key}: ") for note in run.document["notes"] if note.startswith(f"{key}: ")]
    yield from (f"{note}." for note in notes)
    spoken, silent = Counter[str](), Counter[str]()
    for source, times in part["beliefs"].items():
        (silent if source.startswith(_SILENT) else spoken)[source.removeprefix(_SILENT)] += times
    asked = spoken.total() + silent.total()
    if spoken:
        shares = (f"{source} {_share(times, asked)}" for source, times in spoken.most_common())
        yield f"who spoke for the hybrid: {listed(shares)} of {asked:,} beliefs."
    if silent:
        reason, times = silent.most_common(1)[0]
        more = f", most often ({_share(times, asked)}) because: {reason}" if len(silent) > 1 else f", because: {reason}"
        yield f"nobody spoke for {_share(silent.total(), asked)} of the beliefs asked{more}."


def _share(part: int, of: int) -> str:
    """A share in whole percent; less than one is not nothing."""
    percent = f"{100 * part / of:.0f} %"
    return "< 1 %" if percent == "0 %" else percent


def _scored(season: Season, key: str) -> Iterator[str]:
    """The hybrid beside the market; where it cannot be scored at all, so."""
    judged = season.judged
    spots = judged.spots(key, MARKET)
    whole = [spot for spot in spots if spot.clock in WHOLE]
    found = [row for spot in whole if (row := judged.differences.get((spot, _POLICY, MARKET))) is not None]
    if found:
        yield f"beside the market {'; '.join(_beside(row) for row in found)}."
    elif f"{key}: no label in the window" in judged.notes:
        yield "not scored: no official high is known."
    else:
        yield f"not scored beside the market: {'the hybrid is silent there' if spots else 'its ladder is never known'}."
    without = [spot for spot in judged.spots(key, None) if spot.clock not in WHOLE]
    silent = [clock(spot) for spot in without if (spot, _GUIDED) not in judged.scores]
    if 0 < len(silent) < len(without):
        yield f"no guidance is known at {listed(silent)}: {name(_GUIDED)} is silent then."


def _beside(row: Row) -> str:
    verdict = {
        Verdict.BETTER: "the hybrid is better",
        Verdict.WORSE: "the market is better",
        Verdict.OPEN: "neither is shown better",
    }[Verdict.of(row["ci90"])]
    where = f"on {LEADS[row['lead']]}{'' if row['clock'] == ALL else ', at the daily quote,'}"
    return (
        f"{where} {verdict} (RPS of the hybrid less the market's {number(row['difference'])},"
        f" {interval(row['ci90'])}; {row['n_events']:,} events)"
    )


def _gained(part: Row) -> Iterator[str]:
    """What the hybrid's run gained, by lead."""
    said = []
    for lead in (1, 0):
        leg = part["by_lead"][str(lead)]
        if not leg["fills"]:
            continue
        ends = leg["pnl_per_day"]["ci90"]
        verb = {Verdict.BETTER: "earned", Verdict.WORSE: "lost", Verdict.OPEN: "neither earned nor lost for certain"}
        said.append(
            f"on {LEADS[lead]} it {verb[Verdict.of_gain(ends)]}, {money(leg['pnl_usd'], signed=True)} with"
            f" {counted(leg['fills'], 'fill')}, a day {interval(ends, 2)}"
        )
    if said:
        yield f"trading the hybrid at any time: {'; '.join(said)}."
    elif part["events"]:
        yield "trading the hybrid at any time: nothing was filled."
