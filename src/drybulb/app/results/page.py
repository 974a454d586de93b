"""The page of results, in Markdown: the same evidence gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from drybulb.app.clocked import ALL
from drybulb.app.markdown import item, paragraph, title
from drybulb.app.reporting.sentences import counts
from drybulb.app.results.cities import city_by_city
from drybulb.app.results.evidence import Evidence, Judged, Season, Spot
from drybulb.app.results.few import table_without
from drybulb.app.results.findings import findings
from drybulb.app.results.money import by_city, protocols, refused, waits
from drybulb.app.results.plan import BASELINES, OURS, TWO_DECISIONS
from drybulb.app.results.tables import WHOLE, differences, scores
from drybulb.app.scored import MARKET, QUOTE_CLOCK

_COMMAND = "drybulb results --archive ../shared/archive --lake build/results/lake"
_BESIDE = (MARKET, *OURS)
_NOT_S = tuple(name for name in OURS if name != "S")
#: The city of which the polls alone have events.
_POLLED = "los_angeles"
_ALONE = (*OURS, *(name for name in BASELINES if name != "guidance_error"))


def page(evidence: Evidence) -> str:
    """Return the page.

    Args:
        evidence: all it is written from.
    """
    parts = (_head, _plainly, _cities, _market, _alone, _policies, _polls, _clocks, _assumed)
    return "\n".join(line for part in parts for line in part(evidence)).rstrip() + "\n"


def _head(evidence: Evidence) -> Iterator[str]:
    window = evidence.archive.judged.window
    yield "# What forecasts and policies were worth on the recorded archive, 2024-25"
    yield ""
    yield from paragraph(
        f"Written by `{_COMMAND}`, a part of `make results`; run again it does not change. Event days {window.start} to"
        f" {window.end}, with models that know nothing later than {window.until:%Y-%m-%d %H:%M} UTC, with the"
        " embargo of the settings before that. Every finding is computed from counts and intervals, its words included."
    )
    yield from paragraph(
        "Intervals are 90 %, from resampling calendar days with all cities of a day together. CRPS is in °F on whole"
        " degrees; RPS is the sum over the listed ladder; both are better when lower. In one line all forecasters are"
        " scored on the same events and clocks, but the city models, which are scored and paired where they speak."
        " *Better* and *worse* stand only where an interval of paired differences is on one side of zero; in tables a"
        " difference on the good side is bold; where two forecasters say the same, their pairs count once."
        " D−1 is the day before, D the event day; clocks are local standard time."
    )
    yield from paragraph(
        "The window was looked at more than once while S was built ([decision 0003](../decisions/0003-s.md)): what"
        " follows is no locked test. What the data are, and what of them was refused, is on"
        " [a page of its own](archive.md); how the models do against the original recipe, on [another](models.md)."
    )


def _plainly(evidence: Evidence) -> Iterator[str]:
    found = findings(evidence)
    yield from ("## In plain words", "")
    parts = (("What works", found.works), ("What does not", found.fails), ("What cannot be said", found.open))
    for head, sentences in parts:
        yield from (f"### {head}", "")
        yield from _items(sentences or ("Nothing, by the intervals below.",))


def _cities(evidence: Evidence) -> Iterator[str]:
    yield from ("## City by city", "")
    for city, parts in city_by_city(evidence):
        yield from (f"### {city}", "")
        for head, sentences in parts:
            yield from item(head)
            yield from (line for sentence in sentences for line in item(sentence, "  "))
        yield ""


def _market(evidence: Evidence) -> Iterator[str]:
    yield from ("## Beside the market", "")
    yield from paragraph(
        "RPS over all clocks, or at the one real quote a day that some cities have, where the exchange was open, the"
        " ladder whole and the market's belief known: the normalised midpoints of its brackets, from quotes or, where"
        " there are only prints, from what the last prints show."
    )
    yield from _summary(evidence.archive.judged, MARKET)


def _alone(evidence: Evidence) -> Iterator[str]:
    yield from ("## Without the market", "", "CRPS over all clocks.", "")
    yield from _summary(evidence.archive.judged, None)


def _summary(judged: Judged, paired_with: str | None) -> Iterator[str]:
    """All clocks together, by city and day: scores, then the differences to S and to the market."""
    whole = [spot for city in (*judged.window.cities, ALL) for spot in judged.spots(city, paired_with)]
    yield from _both(judged, [spot for spot in whole if spot.clock == ALL], paired_with, by_clock=False)
    quoted = [spot for spot in whole if spot.clock == QUOTE_CLOCK]
    if quoted and paired_with:
        yield from ("At the one real quote a day that some cities have:", "")
        yield from _both(judged, quoted, paired_with, by_clock=False)


def _both(judged: Judged, spots: list[Spot], paired_with: str | None, *, by_clock: bool) -> Iterator[str]:
    if not spots:
        return
    yield from scores(judged, spots, _BESIDE if paired_with else _ALONE, by_clock=by_clock)
    if paired_with:
        yield from differences(judged, spots, OURS, MARKET, by_clock=by_clock)
    yield from differences(judged, spots, _NOT_S, "S", by_clock=by_clock)


def _policies(evidence: Evidence) -> Iterator[str]:
    yield from ("## Policies", "")
    said = " and ".join(str(clock) for clock in TWO_DECISIONS)
    yield from paragraph(
        "Each policy trades the beliefs of one forecaster, through one engine, in two protocols: asked at any time,"
        f" with a belief every few minutes, and asked at {said} only (`--decide-at`), as the system did whose plan"
        " drybulb began from. That system filled at chance, free of fees; here both protocols fill and pay as assumed"
        " below, and no row is named *naive*, for nothing is filled at a carried price."
    )
    yield from _of_season(evidence.archive, evidence.seed)


def _of_season(season: Season, seed: int) -> Iterator[str]:
    yield from protocols(season, seed)
    if without := table_without(season, seed):
        yield from paragraph(
            "What is left of each policy's money without its best event, and without its two best. The events were"
            " chosen for what they gained, so the interval shows how much rests on few of them and is no verdict."
        )
        yield from without
    yield from ("### By city and day", "")
    yield from refused(season)
    yield from by_city(season)


def _polls(evidence: Evidence) -> Iterator[str]:
    if evidence.polled is None:
        return
    judged = evidence.polled.judged
    window = judged.window
    yield from ("## Events quoted by polls, Los Angeles above all", "")
    yield from paragraph(
        f"Event days {window.start} to {window.end} that have a listed ladder and an official high, with models that"
        f" know nothing later than {window.until:%Y-%m-%d %H:%M} UTC. These quotes are real bids and asks, an hour or"
        " two apart, without sizes. The exchange's settlements are not in the archive: scores are labelled and events"
        " are paid by the official high, which is inferred and not the exchange's word."
    )
    if sources := evidence.polled.only_sources:
        told = "; ".join(f"{title(city)} {counts(found)}" for city, found in sources.items())
        yield from paragraph(
            f"Each official high of these is the word of one source, with no second to check it by: {told} event days."
        )
    yield from _summary(judged, MARKET)
    for city in window.cities:
        spots = [spot for spot in judged.spots(city, MARKET) if spot.clock not in WHOLE]
        if city == _POLLED and spots:
            yield from (f"### {title(city)} by clock", "")
            yield from _both(judged, spots, MARKET, by_clock=True)
    yield from ("### Policies on polled quotes", "")
    if waited := waits(evidence.polled):
        yield from paragraph(
            "An order waits for the next poll, at most"
            f" {evidence.poll_lifetime} minutes and never into the window of a release of the calendar, and may fill"
            " there inside its limit, whatever else was learnt since its decision. From decision to fill it took:"
        )
        yield from waited
    yield from _of_season(evidence.polled, evidence.seed)


def _clocks(evidence: Evidence) -> Iterator[str]:
    judged = evidence.archive.judged
    yield from ("## By clock", "")
    for city in (*judged.window.cities, ALL):
        yield from (f"### {'All cities' if city == ALL else title(city)}", "")
        for paired_with, head in ((MARKET, "RPS beside the market."), (None, "CRPS.")):
            spots = [spot for spot in judged.spots(city, paired_with) if spot.clock not in WHOLE]
            speaking = [name for spot, name in judged.scores if spot in spots and name in OURS]
            if speaking:
                yield from (head, "")
                yield from _both(judged, spots, paired_with, by_clock=True)
            elif spots:
                yield from (f"{head} None of the models speaks; the baselines are above.", "")


def _assumed(evidence: Evidence) -> Iterator[str]:
    yield from ("## What was assumed", "")
    often = _said(evidence.archive, is_twice=False)
    yield from _items(often)
    others = [("Deciding twice an event, instead:", _said(evidence.archive, is_twice=True))]
    if evidence.polled is not None:
        others.append(("Of events quoted by polls, besides:", _said(evidence.polled, is_twice=False)))
    for head, assumed in others:
        if more := [said for said in assumed if said not in often]:
            yield from (head, "")
            yield from _items(more)
    notes = [note for season in evidence.seasons for note in season.judged.notes]
    if notes:
        yield from ("Left out of the scores:", "")
        yield from _items(notes)


def _said(season: Season, *, is_twice: bool) -> list[str]:
    """What the runs of a protocol assumed, each once."""
    found = (said for one in season.runs if one.is_twice is is_twice for said in one.document["assumptions"])
    return list(dict.fromkeys(found))


def _items(sentences: Iterable[str]) -> Iterator[str]:
    for sentence in sentences:
        yield from item(sentence)
    yield ""
