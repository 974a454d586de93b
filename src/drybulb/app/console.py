"""Results as tables for people; the same documents that ``--json`` prints."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import wrap
from typing import Any

from rich.console import Console

from drybulb.app import (
    anchor_tables,
    belief_markout_tables,
    mispricing_tables,
    pooling_table,
    probing_tables,
    swept_tables,
    tuned_tables,
    walked_tables,
    watch_tables,
    worth_words,
)
from drybulb.app.compare_words import setting_sections, terminal_sections
from drybulb.app.console_tables import print_notes as _notes
from drybulb.app.console_tables import print_table as _table
from drybulb.app.explained_tables import sections
from drybulb.app.results import shown

Document = dict[str, Any]

_SHORT_ID = 7
"""So much of a model's id stands in the table; --why has the whole [characters]."""


def _money(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f}"


def _count(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f}".removesuffix(".00")


def _named(key: str) -> str:
    return key.replace("_", " ")


def _score(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _interval(pair: list[float] | None, digits: int = 2) -> str:
    return "–" if pair is None else f"{pair[0]:,.{digits}f} … {pair[1]:,.{digits}f}"


def _import(console: Console, doc: Document) -> None:
    columns = ("read", "added", "unchanged")
    _table(console, "tables", ("table", *columns), [(t, *(v[c] for c in columns)) for t, v in doc["tables"].items()])
    rows = [
        (
            r["file"].removesuffix(".parquet"),
            r["city"],
            r["count"],
            r["of"],
            r["unit"],
            ": ".join((r["reason"], *r["examples"][:1])),
        )
        for r in doc["refusals"]
    ]
    _table(console, "refused", ("file", "city", "refused", "of", "", "reason"), rows)
    _notes(console, [f"{n['file']} {n['city']}: {n['count']:,} {n['note']}" for n in doc["notes"]])
    _usable(console, doc["usable"])


def _usable(console: Console, usable: dict[str, Document]) -> None:
    if not usable:
        return
    names = list(next(iter(usable.values())))
    rows = [(_named(name), *(days[name] for days in usable.values())) for name in names]
    _table(console, "what a model could use", ("", *(_named(city) for city in usable)), rows)


def _coverage(console: Console, doc: Document) -> None:
    columns = ("table", "key", "rows", "first", "last", "months", "missing_months")
    rows = [tuple(len(r[c]) if isinstance(r[c], list) else r[c] for c in columns) for r in doc["tables"]]
    _table(console, "lake", [_named(c) for c in columns], rows)
    _usable(console, doc["usable"])


def _verify(console: Console, doc: Document) -> None:
    console.print(f"window {doc['window'][0]} … {doc['window'][1]}; 90 % intervals by calendar day")
    for paired_with, title in (
        (None, "models, on the same events"),
        ("market", "beside the market, on the same events"),
    ):
        rows = [
            (
                _named(r["city"]),
                f"D{'-1' if r['lead'] else ''} {r['clock']}",
                _named(r["forecaster"]),
                r["n_events"],
                _score(r["crps"]),
                _interval(r["ci90"]["crps"]),
                *(_score(r[name]) for name in ("rps", "log_score", "mae", "within_2")),
            )
            for r in doc["rows"]
            if r["paired_with"] == paired_with and (r["clock"] == "all" or paired_with)
        ]
        columns = ("city", "clock", "forecaster", "events", "CRPS", "90 %", "RPS", "log", "MAE", "within 2")
        _table(console, title, columns, rows)
    _notes(console, doc["notes"])


def _calibration(console: Console, doc: Document) -> None:
    console.print(f"window {doc['window'][0]} … {doc['window'][1]}")
    console.print("calibrated: covers 50, 80 and 90 %; gamma 1; PIT as far from flat as by chance")
    rows = [
        (
            _named(r["city"]),
            f"D{'-1' if r['lead'] else ''} {r['clock']}",
            _named(r["forecaster"]),
            r["n_events"],
            *(
                f"{value:.2f}"
                for value in (r["pit_deviation"], r["pit_deviation_chance"], *(c["covered"] for c in r["coverage"]))
            ),
            _score(r["sd"]),
            _score(r["gamma"]),
        )
        for r in doc["rows"]
    ]
    columns = ("city", "clock", "forecaster", "n", "PIT", "chance", "50 %", "80 %", "90 %", "sd °F", "gamma")
    _table(console, "calibration, on the same events", columns, rows)
    _notes(console, doc["notes"])


def _mispricing(console: Console, doc: Document) -> None:
    console.print(f"window {doc['window'][0]} … {doc['window'][1]}; 90 % intervals by calendar day")
    for section in mispricing_tables.sections(doc):
        _table(console, section.title, section.columns, section.rows)
    for sentence in doc["sentences"]:
        console.print(sentence, style="bold", highlight=False, soft_wrap=True)
    _notes(console, doc["notes"])


def _models(console: Console, doc: Document) -> None:
    asked = doc["rules"]
    for line in (
        f"as of {_hour(doc['at'])}; all instants are UTC",
        f"asked for: {asked['min_events']:,} events, a log score at most {asked['max_loss']} nats worse than S,",
        f"an age of at most {asked['max_model_age_days']} days; gain: log score of S less the model's, out of fold",
    ):
        console.print(line, highlight=False)
    rows = [
        (
            r["name"],
            r["id"][:_SHORT_ID],
            _hour(r["until"]),
            _hour(r["last_known_at"]),
            r["events"],
            "–" if r["gain"] is None else f"{r['gain']:+.3f}",
            r["verdict"],
        )
        for r in doc["rows"]
    ]
    columns = ("model", "id", "until", "last known", "events", "gain", "verdict")
    _table(console, "stored models", columns, rows)
    _table(console, pooling_table.TITLE, pooling_table.COLUMNS, pooling_table.rows(doc))
    for row in (r for r in doc["rows"] if doc["why"] and r["reasons"]):
        console.print(f"{row['name']} {row['id']}", style="bold", highlight=False)
        for reason in row["reasons"]:
            for line in wrap(reason, console.width - 2, break_long_words=False, break_on_hyphens=False):
                console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)
    nobody = [f"{name}: nobody serves; {why}" for name, why in doc["missing"].items()]
    _notes(console, [*pooling_table.notes(doc), *nobody])


