"""The page of the lake's tables, written from their classes."""

from __future__ import annotations

import inspect

import dataframely as dy

from drybulb.frames.schema import PARTITION_KEY, PARTITION_TIME, TABLES, Known

HEAD = """\
# The tables of the lake

One Parquet file a table, key and month: `LAKE/<table>/<key>/<YYYY-MM>.parquet`. A file is replaced whole, never half.
Rows are merged by their key; a row whose key is there with other values is refused, for a correction is a new row.

Every table also has

| column | type | |
|---|---|---|
| `known_at` | instant [UTC] | when a trader could have had the row; see [as-of](../explain/as-of.md) |
| `known_from` | text | `received`: recorded as it came; `latency`: its time plus `[latency]` of the configuration |

Instants are aware, in microseconds. A column that may be empty says so; the others always hold a value.
Written from `src/drybulb/frames/schema.py`; after a change there: `{command}`.
"""

_PRICES = ("yes_bid", "yes_ask", "price")
#: What the numbers of a column are counted in; text, days, instants and truths need none.
UNITS = {
    **{f"{leg}_{what}": "centicents" for leg in _PRICES for what in ("open", "high", "low", "close")},
    **dict.fromkeys(("price_mean", "price_previous", "yes_bid", "yes_ask", "yes_price", "payout"), "centicents"),
    **dict.fromkeys(("bid_size", "ask_size", "count", "volume", "open_interest"), "1/100 contract"),
    **dict.fromkeys(("bid_age", "ask_age", "price_age", "quote_age"), "min"),
    **dict.fromkeys(("floor", "cap", "low", "high", "value"), "°F"),
    **dict.fromkeys(("temp", "dewpoint", "max_6h", "max_24h"), "°C"),
    **dict.fromkeys(("asked", "answered", "refused"), "rows"),
    **dict.fromkeys(("yes_bids", "yes_asks"), "centicents, 1/100 contract"),
    "percentiles": "%, °F",
    "curve": "UTC, °F",
    "wind_dir": "degrees",
    "wind": "m/s",
    "pressure": "hPa",
    "ceiling": "m",
    "cover": "share of the sky",
    "visibility": "m",
    "version": "1, 2, …",
}

_TYPES: tuple[tuple[type[dy.Column], str], ...] = (
    (dy.Datetime, "instant"),
    (dy.Date, "day"),
    (dy.String, "text"),
    (dy.Bool, "truth"),
    (dy.List, "list of pairs"),
    (dy.Int32, "integer"),
    (dy.Int64, "integer"),
    (dy.Float64, "number"),
)


def is_number(column: dy.Column) -> bool:
    """Whether a column holds something counted or measured."""
    return isinstance(column, dy.Int32 | dy.Int64 | dy.Float64 | dy.List)


def _type(name: str, column: dy.Column) -> str:
    word = next(word for kind, word in _TYPES if isinstance(column, kind))
    return f"{word} [{UNITS[name]}]" if is_number(column) else word


def _bounds(column: dy.Column) -> str:
    """What a value must be, in words."""
    allowed = getattr(column, "regex", None)
    if allowed is not None:
        return " or ".join(f"`{word}`" for word in allowed.strip("^$()").split("|"))
    least, most = getattr(column, "min", None), getattr(column, "max", None)
    above, below = getattr(column, "min_exclusive", None), getattr(column, "max_exclusive", None)
    bounds = (("from", least), ("to", most), ("above", above), ("below", below))
    return " ".join(f"{word} {bound:,g}" for word, bound in bounds if bound is not None)


def _rows(table: type[Known]) -> list[str]:
    rows = []
    for name, column in table.columns().items():
        if name in Known.columns() and not column.primary_key:
            continue
        notes = ["key" if column.primary_key else "", "may be empty" if column.nullable else "", _bounds(column)]
        said = "; ".join(note for note in notes if note)
        rows.append(f"| `{name}` | {_type(name, column)} | {said}{' ' if said else ''}|")
    return rows


def _rules(table: type[Known]) -> str:
    """What a row must satisfy as a whole, by the names of the rules of its class."""
    names = [f"*{name.replace('_', ' ')}*" for name in table._schema_validation_rules() if name != "primary_key"]
    return f" Each row keeps the rule {' and '.join(names)}." if names else ""


def _section(name: str, table: type[Known]) -> str:
    words = inspect.cleandoc(table.__doc__ or "").replace("``", "`")
    key, time = PARTITION_KEY.get(name, "city"), PARTITION_TIME.get(name, "day")
    where = f"Kept by `{key}` and by the month of `{time}`.{_rules(table)}"
    rows = ["| column | type | |", "|---|---|---|", *_rows(table)]
    return "\n".join([f"## {name}", "", words, "", where, "", *rows, ""])


def render(command: str) -> str:
    """The whole page; ``command`` is what writes it."""
    head = HEAD.format(command=command)
    return head + "\n" + "\n".join(_section(name, table) for name, table in TABLES.items())
