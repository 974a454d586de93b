"""The tables of the lake, as classes: columns, keys, units and row rules.

``Table.filter(frame)`` splits rows into good and refused with reasons;
``Table.validate(frame)`` raises. Every table carries ``known_at`` (when a trader could
have had the row) and ``known_from`` (``received``, or ``latency`` where it was derived
from the documented latency table). Joins are as-of ``known_at``; nothing else may join.
"""

import dataframely as dy
import polars as pl

PRICE_MAX = 10_000  # centicents in a dollar


def _instant(*, nullable: bool = False, primary_key: bool = False) -> dy.Datetime:
    return dy.Datetime(time_zone="UTC", time_unit="us", nullable=nullable, primary_key=primary_key)


def _price() -> dy.Int32:
    """A price that is present only where somebody stands behind it [centicents]."""
    return dy.Int32(nullable=True, min_exclusive=0, max_exclusive=PRICE_MAX)


def _fahrenheit() -> dy.Float64:
    """A temperature that somebody may forecast [°F]."""
    return dy.Float64(min=-80.0, max=150.0)


def _rises(column: str, field: str, *, or_stays: bool = False) -> pl.Expr:
    """Whether a field of a list of structs rises from each to the next; true where there is no list."""
    of = pl.element().struct.field(field)
    steps = pl.col(column).list.eval(of >= of.shift(1) if or_stays else of > of.shift(1))
    return steps.list.all().fill_null(value=True)


class Known(dy.Schema):
    """What every table carries: when it was known, and how that is known."""

    known_at = _instant()
    known_from = dy.String(regex="^(received|latency)$")


class Markets(Known):
    """What was listed at open, and nothing later. Degrees inclusive [°F], null is open."""

    ticker = dy.String(primary_key=True)
    event = dy.String()
    city = dy.String()
    day = dy.Date()
    strike_type = dy.String(regex="^(less|between|greater)$")
    floor = dy.Float64(nullable=True)
    cap = dy.Float64(nullable=True)
    low = dy.Int32(nullable=True)
    high = dy.Int32(nullable=True)
    open_at = _instant(nullable=True)
    close_at = _instant(nullable=True)
    source = dy.String()

    @dy.rule()
    def closes_after_it_opens(cls) -> pl.Expr:
        return pl.col("open_at").is_null() | pl.col("close_at").is_null() | (pl.col("open_at") < pl.col("close_at"))


class MarketChanges(Known):
    """Status, close and other changes of a market after its open."""

    ticker = dy.String(primary_key=True)
    at = _instant(primary_key=True)
    city = dy.String()
    day = dy.Date()
    status = dy.String(nullable=True)
    close_at = _instant(nullable=True)


class Settlements(Known):
    """What a market paid. Payout of YES [centicents]; value is the settled high [°F]."""

    ticker = dy.String(primary_key=True)
    version = dy.Int32(primary_key=True, min=1)
    city = dy.String()
    day = dy.Date()
    payout = dy.Int64(min=0, max=PRICE_MAX)
    value = dy.Float64(nullable=True)
    source = dy.String()


class Sessions(Known):
    """The exchange's hours by era; ``from`` inclusive, ``to`` exclusive (null: still so)."""

    exchange = dy.String(primary_key=True)
    from_at = dy.Datetime(time_zone="UTC", time_unit="us", primary_key=True, alias="from")
    to_at = dy.Datetime(time_zone="UTC", time_unit="us", nullable=True, alias="to")
    kind = dy.String(regex="^(open|closed|pause)$")


class Series(Known):
    """Fee type, rules and settlement source of a series from an instant on."""

    series = dy.String(primary_key=True)
    from_at = dy.Datetime(time_zone="UTC", time_unit="us", primary_key=True, alias="from")
    fee_type = dy.String()
    fee_multiplier = dy.String()
    rules_hash = dy.String(nullable=True)
    settlement_source = dy.String(nullable=True)