def _hour(instant: str | None) -> str:
    """An instant to the hour, or to the minute where it is not a whole hour."""
    if instant is None:
        return "–"
    return instant[:13] if instant[14:19] == "00:00" else instant[:16]


def _predict(console: Console, doc: Document) -> None:
    head = f"{doc['city']} {doc['day']} as of {doc['at']} (lead {doc['lead']})"
    console.print(f"[bold]{head}[/bold]: {doc['source']} – {doc['reason']}")
    if doc["mean"] is not None:
        spread = ", ".join(f"{level} {degree}°" for level, degree in doc["quantiles"].items())
        console.print(f"mean {doc['mean']:.2f} °F; quantiles {spread}")
    rows = [(r["ticker"], r["bracket"], r["probability"], r["market"], r["pooled"]) for r in doc["ladder"]]
    _table(console, "ladder", ("market", "bracket", "belief", "the market's", "pool"), rows)
    _notes(console, [f"anchor: {doc['anchor']['why']}"] if doc["anchor"] else [])
    shown = [(p["degree"], p["probability"], "█" * round(60 * p["probability"])) for p in doc["pmf"]]
    _table(console, "belief", ("°F", "probability", ""), [r for r in shown if r[1] >= 0.0005])
    _table(console, "inputs", ("input", "value"), list(doc["inputs"].items()))
    if doc["explanation"] is not None:
        for section in sections(doc["explanation"]):
            _table(console, section.title, section.columns, section.rows)


def _backtest(console: Console, doc: Document) -> None:
    clocks = f", deciding at {' and '.join(doc['decide_at'])} only" if doc["decide_at"] else ""
    who = f"[bold]{doc['policy']}[/bold], fills {doc['fills']},"
    console.print(f"{who} {doc['window'][0]} … {doc['window'][1]}{clocks}; run {doc['run']}")
    for name, folder in doc["challengers"].items():
        console.print(f"beside it: {name}; run {folder}", highlight=False, soft_wrap=True)
    columns = ("fees_usd", "pnl_usd", "max_drawdown_usd")
    legs = {**doc["cities"], "total": doc["total"], **{f"lead {k}": v for k, v in doc["by_lead"].items()}}
    rows = [
        (
            _named(name),
            *(leg.get(c) for c in ("events", "orders", "fills")),
            _count(leg.get("contracts")),
            *(_money(leg.get(c)) for c in columns),
            _interval((leg.get("pnl_per_day") or {}).get("ci90"), digits=0),
        )
        for name, leg in legs.items()
    ]
    names = ("", "events", "orders", "fills", "contracts", "fees $", "P&L $", "max drawdown $", "P&L a day $, 90 %")
    _table(console, "result", names, rows)
    _worth(console, doc)
    for title, field in (("beliefs", "beliefs"), ("refused", "refused")):
        found = [(n, k, v) for n, leg in doc["cities"].items() for k, v in leg[field].items()]
        _table(console, title, ("city", "source" if field == "beliefs" else "reason", "count"), found)


