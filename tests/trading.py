"""Small events, quotes, prints and orders to test trading with: one afternoon in Chicago, prices in cents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count, pairwise
from zoneinfo import ZoneInfo

from drybulb.domain.bracket import Bracket
from drybulb.domain.climateday import ClimateDay
from drybulb.domain.distribution import Belief, TemperatureDistribution
from drybulb.domain.fees import FeeRule, FeeSchedule, MemberType
from drybulb.domain.ledger import Account, Order, Side, TimeInForce
from drybulb.domain.market import Event, Market, Quote
from drybulb.domain.money import MICRODOLLARS_PER_DOLLAR
from drybulb.engine.ports import BeliefMade, LadderQuote, Listing, Print, Settlement, Submit
from drybulb.engine.state import RunRules, State
from drybulb.strategy.anchor import AnchorRules
from drybulb.strategy.charges import Charges
from drybulb.strategy.limits import Limits
from drybulb.strategy.policy import Gates, Policy, Threshold
from drybulb.strategy.releases import Releases
from drybulb.strategy.risk import Portfolio
from drybulb.strategy.rules import CityRules, Rules
from drybulb.strategy.taking import BeliefPolicy

DAY = date(2024, 11, 20)
EASTERN = ZoneInfo("America/New_York")
_NUMBERS = count()

#: The older era: every fill rounded up to the cent. From June 2026: rounding carried along each order.
CHARGES = Charges(
    FeeSchedule(
        (
            FeeRule.parse("*", date(2021, 1, 1), "quadratic", "1", "cent"),
            FeeRule.parse("*", date(2026, 6, 1), "quadratic", "1", "accumulator"),
        )
    ),
    MemberType.NON_DIRECT,
    EASTERN,
)

GATES = Gates(max_belief_age=60, max_quote_age=5, max_spread=1000, min_minutes_to_close=30, cooldown=15)


def usd(amount: float) -> int:
    """Dollars in [microdollars]."""
    return round(amount * MICRODOLLARS_PER_DOLLAR)


#: So wide that nothing meets them.
NO_LIMITS = Limits(
    max_trade=usd(10_000),
    max_event=usd(100_000),
    max_region=usd(100_000),
    max_daily_loss=usd(100_000),
    max_open_exposure=usd(100_000),
    max_drawdown=usd(100_000),
    max_positions=100,
    max_positions_per_event=10,
)


def at(clock: str, day: date = DAY) -> datetime:
    """`15:00` or `15:00:30` of ``day`` [UTC]."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC)


def listing(
    city: str = "chicago",
    day: date = DAY,
    cuts: Sequence[int] = (40, 42),
    opens: str = "15:00",
    closes: str = "22:00",
    offset: int = -6,
) -> Listing:
    """An event that starts a new bracket at every cut [°F], open on its own day."""
    name = f"KXHIGH{city[:3].upper()}-{day:%y%b%d}".upper()
    brackets = [Bracket(None, cuts[0] - 1), *(Bracket(a, b - 1) for a, b in pairwise(cuts)), Bracket(cuts[-1], None)]
    opens_at, closes_at = at(opens, day), at(closes, day)
    markets = [
        Market(f"{name}-{n}", name, city, day, bracket, opens_at, closes_at) for n, bracket in enumerate(brackets)
    ]
    return Listing(Event.of(markets), name.split("-", maxsplit=1)[0], ClimateDay(day, offset), opens_at, closes_at)


def quote(
    bid: int | None = None,
    ask: int | None = None,
    *,
    age: int = 0,
    source: str = "exchange",
    sizes: tuple[int | None, int | None] = (None, None),
) -> Quote:
    """A quote with both sides ``age`` minutes old; sizes in contracts."""
    bid_size, ask_size = (None if size is None else 100 * size for size in sizes)
    return Quote(bid and 100 * bid, ask and 100 * ask, bid_size, ask_size, age, age, source)


def ladder(of: Listing, clock: str, *quotes: Quote, is_trading: bool = True) -> LadderQuote:
    """Quotes of all markets of an event, known at once; those left away are empty."""
    rest = [quote()] * (len(of.event.markets) - len(quotes))
    instant = at(clock, of.event.day)
    return LadderQuote(instant, next(_NUMBERS), of.event.ticker, instant, is_trading, (*quotes, *rest))


