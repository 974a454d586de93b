"""What policies earned and lost, in sentences of names and sums; the intervals they rest on are in the tables."""

from __future__ import annotations

from collections.abc import Iterator

from drybulb.app.markdown import interval
from drybulb.app.reporting.sentences import SPENT, counted, listed, money
from drybulb.app.results.evidence import PolicyRun, Season, Spot
from drybulb.app.results.plan import TRADED
from drybulb.app.results.protocols import difference
from drybulb.app.results.tables import name, place
from drybulb.app.results.verdicts import Said, Verdict

_HYBRID = "hybrid"


def policies(season: Season) -> Iterator[Said]:
    """Say whether any policy earns money, which lost some, and in which cities and on which day the hybrid did."""
    found: dict[Verdict, list[str]] = {verdict: [] for verdict in Verdict}
    for one in season.runs:
        if one.policy in TRADED and one.per_day is not None:
            gained = money(one.document["total"]["pnl_usd"], signed=True)
            found[Verdict.of_gain(one.per_day)].append(f"{_policy(one)} ({gained})")
    total = sum(map(len, found.values()))
    if total and not found[Verdict.BETTER]:
        said = f"of {counted(total, 'run')} with a fill none has an interval of its daily gain above zero"
        yield Verdict.WORSE, f"{season.months}: no policy earns; {said}."
    heads = {Verdict.BETTER: "these earned", Verdict.WORSE: "these lost", Verdict.OPEN: "whether these earn or lose"}
    for verdict, head in heads.items():
        if found[verdict]:
            yield verdict, f"{season.months}: {head}: {listed(found[verdict])}."
    yield from _somewhere(season)


def _somewhere(season: Season) -> Iterator[Said]:
    run = season.run(_HYBRID)
    found: dict[Verdict, list[str]] = {}
    for key, part in run.document["cities"].items() if run is not None else ():
        for lead in (1, 0):
            leg = part["by_lead"][str(lead)]
            ends = leg["pnl_per_day"]["ci90"] if leg["fills"] else None
            if ends is not None:
                told = f"{place(Spot(key, lead))} ({money(leg['pnl_usd'], signed=True)})"
                found.setdefault(Verdict.of_gain(ends), []).append(told)
    for verdict, verb in ((Verdict.BETTER, "earned"), (Verdict.WORSE, "lost")):
        if verdict in found:
            yield verdict, f"{season.months}: the hybrid, deciding at any time, {verb} in {listed(found[verdict])}."


def ruined(season: Season, bankroll: int) -> Iterator[Said]:
    """Name the policies that lost so much that they had little to trade with.

    Args:
        season: the runs.
        bankroll: with which each began [dollars].
    """
    spent = [one for one in season.runs if -one.document["total"]["pnl_usd"] > SPENT * bankroll]
    if spent:
        said = f"more than {SPENT * 100:.0f} % of the ${bankroll:,} they began with is lost by"
        said += f" {listed(map(_policy, spent))}; from then on they had little to trade with,"
        said += " so their means and intervals a day say less than they seem"
        yield Verdict.WORSE, f"{season.months}: {said}."


def probe(season: Season) -> Iterator[Said]:
    """Say whether a policy without a belief earns by what the simulator gives."""
    run = season.run("crossed")
    if run is None or run.per_day is None:
        return
    verdict, told = {
        Verdict.WORSE: (Verdict.BETTER, "loses, as it must: the simulator gives nothing away at carried prices"),
        Verdict.BETTER: (Verdict.WORSE, "earns, which it must not: the simulator gives something away"),
        Verdict.OPEN: (Verdict.OPEN, "neither earns nor loses for certain"),
    }[Verdict.of_gain(run.per_day)]
    gained = f"{money(run.document['total']['pnl_usd'], signed=True)}, a day {interval(run.per_day, 2)}"
    yield verdict, f"The probe of crossed minutes, which has no belief, {told} ({gained})."


def protocols(season: Season, seed: int) -> Iterator[Said]:
    """Say whether deciding at any time or twice an event is better.

    Args:
        season: the runs.
        seed: of the bootstrap.
    """
    found: dict[Verdict, list[str]] = {}
    for policy in TRADED:
        often, twice = season.run(policy), season.run(policy, is_twice=True)
        more = None if often is None or twice is None else difference(often, twice, seed)
        if more is not None:
            text = f"{name(policy)} ({money(more[0], signed=True)} a day)"
            found.setdefault(Verdict.of_gain(more[1:]), []).append(text)
    heads = {
        Verdict.BETTER: "deciding at any time brings more than deciding twice an event",
        Verdict.WORSE: "deciding at any time brings less than deciding twice an event",
        Verdict.OPEN: "whether deciding at any time brings more than twice an event",
    }
    for verdict, texts in found.items():
        yield verdict, f"{season.months}: {heads[verdict]}: {listed(texts)}."


def _policy(one: PolicyRun) -> str:
    return f"{name(one.policy)} {one.decides}"
