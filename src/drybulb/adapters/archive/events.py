"""Events of a source: which have a ladder that tiles and exactly one YES, and why the others are refused.

Listings of old days often lack a leg, most often the winning one; a ladder with a hole would tell the result to
whoever looks at what is missing, so such an event is refused as a whole. A market's side comes from ``strike_type``
alone: ``T`` in a ticker stands for either tail. The ticker is only asked for its series, its event and its day.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from drybulb.adapters.archive.findings import Check
from drybulb.adapters.archive.rules import Rules
from drybulb.domain.bracket import Bracket, Ladder
from drybulb.errors import LadderError

Verdict = tuple[str, str]
"""Why an event is refused, and what exactly is wrong with it."""

_TICKER = r"^([A-Z]+)-+(\d{2}[A-Z]{3}\d{2})-"
"""Series, day and a strike, which may be negative; Austin's first day has two hyphens: ``HIGHAUS--23MAY11-T84``."""


def event_of_ticker() -> pl.Expr:
    """The event a ticker belongs to: its series and day."""
    return pl.concat_str(
        pl.col("ticker").str.extract(_TICKER, 1), pl.col("ticker").str.extract(_TICKER, 2), separator="-"
    )


def identity_checks(rules: Rules) -> list[Check]:
    """Checks that refuse a row whose city is unknown or whose ticker is not of its city, event and day.

    The rows have ``city`` (the exchange's code), ``place``, ``ticker``, ``event`` and ``day``.
    """
    series = pl.col("ticker").str.extract(_TICKER, 1).replace_strict(rules.series, default=None, return_dtype=pl.String)
    named_day = pl.col("ticker").str.extract(_TICKER, 2).str.to_titlecase().str.to_date("%y%b%d", strict=False)
    return [
        *[(f"no {name}", pl.col(name).is_null()) for name in ("ticker", "event", "day")],
        ("city is not in the configuration", ~pl.col("city").is_in(list(rules.keys)).fill_null(value=False)),
        ("ticker is not of the city's series", series.ne_missing(pl.col("place"))),
        ("ticker is not of its event", event_of_ticker().ne_missing(pl.col("event"))),
        ("ticker names another day", named_day.ne_missing(pl.col("day"))),
    ]


def with_brackets(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with ``low`` and ``high`` [°F inclusive], and ``fault`` where the strikes make no bracket."""
    names = ["strike_type", "floor", "cap"]
    strikes = rows.select(names).unique().sort(names)
    made = [(*given, *_bracket(*given)) for given in strikes.iter_rows()]
    schema = pl.Schema({**strikes.schema, "low": pl.Int32(), "high": pl.Int32(), "fault": pl.String()})
    return rows.join(pl.DataFrame(made, schema=schema, orient="row"), on=names, how="left", nulls_equal=True)


def _bracket(
    strike_type: str | None, floor: float | None, cap: float | None
) -> tuple[int | None, int | None, str | None]:
    try:
        bracket = Bracket.from_strikes(strike_type or "null", floor, cap)
    except LadderError as error:
        return None, None, str(error)
    return bracket.low, bracket.high, None


def judge(legs: pl.DataFrame, *, settled: bool) -> dict[str, Verdict]:
    """Return why each event that must be refused is refused.

    Args:
        legs: one row a market, with ``event``, ``place``, ``day``, ``ticker``, ``low``, ``high``, ``fault``, and
            where ``settled`` also ``result`` (yes, no) and ``value`` [°F], null where it is not known.
        settled: whether exactly one leg must have paid.
    """
    verdicts: dict[str, Verdict] = {}
    columns = ["place", "day", "ticker", "low", "high", "fault", *(["result", "value"] if settled else [])]
    for (event,), group in legs.sort("event", "ticker").partition_by("event", as_dict=True).items():
        verdict = _judge_ladder(group.select(columns).to_dicts(), settled=settled)
        if verdict is not None:
            verdicts[str(event)] = verdict
    return verdicts


def _judge_ladder(legs: list[dict[str, object]], *, settled: bool) -> Verdict | None:
    if len({(leg["place"], leg["day"]) for leg in legs}) > 1:
        return "legs of more than one city or day", f"{legs[0]['ticker']} … {legs[-1]['ticker']}"
    for leg in legs:
        if leg["fault"] is not None:
            return "a strike cannot be read", f"{leg['ticker']}: {leg['fault']}"
    try:
        Ladder.of(_as_bracket(leg) for leg in legs)
    except LadderError as error:
        return "ladder does not tile", str(error)
    return _judge_result(legs) if settled else None


def _as_bracket(leg: dict[str, object]) -> Bracket:
    low, high = leg["low"], leg["high"]
    return Bracket(low if isinstance(low, int) else None, high if isinstance(high, int) else None)


def _judge_result(legs: list[dict[str, object]]) -> Verdict | None:
    unknown = [leg for leg in legs if leg["result"] not in ("yes", "no")]
    if unknown:
        return "a result is neither yes nor no", f"{unknown[0]['ticker']}: {unknown[0]['result']!r}"
    winners = [leg for leg in legs if leg["result"] == "yes"]
    if len(winners) != 1:
        return "not exactly one YES", f"{len(winners)} of {len(legs)} legs paid"
    values = {leg["value"] for leg in legs if leg["value"] is not None}
    if len(values) > 1:
        return "legs settled at different values", f"{sorted(map(str, values))}"
    for value in values:
        won = _as_bracket(winners[0])
        if isinstance(value, float) and not won.contains(round(value)):
            return "settled value is outside the winning bracket", f"{value} °F is not in {won}"
    return None


def contradictions(legs: pl.DataFrame, listed: pl.DataFrame) -> dict[str, Verdict]:
    """Return the events of ``legs`` with a market whose strikes differ from those already ``listed``."""
    both = legs.join(listed.select("ticker", "low", "high"), on="ticker", suffix="_listed")
    differ = both.filter(
        pl.col("low").ne_missing(pl.col("low_listed")) | pl.col("high").ne_missing(pl.col("high_listed"))
    ).sort("event", "ticker")
    reason = "strikes contradict another file"
    return {row["event"]: (reason, str(row["ticker"])) for row in differ.iter_rows(named=True)}


def legs_hours_apart(legs: pl.DataFrame, time: str) -> dict[str, list[tuple[str, date, float]]]:
    """Return, by place, the events whose legs were quoted at different instants: event, day and spread [h]."""
    spread = (pl.col(time).max() - pl.col(time).min()).dt.total_minutes() / 60
    apart = legs.group_by("event", "place", "day").agg(spread.alias("hours")).filter(pl.col("hours") > 0)
    found: dict[str, list[tuple[str, date, float]]] = {}
    for event, place, day, hours in apart.sort("event").iter_rows():
        found.setdefault(place, []).append((event, day, hours))
    return found
