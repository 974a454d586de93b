"""`drybulb compare`: runs side by side, on the events that all of them settled.

The first run is what the others are compared with. Of the same event days each gain less the first run's is one
number a day: what the days share cancels, so a difference can be told that two separate intervals would hide.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from drybulb.app.compare_page import compare_page
from drybulb.app.compare_runs import CONFIG, ComparedRun, read_runs
from drybulb.app.compare_words import found
from drybulb.app.tally import Tallies, Tally, per_day, tally, usd
from drybulb.app.tried import Tried
from drybulb.app.worth_words import tried_sentences
from drybulb.errors import ReportError

ALL = "all"
Lead = int | str
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CompareResult:
    """Runs side by side.

    Attributes:
        document: ``compare/1`` less the page.
        page: file of the page, None where none was asked for.
    """

    document: Mapping[str, Any]
    page: Path | None

    def to_json(self) -> dict[str, Any]:
        """Return the document ``compare/1``."""
        return {**self.document, "page": None if self.page is None else str(self.page)}


def compare(folders: Sequence[Path], html: Path | None = None) -> CompareResult:
    """Lay runs side by side.

    Args:
        folders: of the runs; the first is what the others are compared with.
        html: file of the page to write; none when None.

    Raises:
        ReportError: fewer than two runs, a folder that is not that of a run, runs without a common event, or a file
            that cannot be written.
    """
    runs = read_runs(folders)
    common = _common(runs)
    document = _document(runs, common)
    if html is not None:
        _write(html, compare_page(document))
    return CompareResult(document, html)


def _common(runs: Sequence[ComparedRun]) -> frozenset[str]:
    """Events that settled in every run."""
    common = frozenset.intersection(*(frozenset(run.events) for run in runs))
    if common:
        return common
    start = max(run.document.window[0] for run in runs)
    end = min(run.document.window[1] for run in runs)
    windows = ", ".join(f"{run.name} {_window(run)}" for run in runs)
    if end < start:
        raise ReportError(f"the windows have no day in common: {windows}; backtest the same one")
    raise ReportError(
        f"no event settled in every run, though the windows meet: {windows}; use one lake, and its cities"
    )


def _window(run: ComparedRun) -> str:
    return " … ".join(day.isoformat() for day in run.document.window)


def _document(runs: Sequence[ComparedRun], common: frozenset[str]) -> Row:
    tallies = [tally(run.restricted(common), run.document.cities) for run in runs]
    seed = int(runs[0].asked["seed"])
    rows = [row for city, lead in _parts(tallies) for row in _rows(runs, tallies, city, lead, seed)]
    luck = _tried(runs, tallies).luck()
    said = found([row for row in rows if (row["city"], row["lead"]) == (ALL, ALL)], len(common))
    return {
        "schema": "compare/1",
        "window": [day.isoformat() for day in _overlap(runs)],
        "events": len(common),
        "days": len(tallies[0].total.gains),
        "found": [*said, *(tried_sentences(luck, f"The best of these, {luck['judged']},") if luck else ())],
        "tried": luck,
        "runs": [_run(run, common) for run in runs],
        "settings": list(_settings(runs)),
        "assumptions": list(_assumptions(runs)),
        "warnings": list(_warnings(runs, common)),
        "rows": rows,
        "equity": {run.name: _equity(tallied.total.gains) for run, tallied in zip(runs, tallies, strict=True)},
    }


def _tried(runs: Sequence[ComparedRun], tallies: Sequence[Tallies]) -> Tried:
    """The runs as trials: the best of them was chosen by who compares."""
    gains = [{day: usd(gain) for day, gain in tallied.total.gains.items()} for tallied in tallies]
    return Tried(tuple(run.name for run in runs), tuple(gains))


def _overlap(runs: Sequence[ComparedRun]) -> tuple[date, date]:
    return max(run.document.window[0] for run in runs), min(run.document.window[1] for run in runs)


def _run(run: ComparedRun, common: frozenset[str]) -> Row:
    return {
        "name": run.name,
        "run": str(run.folder),
        "policy": run.document.policy,
        "window": [day.isoformat() for day in run.document.window],
        "left_out": len(run.events) - len(common),
        "digest": run.document.digest,
        "config": run.document.config,
        "lake": run.document.lake,
    }


def _equity(gains: Mapping[date, int]) -> list[Row]:
    """Gain of each event day [dollars]."""
    return [{"day": day.isoformat(), "pnl_usd": usd(gain)} for day, gain in sorted(gains.items())]


def _parts(tallies: Sequence[Tallies]) -> Iterator[tuple[str, Lead]]:
    """The whole, and by lead, city, and city and lead, what any of the runs traded."""
    yield ALL, ALL
    cities = [key for key in tallies[0].cities if any(one.cities[key].fills for one in tallies)]
    for city in (ALL, *cities):
        yield from ((city, lead) for lead in (*(() if city == ALL else (ALL,)), 1, 0))


def _part(tallied: Tallies, city: str, lead: Lead) -> Tally:
    if isinstance(lead, int):
        return tallied.by_lead[lead] if city == ALL else tallied.by_city_and_lead[city, lead]
    return tallied.total if city == ALL else tallied.cities[city]


def _rows(runs: Sequence[ComparedRun], tallies: Sequence[Tallies], city: str, lead: Lead, seed: int) -> Iterator[Row]:
    """What each run did in one part, and how its gain of a day differs from the first run's."""
    first = _part(tallies[0], city, lead).gains
    for run, tallied in zip(runs, tallies, strict=True):
        part = _part(tallied, city, lead)
        less = {day: gain - first[day] for day, gain in part.gains.items()}
        yield {
            "city": city,
            "lead": lead,
            "run": run.name,
            **part.to_json(seed),
            "less_first": None if run is runs[0] else {"usd": usd(sum(less.values())), **per_day(less, seed)},
        }