def _worth(console: Console, doc: Document) -> None:
    worth = worth_words.in_terminal(doc)
    _table(console, worth.title, worth.columns, worth.rows)
    for line in worth_words.in_words(doc):
        console.print(line, highlight=False, soft_wrap=True)


def _compare(console: Console, doc: Document) -> None:
    for line in doc["found"]:
        console.print(line, highlight=False, soft_wrap=True)
    for section in (*terminal_sections(doc), worth_words.compared_in_terminal(doc), *setting_sections(doc)):
        _table(console, section.title, section.columns, section.rows)
    _notes(console, doc["warnings"])


def _results(console: Console, doc: Document) -> None:
    _table(console, "replays", shown.COLUMNS, shown.rows(doc))
    for line in shown.lines(doc):
        console.print(line, highlight=False, soft_wrap=True)


def _dense(console: Console, doc: Document) -> None:
    rows = [
        (city, len(d["months_built"]), len(d["months_skipped"]), d["rows"], d["candles"], d["reason"])
        for city, d in doc["cities"].items()
    ]
    _table(console, "dense", ("city", "months built", "unchanged", "rows", "candles", "nothing because"), rows)


def _train(console: Console, doc: Document) -> None:
    console.print(f"model {doc['model']} until {doc['until']}, last known {doc['last_known_at']}")
    columns = ("city", "forecaster", "days", "crps", "crps_out_of_fold", "log_score_out_of_fold")
    rows = [tuple(card[name] for name in columns) for card in doc["cards"] if card["days"]]
    _table(console, "cards", ("city", "forecaster", "days", "CRPS", "out of fold", "log, out of fold"), rows)
    grown = [
        (m["name"], m["n_events"], m["crps"]["model"], m["crps"]["S"], m["log_score"]["model"], m["log_score"]["S"])
        for m in doc["models"]
    ]
    _table(console, "grown on S, scored out of fold", ("model", "events", "CRPS", "of S", "log score", "of S "), grown)
    for name, why in doc["missing"].items():
        console.print(f"{name}: not grown, {why}", highlight=False, soft_wrap=True)
    _notes(console, doc["notes"])


def _anchor(console: Console, doc: Document) -> None:
    for section in anchor_tables.sections(doc):
        _table(console, section.title, section.columns, section.rows)
    _notes(console, doc["notes"])


def _watch(console: Console, doc: Document) -> None:
    for line in watch_tables.head(doc):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    for section in watch_tables.sections(doc):
        _table(console, section.title, section.columns, section.rows)
    _notes(console, doc["notes"])


def _belief_markouts(console: Console, doc: Document) -> None:
    for section in belief_markout_tables.sections(doc):
        _table(console, section.title, section.columns, section.rows)
    _notes(console, doc["notes"])


def _tune(console: Console, doc: Document) -> None:
    for line in tuned_tables.head(doc):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    _table(console, "configurations, the best first", tuned_tables.COLUMNS, tuned_tables.rows(doc))
    for line in tuned_tables.tail(doc):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _demo(console: Console, doc: Document) -> None:
    for line in doc["lines"]:
        console.print(line, highlight=False, soft_wrap=True)


def _config(console: Console, doc: Document) -> None:
    console.print(f"lake: {doc['lake']}", highlight=False, soft_wrap=True)
    for name, block in doc["config"].items():
        items = block.items() if isinstance(block, dict) else enumerate(block)
        rows = [
            (f"{key}.{inner}" if inner else str(key), str(value))
            for key, found in items
            for inner, value in (found.items() if isinstance(found, dict) else (("", found),))
        ]
        _table(console, name, ("key", "value"), rows)


def _plain(console: Console, doc: Document) -> None:
    _table(console, doc["schema"], ("", ""), [(k, str(v)) for k, v in doc.items() if k != "schema"])


_VIEWS: dict[str, Callable[[Console, Document], None]] = {
    "import": _import,
    "coverage": _coverage,
    "dense": _dense,
    "verify": _verify,
    "calibration": _calibration,
    "mispricing": _mispricing,
    "models": _models,
    "anchor": _anchor,
    "watch": _watch,
    "belief_markouts": _belief_markouts,
    "predict": _predict,
    "backtest": _backtest,
    "compare": _compare,
    "train": _train,
    "tune": _tune,
    "results": _results,
    "demo": _demo,
    "scan": probing_tables.show,
    "lookahead": probing_tables.show,
    "sweep": swept_tables.show,
    "walkforward": walked_tables.show,
    "config": _config,
}


def show(document: Document) -> None:
    """Print a result document as tables on stdout."""
    verb = document["schema"].split("/")[0]
    _VIEWS.get(verb, _plain)(Console(), document)
