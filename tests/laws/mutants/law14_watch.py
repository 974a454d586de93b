"""Defects of a watch: rows that are forgotten, counted too early, or summed out of order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from drybulb.frames.live import decayed, guided, neighbourly, observed, published, reported, reports, trusted
from tests.laws import test_law14_incremental as law
from tests.laws.mutants import Mutant

_groups, _highs, _newest = observed.Station._groups, published.Highs.learn, guided.Guidance._standing
_newest_report = reported.Reports.newest
_replace = trusted.FittedBias._replace


def _first_version_stands(report: reports.Report, known: int, said: reports.Said) -> None:
    if not report.known:
        report.known.append(known)
        report.said.append(said)


def _last_learnt_stands(report: reports.Report, known: int, said: reports.Said) -> None:
    report.known[:] = [min([known, *report.known])]
    report.said[:] = [said]


def _all_versions(report: reports.Report, at: int) -> int:
    return len(report.known) if report.known[0] <= at else 0


def _groups_that_cover_nothing(station: observed.Station, day: int, at: int) -> tuple[list[Any], list[Any]]:
    return [], _groups(station, day, at)[1]


def _groups_that_cover_while_they_stand(station: observed.Station, day: int, at: int) -> tuple[list[Any], list[Any]]:
    covered, standing = _groups(station, day, at)
    seen = {end for _, end in standing}
    return [span for span in covered if span[1] in seen], standing


def _own_era_alone(biases: decayed.Biases, day: int, era: int) -> bool:
    return biases._era(day) == era


def _never_judged_again(bias: trusted.FittedBias, day: int, now: list[decayed.Placed]) -> None:
    if day not in bias._judged:
        _replace(bias, day, now)


def _summed_as_it_comes(sums: decayed.Sums, step: decayed.Placed) -> None:
    sums._steps.append(step)


def _sums_kept(sums: decayed.Sums, step: decayed.Placed) -> None:
    sums._steps.append(step)
    sums._steps.sort()


def _corrections_unheard(highs: published.Highs, rows: Iterable[tuple[Any, ...]]) -> set[int]:
    had = {day for day, versions in highs._finals.items() if versions}
    return _highs(highs, rows) - had


def _highest_so_far(highs: reported.Reports, day: int, at: int) -> reported.Reported | None:
    newest = _newest_report(highs, day, at)
    return newest and max(reported.Reported(high, known) for known, _, _, high in highs._days[day] if known <= at)


def _last_to_arrive(guidance: guided.Guidance, issues: Sequence[guided._Issue], at: int) -> guided._Issue | None:
    known = [issue for issue in issues if issue[0] <= at]
    return _newest(guidance, known[-1:], at)


def _errors_never_made(neighbour: neighbourly.Neighbour, days: Iterable[int]) -> None:
    """Make nothing of highs and reports."""


MUTANTS = [
    Mutant(
        law=law.test_a_week_as_it_happened,
        target="drybulb.frames.live.reported.Reports.newest",
        replacement=_highest_so_far,
        defect="a high so far that takes a degree back is not believed",
    ),
    Mutant(
        law=law.test_a_week_as_it_happened,
        target="drybulb.frames.live.reports.Report.correct",
        replacement=_first_version_stands,
        defect="a correction does not replace what it corrects",
    ),
    Mutant(
        law=law.test_a_week_out_of_order,
        target="drybulb.frames.live.reports.Report.correct",
        replacement=_last_learnt_stands,
        defect="the version learnt last stands, even if it was known before the others",
    ),
    Mutant(
        law=law.test_a_week_out_of_order,
        target="drybulb.frames.live.reports.Report.versions",
        replacement=_all_versions,
        defect="a correction of the future is seen",
    ),
    Mutant(
        law=law.test_a_week_as_it_happened,
        target="drybulb.frames.live.observed.Station._groups",
        replacement=_groups_that_cover_nothing,
        defect="a group does not cover the readings of its window",
    ),
    Mutant(
        law=law.test_a_week_out_of_order,
        target="drybulb.frames.live.observed.Station._groups",
        replacement=_groups_that_cover_while_they_stand,
        defect="a window is spoken for only as long as its group stands",
    ),
    Mutant(
        law=law.test_a_week_out_of_order,
        target="drybulb.frames.live.decayed.Biases._counts",
        replacement=_own_era_alone,
        defect="a bias forgets its errors where an era begins",
    ),
    Mutant(
        law=law.test_a_week_out_of_order,
        target="drybulb.frames.live.decayed.Sums.put",
        replacement=_summed_as_it_comes,
        defect="a late error is summed last",
    ),
    Mutant(
        law=law.test_a_week_out_of_order,
        target="drybulb.frames.live.decayed.Sums.put",
        replacement=_sums_kept,
        defect="sums already made are not made again when a step comes before them",
    ),
    Mutant(
        law=law.test_a_week_out_of_order,
        target="drybulb.frames.live.trusted.FittedBias._replace",
        replacement=_never_judged_again,
        defect="what a half-life left of a day is kept when the errors known as it began are others",
    ),
    Mutant(
        law=law.test_a_week_as_it_happened,
        target="drybulb.frames.live.published.Highs.learn",
        replacement=_corrections_unheard,
        defect="a corrected final changes no error",
    ),
    Mutant(
        law=law.test_a_week_out_of_order,
        target="drybulb.frames.live.guided.Guidance._standing",
        replacement=_last_to_arrive,
        defect="an old issue that arrives late replaces a newer one",
    ),
    Mutant(
        law=law.test_a_week_out_of_order,
        target="drybulb.frames.live.neighbourly.Neighbour.restate",
        replacement=_errors_never_made,
        defect="the neighbour's errors are never made",
    ),
]