def _settings(runs: Sequence[ComparedRun]) -> Iterator[Row]:
    """Settings that are not the same in all runs, with the value of each; null where a run does not have one."""
    for of in ([run.asked for run in runs], [run.settings or {} for run in runs]):
        names = dict.fromkeys(name for values in of for name in values)
        if any(not values for values in of):
            continue
        for name in names:
            values = [one.get(name) for one in of]
            if any(value != values[0] for value in values):
                yield {"setting": name, "values": values}


def _assumptions(runs: Sequence[ComparedRun]) -> Iterator[Row]:
    """Assumptions that not all runs made, and whose they are."""
    texts = dict.fromkeys(text for run in runs for text in run.document.assumptions)
    for text in texts:
        whose = [run.name for run in runs if text in run.document.assumptions]
        if len(whose) < len(runs):
            yield {"assumption": text, "runs": whose}


def _warnings(runs: Sequence[ComparedRun], common: frozenset[str]) -> Iterator[str]:
    """What makes the runs differ beside what was meant to."""
    if len({run.document.window for run in runs}) > 1:
        yield f"the windows differ: {', '.join(f'{run.name} {_window(run)}' for run in runs)}"
    for run in runs:
        if left_out := len(run.events) - len(common):
            yield f"{run.name}: {left_out} events are left out, for they did not settle in every run"
    if len({run.document.lake for run in runs}) > 1:
        yield "the lakes differ, so differences may come of the data: " + _digests(runs, "lake")
    if len({run.document.config for run in runs}) > 1:
        yield "the settings differ: " + _digests(runs, "config")
    yield from (
        f"{run.name}: its folder has no {CONFIG}, so its settings are known by its assumptions alone; backtest it again"
        for run in runs
        if run.settings is None
    )


def _digests(runs: Sequence[ComparedRun], of: str) -> str:
    return ", ".join(f"{run.name} {getattr(run.document, of)[:12]}" for run in runs)


def _write(file: Path, page: str) -> None:
    aside = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(page, encoding="utf-8")
        aside.replace(file)
    except OSError as error:
        raise ReportError(f"{file} cannot be written ({error}); give another --html") from error
