"""The recorded archive: eight Parquet files, read in a fixed order into tables; what breaks a rule is refused.

    sessions.py       the exchange's hours                 quotes.py        daily quotes and polls
    markets.py        listings, settlements                books.py         order books
    events.py         ladders that tile, exactly one YES   prints.py        the tape
    titles.py         strikes from a poll's title          official.py      official highs
    sources.py        a file and its columns, or refused   guidance.py      forecasts by others
    findings.py       what became of every row             observations.py  readings of stations

The files are one unit: prints need the markets that stand in three other files. Whatever the order of the files in
the folder, or of the rows in a file, the tables are the same; a file whose rows go back in time is sorted and noted.

Where each trap of the archive goes:

    another station near by        stays under its own name, never the city's             (observations, guidance)
    readings miss the peak         maximum groups are kept without a reading              (observations)
    when a row was known           the latency table, or received                         (all)
    ladders with a missing leg     the whole event is refused, with its prints            (events, prints)
    results known only later       in settlements alone, after the climate day            (markets)
    prints of unlisted markets     refused, counted by city                               (prints)
    nights in which it was shut    sessions; a print outside them is refused              (sessions, prints)
    legs hours apart               each keeps its time, the events are counted            (quotes)
    polls without a result         no settlement; an official high can label them         (quotes, official)
    strikes only in a title        parsed in both wordings, the ladder is checked         (titles)
    hours that nobody listed       assumed from the settings                              (markets)
    settled value not the record   both are kept, the day is noted                        (official)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import polars as pl

from drybulb.adapters.archive import books, guidance, markets, observations, official, prints, quotes
from drybulb.adapters.archive.findings import Findings
from drybulb.adapters.archive.ledger import ingest_ledger
from drybulb.adapters.archive.markets import Legs
from drybulb.adapters.archive.rules import Rules
from drybulb.adapters.archive.sessions import sessions
from drybulb.errors import ImportFailed
from drybulb.frames.schema import empty

FILES = (
    markets.FILE,
    quotes.DAILY,
    quotes.POLLS,
    books.FILE,
    prints.FILE,
    official.FILE,
    guidance.FILE,
    observations.FILE,
)
"""The files of the archive, in the order in which they are read."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows for one table.

    Attributes:
        table: its name.
        file: the file they come from.
        frame: rows that satisfy the table's class.
    """

    table: str
    file: str
    frame: pl.DataFrame


_NAMED_BY = {
    "markets": ("ticker",),
    "settlements": ("ticker",),
    "quotes": ("ticker", "at"),
    "books": ("ticker", "at"),
    "prints": ("trade_id",),
    "official": ("station", "day"),
    "guidance": ("station", "day", "source"),
    "observations": ("station", "valid_at"),
}
"""Columns that name a refused row of a table to a person."""


def read_archive(folder: Path, rules: Rules, findings: Findings) -> Iterator[Part]:
    """Yield the tables of an archive, one part at a time, in a fixed order.

    Args:
        folder: holds the files of ``FILES``; a missing one is refused, the others are read.
        rules: what the readers are told.
        findings: where refusals and notes are recorded; complete when the last part was taken.

    Raises:
        ImportFailed: the folder has none of the files.
    """
    if not any((folder / name).is_file() for name in FILES):
        raise ImportFailed(f"{folder} holds none of {', '.join(FILES)}; give the folder of the archive")
    _note_strangers(folder, findings)
    hours = sessions(rules)
    yield Part("sessions", "settings", hours)
    settled = empty("settlements")
    for part in chain(_exchange(folder, hours, rules, findings), _weather(folder, rules, findings)):
        frame = findings.conform(part.file, part.table, part.frame, _NAMED_BY[part.table])
        if part.table == "settlements":
            settled = frame
        if part.table == "official":
            official.note_disagreements(frame, settled, rules, findings)
        yield Part(part.table, part.file, frame)
    yield Part("ingest_ledger", "settings", ingest_ledger(folder, rules, findings))


def _note_strangers(folder: Path, findings: Findings) -> None:
    for stranger in sorted(path.name for path in folder.glob("*.parquet") if path.name not in FILES):
        findings.note(stranger, "all", "file is not one of the archive's; not read", 1)


def _exchange(folder: Path, hours: pl.DataFrame, rules: Rules, findings: Findings) -> Iterator[Part]:
    """Markets, settlements, quotes, books and prints, which need each other."""
    listed: list[Legs] = []
    quoted: list[tuple[str, pl.DataFrame]] = []
    listings = markets.read_listings(folder, rules, findings)
    if listings is not None:
        listed.append(listings)
    daily = quotes.read_daily(folder, hours, listed, rules, findings)
    if daily is not None:
        listed.append(daily[0])
        quoted.append((quotes.DAILY, daily[1]))
    captures = books.read_books(folder, rules, findings)
    closes = books.closes_of(captures)
    polls = quotes.read_polls(folder, listed, closes, rules, findings)
    if polls is not None:
        listed.append(polls[0])
        quoted.append((quotes.POLLS, polls[1]))
    legs, captures = books.accept(captures, listed, findings)
    listed.append(legs)
    combined = markets.combine(listed)
    traded = markets.markets(combined, rules)
    yield Part("markets", markets.FILE, traded)
    yield Part("settlements", markets.FILE, markets.settlements(combined, rules))
    depth = books.books(captures)
    yield Part("books", books.FILE, depth)
    for file, frame in (*quoted, (books.FILE, books.best_quotes(depth))):
        yield Part("quotes", file, frame)
    tape = prints.read_prints(folder, traded.rename({"place": "_place"}), hours, listed, rules, findings)
    if tape is not None:
        yield Part("prints", prints.FILE, tape)


def _weather(folder: Path, rules: Rules, findings: Findings) -> Iterator[Part]:
    """Official highs, guidance and observations."""
    highs = official.read_official(folder, rules, findings)
    if highs is not None:
        yield Part("official", official.FILE, highs)
    forecasts = guidance.read_guidance(folder, rules, findings)
    if forecasts is not None:
        yield Part("guidance", guidance.FILE, forecasts)
    readings = observations.read_observations(folder, rules, findings)
    if readings is not None:
        yield Part("observations", observations.FILE, readings)
