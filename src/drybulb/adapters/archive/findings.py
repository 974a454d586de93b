"""What became of the rows of a source: which were refused and why, and what a reader should know of the others.

Rows are refused by the first rule they break, counted by file, city and reason, with the row numbers and keys of the
first few. A whole event or a whole file is refused the same way. Rows in = rows out + rows refused, for every file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from drybulb.frames.schema import PARTITION_KEY, TABLES

EXAMPLES = 3
"""How many rows or events are named with each refusal."""

Check = tuple[str, pl.Expr]
"""A reason and the expression that is true where a row must be refused for it."""


DUPLICATED = "duplicated key"
CONTRADICTED = "rows of one key contradict each other"


def _text(rows: pl.DataFrame, column: str) -> pl.Expr:
    """A value as a person writes it."""
    if isinstance(rows.schema[column], pl.Datetime):
        return pl.col(column).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return pl.col(column).cast(pl.String)


def repeated(rows: pl.DataFrame, key: Sequence[str]) -> tuple[pl.Series, pl.Series]:
    """Return the numbers of rows that say again what another says, and of rows that contradict another.

    Of rows with one key and the same values one stays, the first in the file. Where values differ nobody can tell
    which is right, so none of them stays: keeping one would let a file's order, or chance, choose a label.
    """
    again = rows.filter(pl.struct(key).is_duplicated())
    nested = [name for name, dtype in rows.schema.items() if dtype.is_nested()]
    plain = again.with_columns(pl.col(name).map_elements(repr, return_dtype=pl.String) for name in nested)
    values = [name for name in rows.columns if name not in {*key, "row"}]
    differ = (pl.struct(values).n_unique().over(*key) > 1) if values else pl.lit(value=False)
    judged = plain.sort("row").with_columns(_differs=differ)
    same = judged.filter(~pl.col("_differs"))
    return same.filter(~pl.struct(key).is_first_distinct())["row"], judged.filter("_differs")["row"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Things of one file and city refused for one reason.

    Attributes:
        file: name of the file.
        city: city key, the neighbour station, the text found where no city was known, or ``all``.
        reason: the rule that was broken.
        unit: what is counted: ``row``, ``event``, ``value`` (the row stays, without it) or ``file``.
        count: how many were refused.
        of: how many there were.
        rows: rows of the file that were lost by it.
        examples: the first few, named.
    """

    file: str
    city: str
    reason: str
    unit: str
    count: int
    of: int
    rows: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Something of a file and city that was kept and should be known, with a count and examples."""

    file: str
    city: str
    what: str
    count: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """Rows of one file and city, with the days they span."""

    file: str
    city: str
    rows: int
    first: date
    last: date


@dataclass(slots=True)
class Findings:
    """Collects what became of the rows of the files of one import.

    Attributes:
        stations: what the rows of a station are counted under.
    """

    stations: Mapping[str, str] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)

    def open(self, file: str, rows: pl.DataFrame, day: str) -> None:
        """Count the rows of a file by ``place``, with the first and last ``day``."""
        spans = rows.group_by("place").agg(
            pl.len(), pl.col(day).cast(pl.Date).min().alias("first"), pl.col(day).cast(pl.Date).max().alias("last")
        )
        for place, count, first, last in spans.sort("place").iter_rows():
            if first is not None:
                self.tallies[file, place] = Tally(file, place, count, first, last)

    def refuse_file(self, file: str, reason: str, rows: int = 0, examples: Sequence[str] = ()) -> None:
        """Refuse a whole file."""
        self.refusals.append(Refusal(file, "all", reason, "file", 1, 1, rows, tuple(examples)))

    def drop(
        self, file: str, rows: pl.DataFrame, checks: Iterable[Check], key: Sequence[str], unique: Sequence[str] = ()
    ) -> pl.DataFrame:
        """Return the rows that pass every check; the others are counted under the first check they fail.

        Args:
            file: name of the file.
            rows: with ``row`` (number in the file) and ``place``.
            checks: reasons and expressions, in order.
            key: columns that name a row to a person.
            unique: columns in which no two rows that pass may agree; see :func:`repeated`.
        """
        verdict: pl.Expr = pl.lit(None, dtype=pl.String)
        for reason, broken in reversed(list(checks)):
            verdict = pl.when(broken).then(pl.lit(reason)).otherwise(verdict)
        judged = rows.with_columns(_reason=verdict)
        if unique:
            again, contrary = repeated(judged.filter(pl.col("_reason").is_null()).drop("_reason"), unique)
            judged = judged.with_columns(
                _reason=pl.when(pl.col("row").is_in(again.implode()))
                .then(pl.lit(DUPLICATED))
                .when(pl.col("row").is_in(contrary.implode()))
                .then(pl.lit(CONTRADICTED))
                .otherwise("_reason")
            )
        self._count(file, judged.filter(pl.col("_reason").is_not_null()), key)
        return judged.filter(pl.col("_reason").is_null()).drop("_reason")

    def _count(self, file: str, refused: pl.DataFrame, key: Sequence[str]) -> None:
        name = pl.concat_str([_text(refused, c).fill_null("null") for c in key], separator=" ")
        named = refused.sort("row").select("place", "_reason", _name=pl.format("row {} ({})", "row", name))
        for (place, reason), group in named.group_by("place", "_reason"):
            self.rows_refused(file, str(place), str(reason), group.height, group["_name"].head(EXAMPLES).to_list())

    def rows_refused(self, file: str, place: str, reason: str, count: int, examples: Sequence[str]) -> None:
        """Count refused rows of a place."""
        self.refusals.append(
            Refusal(file, place, reason, "row", count, self._rows(file, place), count, tuple(examples))
        )

    def drop_events(self, file: str, rows: pl.DataFrame, reasons: Mapping[str, tuple[str, str]]) -> pl.DataFrame:
        """Return the rows of events that are not refused.

        Args:
            file: name of the file.
            rows: with ``event`` and ``place``.
            reasons: by event, the reason and what exactly is wrong.
        """
        events = rows.group_by("event", "place").len("rows").sort("event")
        total = dict(events.group_by("place").len().iter_rows())
        found = [
            (place, reasons[event][0], count, f"{event}: {reasons[event][1]}")
            for event, place, count in events.iter_rows()
            if event in reasons
        ]
        groups: dict[tuple[str, str], list[tuple[int, str]]] = {}
        for place, reason, count, example in found:
            groups.setdefault((place, reason), []).append((count, example))
        for (place, reason), group in groups.items():
            lost = sum(count for count, _ in group)
            named = tuple(example for _, example in group[:EXAMPLES])
            self.refusals.append(Refusal(file, place, reason, "event", len(group), total[place], lost, named))
        return rows.filter(~pl.col("event").is_in(list(reasons)))

    def drop_values(self, file: str, rows: pl.DataFrame, column: str, check: Check, key: Sequence[str]) -> pl.DataFrame:
        """Return the rows with ``column`` emptied where the check holds; the values are counted, the rows stay."""
        reason, broken = check
        bad = rows.filter(broken).sort("row")
        name = pl.concat_str([_text(rows, c) for c in (*key, column)], separator=" ")
        for (place,), group in bad.with_columns(_name=pl.format("row {} ({})", "row", name)).group_by("place"):
            some = tuple(group["_name"].head(EXAMPLES))
            of = rows.filter(pl.col("place") == place)[column].count()
            self.refusals.append(Refusal(file, str(place), reason, "value", group.height, of, 0, some))
        return rows.with_columns(pl.when(broken).then(None).otherwise(pl.col(column)).alias(column))

    def note(self, file: str, place: str, what: str, count: int, examples: Sequence[str] = ()) -> None:
        """Record something that was kept and should be known."""
        self.notes.append(Note(file, place, what, count, tuple(examples)))

    def conform(self, file: str, table: str, rows: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
        """Return ``rows`` as ``table`` with its types; rows that break a rule of the table are refused by its name.

        The readers' own checks come first and name what is wrong in the source's terms; this is the net below them.
        """
        schema = TABLES[table]
        good, failed = schema.filter(rows.select(schema.column_names()), cast=True)
        if len(failed):
            column = PARTITION_KEY.get(table, "city")
            rules = [pl.when(pl.col(c) != "valid").then(pl.lit(c)) for c in sorted(failed.counts())]
            named = failed.details().select(
                pl.col(column).alias("place"),
                pl.concat_str(rules, separator=", ", ignore_nulls=True).alias("rules"),
                pl.concat_str([_text(rows, c) for c in key], separator=" ").alias("name"),
            )
            for (place, broken), group in named.group_by("place", "rules"):
                where = self.stations.get(str(place), str(place))
                some = group["name"].sort().head(EXAMPLES).to_list()
                self.rows_refused(file, where, f"breaks the rules of {table}: {broken}", group.height, some)
        return good

    def lost(self, file: str, place: str) -> dict[str, int]:
        """Rows of a file and place that were lost, by reason."""
        lost: dict[str, int] = {}
        for refusal in self.refusals:
            if (refusal.file, refusal.city) == (file, place) and refusal.rows:
                lost[refusal.reason] = lost.get(refusal.reason, 0) + refusal.rows
        return lost

    def _rows(self, file: str, place: str) -> int:
        tally = self.tallies.get((file, place))
        return tally.rows if tally else 0
