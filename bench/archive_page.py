"""The page of what was measured on the recorded archive, from the documents the commands printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Document = dict[str, Any]

HEAD = """\
# What was measured on the recorded archive

Written by `make results` from the commands' own documents; run again it does not change. Trained on what was known
by 2024-11-17 12:00 UTC, embargo of two days; event days 2024-11-20 to 2025-02-28. Intervals are 90 %, from
resampling calendar days with all cities of a day together. CRPS is in °F on whole degrees; RPS is the sum over the
listed ladder, log score in nats with a floor of 0.1 %, both lower is better. Clocks are local standard time.

The window was looked at more than once while S was built ([decision 0003](../decisions/0003-s.md)): what follows shows
the pipeline at work and is no locked test.

"""


def _number(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:,.{digits}f}".replace("-", "−")


def _dollars(value: float) -> str:
    return f"{'−' if value < 0 else ''}${abs(value):,.2f}"


def _interval(pair: Sequence[float] | None, digits: int = 3) -> str:
    return "–" if pair is None else f"{_number(pair[0], digits)} … {_number(pair[1], digits)}"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    rule = "|" + "|".join("---" if i == 0 else "---:" for i in range(len(columns))) + "|"
    return ["| " + " | ".join(columns) + " |", rule, *("| " + " | ".join(row) + " |" for row in rows), ""]


def _words(key: str) -> str:
    return key.replace("_", " ")


def _data(coverage: Document, imported: Document) -> list[str]:
    usable = coverage["usable"]
    names = list(next(iter(usable.values())))
    lines = ["## What there is", "", "Days (and events) a model or a backtest of each city could use.", ""]
    lines += _table(
        ("", *(_words(city) for city in usable)),
        [(_words(name), *(f"{days[name]:,}" for days in usable.values())) for name in names],
    )
    lines += ["Refused by the import, each row counted once:", ""]
    rows = [
        (
            r["file"].removesuffix(".parquet"),
            _words(r["city"]),
            f"{r['count']:,} of {r['of']:,} {r['unit']}s",
            r["reason"],
        )
        for r in imported["refusals"]
    ]
    return lines + _table(("file", "city", "refused", "reason"), rows)


def _scores(rows: Sequence[Document], names: Sequence[str], metric: str) -> list[str]:
    """A line a city and clock: events, then each forecaster's mean with its interval."""
    keys = list(dict.fromkeys((r["city"], r["lead"], r["clock"]) for r in rows))
    lines = []
    for key in keys:
        found = {r["forecaster"]: r for r in rows if (r["city"], r["lead"], r["clock"]) == key}
        cells = [
            f"{_number(mine[metric])} ({_interval(mine['ci90'][metric], 2)})" if (mine := found.get(name)) else "–"
            for name in names
        ]
        events = str(next(iter(found.values()))["n_events"])
        lines.append((_words(key[0]), _clock(key[1], key[2]), events, *cells))
    return _table(("city", "clock", "events", *(_words(name) for name in names)), lines)


def _clock(lead: int, clock: str) -> str:
    return f"D{'−1' if lead else ''} {clock}"


def _models(verified: Document) -> list[str]:
    lines = ["## Forecasts", "", "CRPS by city, lead and clock; every forecaster of a line on the same events.", ""]
    chosen = [r for r in verified["rows"] if r["paired_with"] is None]
    return lines + _scores(chosen, ("hybrid", "S", "emos", "guidance_error", "persistence", "climatology"), "crps")


def _verdicts(verified: Document) -> list[str]:
    found = [
        c for c in verified["comparisons"] if c["paired_with"] is None and c["clock"] != "all" and c["city"] != "all"
    ]
    lines = ["### Who is better?", "", "Paired differences of CRPS, over all cities and clocks where all speak.", ""]
    pairs = [("S", name) for name in ("climatology", "persistence", "guidance_error", "emos")]
    for forecaster, reference in [*pairs, ("hybrid", "emos"), ("hybrid", "S")]:
        mine = [c for c in found if (c["forecaster"], c["reference"]) == (forecaster, reference)]
        better = sum(c["ci90"][1] < 0 for c in mine)
        worse = [c for c in mine if c["ci90"][0] > 0]
        said = f"- {forecaster} against {_words(reference)}: clearly better at {better} of {len(mine)} city-clocks"
        said += f", clearly worse at {len(worse)}"
        if worse:
            said += ": " + ", ".join(f"{_words(c['city'])} {_clock(c['lead'], c['clock'])}" for c in worse)
        lines.append(said + ".")
    return [*lines, ""]


