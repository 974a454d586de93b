"""Drawn hours of recorded trading: quotes and prints of every kind around the start of the event day, and beliefs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from drybulb.domain.distribution import Belief, TemperatureDistribution
from drybulb.domain.ledger import Side
from drybulb.domain.market import Quote
from drybulb.engine.ports import BeliefMade, LadderQuote, Listing, MarketEvent, Print, Settlement, order_of
from tests.trading import listing

#: A day of the older fees, and the first of the newer ones: charged otherwise until the exchange's midnight.
DAYS = (date(2024, 11, 20), date(2026, 6, 1))
_CITIES = {"chicago": -6, "miami": -5}
_SOURCES = ("prints", "exchange", "poll", "book")


def drawn_hours(random: Random) -> tuple[list[MarketEvent], dict[str, Listing]]:
    """Draw one or two events from an hour before their day on, in the total order, with their listings."""
    day = random.choice(DAYS)
    listings = {}
    events: list[MarketEvent] = []
    for city in random.sample(sorted(_CITIES), random.choice([1, 2])):
        made = _listed(random, city, day)
        listings[made.event.ticker] = made
        events += _hours(random, made)
    numbered = [replace(event, sequence=n) for n, event in enumerate(events)]
    return sorted(numbered, key=order_of), listings


def _listed(random: Random, city: str, day: date) -> Listing:
    made = listing(city, day, random.choice([(40, 42), (40, 42, 44)]), offset=_CITIES[city])
    starts = made.climate_day.start
    opens_at = starts - timedelta(minutes=random.choice([45, 80, 2000]))
    return replace(made, opens_at=opens_at, closes_at=starts + timedelta(minutes=random.choice([20, 45])))


def _hours(random: Random, made: Listing) -> list[MarketEvent]:
    """Ladders a few minutes apart, prints and beliefs between them, and what the event paid."""
    name, legs = made.event.ticker, len(made.event.markets)
    starts = made.climate_day.start - timedelta(minutes=60)
    delay = timedelta(seconds=random.choice([0, 1, 45]))
    sources = [random.choice(_SOURCES) for _ in range(legs)]
    events: list[MarketEvent] = []
    chances = _chances(random, legs)
    minute = random.choice([0, 0, -25 * 60])  # neither day at first, now and then
    while minute < 110:
        at = starts + timedelta(minutes=minute)
        is_trading = random.random() > 0.06
        quotes = tuple(_quote(random, chance, source) for chance, source in zip(chances, sources, strict=True))
        events.append(LadderQuote(at + delay, 0, name, at, is_trading, quotes))
        events += [_print(random, made, at, chances) for _ in range(random.choice([0, 0, 1, 3]))]
        if random.random() < 0.2:
            chances = _chances(random, legs)
            events.append(_belief(random, made, at, chances))
        minute = 0 if minute < 0 else minute + random.choice([1, 1, 1, 2, 7])
    payouts = [0] * legs
    payouts[random.randrange(legs)] = 10_000
    if random.random() < 0.2:
        payouts = [3300] * legs
    events.append(Settlement(made.closes_at + timedelta(hours=9), 0, name, tuple(payouts)))
    return events


def _chances(random: Random, legs: int) -> list[float]:
    weights = [random.random() ** 2 + 0.01 for _ in range(legs)]
    return [weight / sum(weights) for weight in weights]


def _belief(random: Random, made: Listing, at: datetime, chances: list[float]) -> BeliefMade:
    """A belief near the prices, or nobody's."""
    event, instant = made.event, at + timedelta(seconds=random.choice([0, 20]))
    if random.random() < 0.15:
        return BeliefMade(instant, 0, event.ticker, Belief(event.city, event.day, instant, None, "none", "no readings"))
    degrees = [bracket.low if bracket.low is not None else 38 for bracket in event.ladder.brackets]
    noisy = [max(0.001, chance + random.gauss(0.0, 0.08)) for chance in chances]
    pmf = {degree: share / sum(noisy) for degree, share in zip(degrees, noisy, strict=True)}
    whole = TemperatureDistribution.from_pmf(38, [pmf.get(degree, 0.0) for degree in range(38, max(degrees) + 1)])
    return BeliefMade(instant, 0, event.ticker, Belief(event.city, event.day, instant, whole, "made", "drawn"))


def _quote(random: Random, chance: float, source: str) -> Quote:
    """A quote around the chance: now and then crossed, wide, old, one-sided or empty; sizes known or not."""
    middle = min(max(round(100 * chance), 3), 97)
    bid = max(1, middle - random.choice([-1, 0, 1, 2, 8]))
    ask = min(99, middle + random.choice([0, 1, 2, 8]))
    known = [None, 0, 250, 400, 5000] if source in ("poll", "book") else [None]
    return Quote(
        yes_bid=100 * bid if random.random() > 0.1 else None,
        yes_ask=100 * ask if random.random() > 0.1 else None,
        bid_size=random.choice(known),
        ask_size=random.choice(known),
        bid_age=random.choice([0, 0, 0, 1, 3, 40]),
        ask_age=random.choice([0, 0, 0, 1, 3, 40]),
        source=source,
    )


def _print(random: Random, made: Listing, at: datetime, chances: list[float]) -> Print:
    """A print after a ladder: of either side, of parts of contracts too, some known late."""
    leg = random.randrange(len(chances))
    cents = min(max(round(100 * chances[leg]) + random.choice([-6, -2, -1, 0, 1, 2, 6]), 1), 99)
    traded = at + timedelta(seconds=random.randrange(400))
    known_at = traded + timedelta(seconds=random.choice([0, 1, 30, 400]))
    ticker, count = made.event.markets[leg].ticker, random.choice([50, 100, 250, 400, 3000])
    name = f"T{random.randrange(10**12)}"
    return Print(known_at, 0, made.event.ticker, ticker, name, traded, 100 * cents, count, random.choice(list(Side)))