class Prints(Known):
    """Trades of the tape. Price of YES [centicents], count [1/100 contract]."""

    trade_id = dy.String(primary_key=True)
    ticker = dy.String()
    city = dy.String()
    day = dy.Date()
    at = _instant()
    yes_price = dy.Int32(min_exclusive=0, max_exclusive=PRICE_MAX)
    count = dy.Int64(min_exclusive=0)
    taker_side = dy.String(regex="^(yes|no)$")


class Quotes(Known):
    """Best bid and ask of YES [centicents] with sizes [1/100 contract]; empty sides are null."""

    ticker = dy.String(primary_key=True)
    at = _instant(primary_key=True)
    source = dy.String(primary_key=True)
    city = dy.String()
    day = dy.Date()
    yes_bid = _price()
    yes_ask = _price()
    bid_size = dy.Int64(nullable=True, min_exclusive=0)
    ask_size = dy.Int64(nullable=True, min_exclusive=0)

    @dy.rule()
    def bid_below_ask(cls) -> pl.Expr:
        return pl.col("yes_bid").is_null() | pl.col("yes_ask").is_null() | (pl.col("yes_bid") < pl.col("yes_ask"))


class Books(Known):
    """Depth of a market: levels as ``[price, count]`` [centicents, 1/100 contract], best first."""

    ticker = dy.String(primary_key=True)
    at = _instant(primary_key=True)
    city = dy.String()
    day = dy.Date()
    yes_bids = dy.List(dy.List(dy.Int64()))
    yes_asks = dy.List(dy.List(dy.Int64()))


class Bars(Known):
    """Prices of one market over one minute, labelled by the minute's end [centicents, 1/100 contract]."""

    ticker = dy.String(primary_key=True)
    end_at = _instant(primary_key=True)
    city = dy.String()
    day = dy.Date()
    yes_bid_open = _price()
    yes_bid_high = _price()
    yes_bid_low = _price()
    yes_bid_close = _price()
    yes_ask_open = _price()
    yes_ask_high = _price()
    yes_ask_low = _price()
    yes_ask_close = _price()
    price_open = _price()
    price_high = _price()
    price_low = _price()
    price_close = _price()
    price_mean = dy.Float64(nullable=True)
    price_previous = _price()
    volume = dy.Int64(min=0)
    open_interest = dy.Int64(nullable=True, min=0)


class Candles(Bars):
    """Minutes with activity, labelled by their end; usable from ``end_at`` on."""

    source = dy.String(primary_key=True, regex="^(exchange|prints)$")


class Dense(Bars):
    """One row per market and minute of its life; carried values with their age [min].

    Attributes of a row: ``bid_age``, ``ask_age`` and ``price_age`` since each was seen;
    ``quote_age`` the older of bid and ask, null unless both stand; ``is_trading`` whether
    the exchange was open in that minute; ``is_observed`` whether a candle ended then.
    """

    source = dy.String(regex="^(exchange|prints)$")
    bid_age = dy.Int32(nullable=True, min=0)
    ask_age = dy.Int32(nullable=True, min=0)
    price_age = dy.Int32(nullable=True, min=0)
    quote_age = dy.Int32(nullable=True, min=0)
    is_trading = dy.Bool()
    is_observed = dy.Bool()
    has_trade = dy.Bool()
    is_crossed = dy.Bool()


class Observations(Known):
    """Readings of a station [°C, degrees, m/s, hPa, m; cover is the share of the sky under cloud below 12,000 ft].

    ``kind``: ``metar`` and ``speci`` (tenths of °C), ``hourly`` (whole °F held as °C),
    ``five_minute`` (whole °C), ``poll`` (``valid_at`` is when it was polled, the latest
    the reading can be from). A correction is a new row with a later ``known_at``.
    """

    station = dy.String(primary_key=True)
    valid_at = _instant(primary_key=True)
    kind = dy.String(primary_key=True, regex="^(metar|speci|hourly|five_minute|poll)$")
    known_at = _instant(primary_key=True)
    temp = dy.Float64(nullable=True, min=-60.0, max=60.0)
    dewpoint = dy.Float64(nullable=True)
    wind_dir = dy.Float64(nullable=True)
    wind = dy.Float64(nullable=True)
    pressure = dy.Float64(nullable=True)
    ceiling = dy.Float64(nullable=True)
    cover = dy.Float64(nullable=True, min=0.0, max=1.0)
    visibility = dy.Float64(nullable=True)
    max_6h = dy.Float64(nullable=True, min=-60.0, max=60.0)
    max_24h = dy.Float64(nullable=True, min=-60.0, max=60.0)
    raw = dy.String(nullable=True)
    source = dy.String()