def _verdict(forecaster: str, interval: Sequence[float]) -> str:
    if interval[1] < 0:
        return f"{forecaster} is better"
    return "the market is better" if interval[0] > 0 else "too early to say"


def _market(verified: Document) -> list[str]:
    lines = [
        "## Beside the market",
        "",
        "RPS of the listed ladder, on events and clocks where the exchange was open and the ladder whole. At the clock",
        "`quote` the market's prices are one real quote a day; elsewhere they are what the last prints show.",
        "",
    ]
    chosen = [r for r in verified["rows"] if r["paired_with"] == "market"]
    lines += _scores(chosen, ("market", "hybrid", "S", "emos", "ladder_centre"), "rps")
    for c in verified["comparisons"]:
        if (c["reference"], c["clock"]) == ("market", "all"):
            where = f"{_words(c['city'])}, {'the day before' if c['lead'] else 'the event day'}"
            found = f"{c['forecaster']} − market {_number(c['difference'])} ({_interval(c['ci90'])})"
            lines.append(f"- {where}: {found}, {_verdict(c['forecaster'], c['ci90'])}.")
    return [*lines, ""]


def _money(name: str, run: Document) -> list[str]:
    legs = {**run["cities"], "total": run["total"], **{f"lead {k}": v for k, v in run["by_lead"].items()}}
    rows = []
    for leg, made in legs.items():
        per_day = made["pnl_per_day"]
        rows.append(
            (
                _words(leg),
                str(made.get("events", "–")),
                f"{made['orders']:,}",
                f"{made['fills']:,}",
                _number(made["fees_usd"], 2),
                _number(made["pnl_usd"], 2),
                _interval(per_day["ci90"] if per_day else None, 2),
                _number(made["max_drawdown_usd"], 2),
            )
        )
    columns = ("", "events", "orders", "fills", "fees $", "P&L $", "P&L a day $, 90 %", "max drawdown $")
    lines = [f"### Policy {name}", "", *_table(columns, rows)]
    refused = [
        f"{_words(city)}: {n} events, {reason}"
        for city, leg in run["cities"].items()
        for reason, n in leg["refused"].items()
    ]
    return [*lines, *([f"Not replayed: {'; '.join(refused)}.", ""] if refused else [])]


def _backtests(documents: Document) -> list[str]:
    runs = {d["policy"]: d for name, d in documents.items() if name.startswith("backtest")}
    first = next(iter(runs.values()))
    lines = ["## Backtests", "", "Assumed:", "", *(f"- {said}" for said in first["assumptions"]), ""]
    for name, run in runs.items():
        if name == "never":
            lines += [
                "### Policy never",
                "",
                f"{run['total']['fills']} fills, P&L {_number(run['total']['pnl_usd'], 2)}.",
                "",
            ]
            continue
        lines += _money(name, run)
    return lines


def _plainly(documents: Document) -> list[str]:
    lines = ["## In plain words", ""]
    worse = [
        c
        for c in documents["verify"]["comparisons"]
        if c["reference"] == "market" and (c["city"], c["clock"]) == ("all", "all") and c["ci90"][0] > 0
    ]
    lines += [
        f"- At both leads the market's own probabilities were clearly better than those of {name}."
        for name in ("S", "hybrid")
        if len([c for c in worse if c["forecaster"] == name]) == 2
    ]
    for name, run in documents.items():
        interval = (run["total"]["pnl_per_day"] or {}).get("ci90") if name.startswith("backtest") else None
        if interval is None or run["policy"] == "never":
            continue
        sure = "lost" if interval[1] < 0 else "gained" if interval[0] > 0 else "too early to say"
        lines.append(
            f"- Trading on {run['policy']}: {_dollars(run['total']['pnl_usd'])} on {run['total']['events']} events,"
            f" {_interval(interval, 2)} a day: {sure}."
        )
    idle = [city for city, leg in documents["backtest"]["cities"].items() if not leg["fills"]]
    lines.append(
        f"- S traded nothing in {', '.join(_words(c) for c in idle)}: no inputs, no markets or nothing to fill."
    )
    return [*lines, ""]


def page(documents: Document) -> str:
    """Return the page in Markdown.

    Args:
        documents: by step, what each command printed with ``--json``.
    """
    parts = [
        _plainly(documents),
        _data(documents["coverage"], documents["import"]),
        _models(documents["verify"]),
        _verdicts(documents["verify"]),
        _market(documents["verify"]),
        _backtests(documents),
    ]
    return HEAD + "\n".join(line for part in parts for line in part).rstrip() + "\n"