def tape(of: Listing, clock: str, cents: int, taker: str, *, leg: int = 0, contracts: int = 1) -> Print:
    """A print, known a second after it traded."""
    traded, number = at(clock, of.event.day), next(_NUMBERS)
    ticker = of.event.markets[leg].ticker
    side = Side.BID if taker == "yes" else Side.ASK
    known = traded + timedelta(seconds=1)
    name = f"T{traded:%H%M%S}-{cents}-{taker}"
    return Print(known, number, of.event.ticker, ticker, name, traded, 100 * cents, 100 * contracts, side)


def believed(of: Listing, clock: str, *probabilities: float) -> BeliefMade:
    """A belief that gives each bracket its probability, all of it on one degree."""
    instant = at(clock, of.event.day)
    event = of.event
    if not probabilities:
        silent = Belief(event.city, event.day, instant, None, "none", "no readings")
        return BeliefMade(instant, next(_NUMBERS), event.ticker, silent)
    degrees = [b.low if b.low is not None else b.high or 0 for b in event.ladder.brackets]
    pmf = dict(zip(degrees, probabilities, strict=True))
    low = min(degrees)
    distribution = TemperatureDistribution.from_pmf(low, [pmf.get(d, 0.0) for d in range(low, max(degrees) + 1)])
    belief = Belief(event.city, event.day, instant, distribution, "made", "a test")
    return BeliefMade(instant, next(_NUMBERS), event.ticker, belief)


def settled(of: Listing, winner: int, clock: str = "23:00") -> Settlement:
    """The event pays: a dollar on ``winner``, nothing on the others."""
    payouts = tuple(10_000 if leg == winner else 0 for leg in range(len(of.event.markets)))
    return Settlement(at(clock, of.event.day), next(_NUMBERS), of.event.ticker, payouts)


def rules(
    min_edge: float = 300.0,
    fraction: float = 0.25,
    gates: Gates = GATES,
    *,
    releases: Releases | None = None,
    weight: float = 1.0,
    hysteresis: float = 0.0,
) -> Rules:
    """The same threshold everywhere [centicents per contract], half of it for orders that wait."""
    taking, making = (Threshold(least, fraction) for least in (min_edge, min_edge / 2))
    city = CityRules((taking, taking), (making, making), weight=weight)
    anchor = AnchorRules(max_spread=1000, max_quote_age=5, max_span=2)
    cities = dict.fromkeys(("chicago", "austin", "miami"), city)
    return Rules(cities, gates, anchor, releases or Releases(), hysteresis)


def belief_policy(min_edge: float = 300.0, fraction: float = 0.25, gates: Gates = GATES) -> BeliefPolicy:
    """A policy with the same threshold everywhere [centicents per contract]."""
    return BeliefPolicy("made", rules(min_edge, fraction, gates))


def state(
    listings: Iterable[Listing],
    policy: Policy | None = None,
    limits: Limits = NO_LIMITS,
    *,
    cash: float = 10_000,
    seed: int = 1,
) -> State:
    """A state that has seen nothing yet; orders live five minutes."""
    return State(
        listings={of.event.ticker: of for of in listings},
        policy=policy or belief_policy(),
        portfolio=Portfolio(limits),
        account=Account(usd(cash)),
        charges=CHARGES,
        rules=RunRules(seed, timedelta(minutes=5), timedelta(minutes=180)),
    )


def order(
    of: Listing, clock: str, cents: int, side: str = "bid", *, leg: int = 0, contracts: int = 10, name: str = "O1"
) -> Submit:
    """An order decided at ``clock``, good for five minutes."""
    placed = at(clock, of.event.day)
    ticker = of.event.markets[leg].ticker
    made = Order(name, ticker, Side(side), 100 * cents, 100 * contracts, TimeInForce.GOOD_TILL_CANCELED, placed)
    return Submit(made, of.event.ticker, placed + timedelta(minutes=5))
