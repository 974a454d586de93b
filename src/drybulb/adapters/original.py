"""Candles exported from the original system: one-minute bars in cents, labelled by their start.

    ticker, bucket_start, [source], yes_bid_{open,high,low,close}, yes_ask_{…},
    trade_{open,high,low,close,mean,previous}, volume, open_interest, [is_synthetic]

``bucket_start`` + 60 s is the end that labels a candle here. Rows that the original filled in (``is_synthetic``) are
dropped and counted: they repeat old prices as if they were new. A candle says neither city nor day, so its market
must be in the lake. An empty side (bid 0, ask 100, or nothing) is null.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from drybulb.adapters.archive import Part
from drybulb.adapters.archive.findings import Check, Findings
from drybulb.adapters.archive.sources import INSTANT, in_dollars
from drybulb.adapters.lake import Lake
from drybulb.domain.money import CENTICENTS_PER_CENT, COUNT_PER_CONTRACT
from drybulb.errors import ImportFailed

_BARS = ("open", "high", "low", "close")
BIDS = tuple(f"yes_bid_{bar}" for bar in _BARS)
ASKS = tuple(f"yes_ask_{bar}" for bar in _BARS)
TRADES = tuple(f"trade_{bar}" for bar in (*_BARS, "mean", "previous"))
REQUIRED = ("ticker", "bucket_start", *BIDS, *ASKS, *TRADES, "volume", "open_interest")

SOURCES = {
    "api_event": "exchange",
    "api_market": "exchange",
    "exchange": "exchange",
    "trades": "prints",
    "prints": "prints",
}
"""What the original called the origin of a bar, and what it is called here."""

_KEY = ("ticker", "bucket_start")


def read_original(path: Path, lake: Lake, latency: int, findings: Findings) -> Iterator[Part]:
    """Yield rows of ``candles`` from each file at ``path``.

    Args:
        path: a Parquet or CSV file, or a folder of them.
        lake: holds the markets the candles belong to.
        latency: how long after its end a candle could be had [s].
        findings: where refusals and notes are recorded.

    Raises:
        ImportFailed: there is no such file, or none in the folder.
    """
    files = sorted(f for f in path.iterdir() if f.suffix in {".parquet", ".csv"}) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise ImportFailed(f"{path} is no Parquet or CSV file, nor a folder with any; give the export of the candles")
    markets = lake.read("markets", columns=["ticker", "city", "day"])
    for file in files:
        rows = _read(file, findings)
        if rows is not None:
            candles = _candles(file.name, rows, markets, latency, findings)
            yield Part("candles", file.name, findings.conform(file.name, "candles", candles, ["ticker", "end_at"]))


def _read(file: Path, findings: Findings) -> pl.DataFrame | None:
    """The columns of one file with UTC times and numbers; None where the file is refused."""
    try:
        frame = pl.read_csv(file, try_parse_dates=False) if file.suffix == ".csv" else pl.read_parquet(file)
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        findings.refuse_file(
            file.name, "cannot be read: truncated, damaged or of another format", examples=[str(error)[:200]]
        )
        return None
    absent = [f"missing column {name}" for name in REQUIRED if name not in frame.columns]
    if absent:
        findings.refuse_file(file.name, "; ".join(absent), frame.height)
        return None
    start = frame.schema["bucket_start"]
    if start != pl.String and not (isinstance(start, pl.Datetime) and start.time_zone):
        findings.refuse_file(file.name, f"bucket_start holds {start}, not times with a zone", frame.height)
        return None
    texts = [name for name in REQUIRED[2:] if not (frame.schema[name].is_numeric() or frame.schema[name] == pl.Null)]
    if texts:
        findings.refuse_file(file.name, f"columns {', '.join(texts)} do not hold numbers", frame.height)
        return None
    return _typed(frame)


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    start = pl.col("bucket_start")
    if frame.schema["bucket_start"] == pl.String:
        # Text without an offset becomes null, and is refused for it: a time without a zone is no instant.
        start = start.str.replace(" ", "T").str.replace(r"([+-]\d\d)$", "${1}:00").str.replace("Z$", "+00:00")
        start = start.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%:z", strict=False, time_unit="us")
    synthetic = pl.col("is_synthetic") if "is_synthetic" in frame.columns else pl.lit(value=False)
    origin = pl.col("source").cast(pl.String) if "source" in frame.columns else pl.lit("exchange")
    numbers = [pl.col(name).cast(pl.Float64).fill_nan(None) for name in REQUIRED[2:]]
    return frame.select(
        pl.col("ticker").cast(pl.String),
        start.cast(INSTANT).alias("bucket_start"),
        *numbers,
        source=origin.replace_strict(SOURCES, default=None, return_dtype=pl.String),
        is_synthetic=synthetic.cast(pl.String).str.to_lowercase().is_in(["true", "t", "1"]),
    ).with_row_index("row")


def _candles(name: str, rows: pl.DataFrame, markets: pl.DataFrame, latency: int, findings: Findings) -> pl.DataFrame:
    dollars = in_dollars(rows, [*BIDS, *ASKS])
    if dollars:
        findings.refuse_file(name, "prices are dollars, not cents", rows.height, dollars)
        rows = rows.clear()
    rows = rows.join(markets, on="ticker", how="left", maintain_order="left")
    rows = rows.with_columns(place=pl.col("city").fill_null("unknown"))
    findings.open(name, rows, "bucket_start")
    made = rows.filter(pl.col("is_synthetic")).group_by("place").len().sort("place")
    for place, count in made.iter_rows():
        findings.note(name, place, "synthetic rows, filled in by the original system; dropped", count)
    good = findings.drop(name, rows.filter(~pl.col("is_synthetic")), _checks(), _KEY, (*_KEY, "source"))
    end = pl.col("bucket_start") + pl.duration(seconds=60)
    return good.select(
        "ticker",
        "source",
        "city",
        "day",
        *[_price(side, empty=0.0) for side in BIDS],
        *[_price(side, empty=100.0) for side in ASKS],
        *[_price(f"trade_{bar}", empty=None).alias(f"price_{bar}") for bar in (*_BARS, "previous")],
        (pl.col("trade_mean") * CENTICENTS_PER_CENT).alias("price_mean"),
        end_at=end,
        volume=_count("volume").fill_null(0),
        open_interest=_count("open_interest"),
        known_at=end + pl.duration(seconds=latency),
        known_from=pl.lit("latency"),
    )


def _checks() -> list[Check]:
    bids, asks, trades = ([pl.col(name) for name in names] for names in (BIDS, ASKS, TRADES))
    stamp = pl.col("bucket_start")
    return [
        ("no ticker", pl.col("ticker").is_null()),
        ("bucket_start is no time with a zone", stamp.is_null()),
        ("bucket_start is not a whole minute", stamp != stamp.dt.truncate("1m")),
        ("its market is not in the lake; import its listing first", pl.col("day").is_null()),
        ("source of the bar is unknown", pl.col("source").is_null()),
        ("bid is not 0 to 99 cents", pl.any_horizontal(~((p == 0) | p.is_between(1, 99)) for p in bids)),
        ("ask is not 1 to 100 cents", pl.any_horizontal(~p.is_between(1, 100) for p in asks)),
        ("trade price is not 1 to 99 cents", pl.any_horizontal(~p.is_between(1, 99) for p in trades)),
        ("negative volume or open interest", (pl.col("volume") < 0) | (pl.col("open_interest") < 0)),
        ("a high below its low", pl.any_horizontal(_low_above_high(side) for side in ("yes_bid", "yes_ask", "trade"))),
    ]


def _low_above_high(side: str) -> pl.Expr:
    return pl.col(f"{side}_low") > pl.col(f"{side}_high")


def _price(column: str, *, empty: float | None) -> pl.Expr:
    price = (pl.col(column) * CENTICENTS_PER_CENT).round().cast(pl.Int32)
    return price if empty is None else pl.when(pl.col(column) != empty).then(price).alias(column)


def _count(column: str) -> pl.Expr:
    return (pl.col(column) * COUNT_PER_CONTRACT).round().cast(pl.Int64)