class Guidance(Known):
    """Somebody else's forecast of the daily high [°F], with what else the same issue says, if it does.

    ``percentiles`` of the high: ``level`` [%] and ``high`` [°F], by rising level. ``curve`` of the
    temperature: ``at`` [UTC] and ``temp`` [°F], by time; it may reach beyond the day.
    """

    station = dy.String(primary_key=True)
    day = dy.Date(primary_key=True)
    source = dy.String(primary_key=True)
    issued_at = _instant(primary_key=True)
    high = _fahrenheit()
    percentiles = dy.List(
        dy.Struct({"level": dy.Float64(min=0.0, max=100.0), "high": _fahrenheit()}), nullable=True, min_length=1
    )
    curve = dy.List(dy.Struct({"at": _instant(), "temp": _fahrenheit()}), nullable=True, min_length=1)

    @dy.rule()
    def issued_before_it_is_known(cls) -> pl.Expr:
        return pl.col("issued_at") <= pl.col("known_at")

    @dy.rule()
    def percentile_levels_rise(cls) -> pl.Expr:
        return _rises("percentiles", "level")

    @dy.rule()
    def percentile_highs_do_not_fall(cls) -> pl.Expr:
        return _rises("percentiles", "high", or_stays=True)

    @dy.rule()
    def curve_times_rise(cls) -> pl.Expr:
        return _rises("curve", "at")


class Official(Known):
    """The official daily high [whole °F] as published; a correction is a new version.

    A row that is not final gives the high so far, whatever its ``source``: a climate report of
    the afternoon, or a DSM, the station's own summary of its day. It is a witness of the maximum
    so far from its ``known_at`` on, and a high to look back on once its day is over.
    """

    station = dy.String(primary_key=True)
    day = dy.Date(primary_key=True)
    source = dy.String(primary_key=True)
    version = dy.Int32(primary_key=True, min=1)
    high = dy.Int32(min=-80, max=150)
    is_final = dy.Bool()


class IngestLedger(Known):
    """What was asked of a source for a city and span, and what became of it [rows]."""

    source = dy.String(primary_key=True)
    city = dy.String(primary_key=True)
    span_start = dy.Date(primary_key=True)
    span_end = dy.Date(primary_key=True)
    reason = dy.String(primary_key=True)
    asked = dy.Int64(min=0)
    answered = dy.Int64(min=0)
    complete = dy.Bool()
    empty = dy.Bool()
    refused = dy.Int64(min=0)


TABLES: dict[str, type[Known]] = {
    "markets": Markets,
    "market_changes": MarketChanges,
    "settlements": Settlements,
    "sessions": Sessions,
    "series": Series,
    "prints": Prints,
    "quotes": Quotes,
    "books": Books,
    "candles": Candles,
    "dense": Dense,
    "observations": Observations,
    "guidance": Guidance,
    "official": Official,
    "ingest_ledger": IngestLedger,
}

#: Column that names the folder of a row in the lake, where it is not the city.
PARTITION_KEY = {
    "sessions": "exchange",
    "series": "series",
    "observations": "station",
    "guidance": "station",
    "official": "station",
}

#: Column whose UTC month names the file of a row, where it is not ``day``.
PARTITION_TIME = {
    "sessions": "from",
    "series": "from",
    "observations": "valid_at",
    "ingest_ledger": "span_start",
}


def empty(table: str) -> pl.DataFrame:
    """Return a frame of ``table`` with its columns and no rows."""
    return TABLES[table].create_empty()
