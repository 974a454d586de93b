"""Taking: every price that a belief thinks wrong by enough is hit, all legs of a ladder sized together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drybulb.domain.ledger import Intent, Side
from drybulb.domain.money import CENTICENTS_PER_DOLLAR
from drybulb.strategy.believed import Believed, Believing
from drybulb.strategy.charges import leg_price
from drybulb.strategy.decision import Decision, Proposal, Reason, Refusal
from drybulb.strategy.edge import edge, unrounded_cost, unrounded_fees
from drybulb.strategy.execution import Execution, stand_down
from drybulb.strategy.gates import ladder_refusal
from drybulb.strategy.judged import Judge
from drybulb.strategy.policy import Gates, View, quote_refusal
from drybulb.strategy.riskless import promised, riskless_set
from drybulb.strategy.rules import Rules
from drybulb.strategy.sizing import Offer, Sizes, size

_NOTHING = Offer((), ())


@dataclass(frozen=True, slots=True)
class _Touched:
    """A price that promises enough before the rounding of its fee."""

    leg: int
    side: Side
    price: int
    size: int | None
    least: float

    def offer(self) -> Offer:
        """Return it as the sizing reads it."""
        level = ((self.price, self.size),)
        return Offer(level, ()) if self.side.is_buy else Offer((), level)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What of the prices touched is traded, how much, and what was left out for being worth too little."""

    kept: tuple[_Touched, ...]
    sizes: Sizes
    dropped: tuple[Refusal, ...]


class BeliefPolicy:
    """Take every price that a belief thinks wrong by enough, in the counts that are best together.

    Args:
        name: name for commands, journals and reports.
        rules: what is traded by.
    """

    execution = Execution.TAKER

    def __init__(self, name: str, rules: Rules) -> None:
        self.name = name
        self.rules = rules
        self._believing = Believing(rules, is_taker=True)
        # What was sized last in each event: a price that limits keep from being taken stands there every minute.
        self._sized: dict[str, tuple[tuple[object, ...], _Chosen]] = {}
        self._edgeless: dict[str, Decision] = {}

    def decide(self, view: View) -> Decision:
        """Return proposals, best edge first, and why each price with an edge was not taken."""
        barred = ladder_refusal(view, self.rules)
        if barred is not None:
            return stand_down(view, barred, self.execution)
        believed = self._believing.of(view)
        if isinstance(believed, Refusal):
            return Decision(refusals=(believed,))
        sure = promised(view)
        if sure is not None:
            return riskless_set(view, sure, self._money(view), self.rules)
        touched, refusals = self._touched(view, believed)
        if not touched:
            return Decision(refusals=tuple(refusals)) if refusals else self._nothing(view.event.ticker)
        chosen = self._chosen(view, believed, touched)
        refusals += chosen.dropped
        proposals: list[Proposal] = []
        for found in chosen.kept:
            answer = self._weighed(view, believed, found, chosen.sizes)
            if isinstance(answer, Refusal):
                refusals.append(answer)
            else:
                proposals.append(answer)
        proposals.sort(key=lambda proposal: (-(proposal.edge or 0.0), proposal.leg))
        judge = self._judge(view, believed, chosen.kept) if proposals else None
        return Decision(tuple(proposals), tuple(refusals), judge=judge)

    def _nothing(self, ticker: str) -> Decision:
        """That nothing in an event has an edge: the answer of nearly every minute, made once."""
        found = self._edgeless.get(ticker)
        if found is None:
            found = self._edgeless[ticker] = Decision(refusals=(Refusal(Reason.NO_EDGE, ticker),))
        return found

    def _money(self, view: View) -> int:
        """What the event is sized on [microdollars]."""
        free = view.bankroll - sum(stake.cost for stake in view.book.stakes.values())
        return max(0, int(self.rules.cities[view.event.city].budget * free))

    def _touched(self, view: View, believed: Believed) -> tuple[list[_Touched], list[Refusal]]:
        """The prices beyond their bounds that may be traded, and why others may not."""
        touched: list[_Touched] = []
        refusals: list[Refusal] = []
        for leg, (quote, bound) in enumerate(zip(view.quotes, believed.bounds, strict=True)):
            if quote.yes_ask is not None and quote.yes_ask <= bound.max_ask:
                answer = self._gated(view, believed, (leg, Side.BID, quote.yes_ask))
            elif quote.yes_bid is not None and quote.yes_bid >= bound.min_bid:
                answer = self._gated(view, believed, (leg, Side.ASK, quote.yes_bid))
            else:
                continue
            if isinstance(answer, Refusal):
                refusals.append(answer)
            else:
                touched.append(answer)
        return touched, refusals

    def _gated(self, view: View, believed: Believed, price: tuple[int, Side, int]) -> _Touched | Refusal:
        """A price with an edge, if its quote, what is working and what is held let it be traded."""
        leg, side, asked = price
        ticker, quote, rules = view.event.markets[leg].ticker, view.quotes[leg], self.rules
        bad = quote_refusal(ticker, quote, side, rules.gates) or _held_back(view, leg, rules.gates)
        if bad is not None:
            return bad
        least = rules.threshold(view.event.city, view.lead, is_taker=True).min_edge
        if view.book.counts[leg] * side.sign < 0:
            least += rules.hysteresis
            worth = _unrounded_edge(view, believed.probabilities[leg], side, asked)
            if worth < least:
                return Refusal(Reason.HYSTERESIS, ticker, worth, least)
        shown = quote.ask_size if side.is_buy else quote.bid_size
        if shown is not None and shown < rules.step:
            return Refusal(Reason.TOO_SMALL, ticker, shown, rules.step)
        return _Touched(leg, side, asked, shown, least)

    def _chosen(self, view: View, believed: Believed, touched: list[_Touched]) -> _Chosen:
        """What is traded and how much: what is not worth it in the very count is left out, and the rest sized anew."""
        held, money, rule = _held(view), self._money(view), view.charges.rule(view.series, view.now)
        key = (believed.probabilities, tuple(touched), held, money, view.lead, id(rule))
        known = self._sized.get(view.event.ticker)
        if known is not None and known[0] == key:
            return known[1]
        kept, dropped = touched, list[Refusal]()
        while True:
            sizes = self._sizes(view, believed, kept)
            poor = self._poor(view, believed, kept, sizes)
            if not poor:
                break
            dropped += poor.values()
            kept = [found for found in kept if found.leg not in poor]
        made = _Chosen(tuple(kept), sizes, tuple(dropped))
        self._sized[view.event.ticker] = (key, made)
        return made

    def _poor(self, view: View, believed: Believed, kept: list[_Touched], sizes: Sizes) -> dict[int, Refusal]:
        """Legs that were sized and are not worth it, and why; where only all together are not, the poorest of them."""
        answers = {found.leg: self._weighed(view, believed, found, sizes) for found in kept if sizes.counts[found.leg]}
        poor = {leg: answer for leg, answer in answers.items() if isinstance(answer, Refusal)}
        if poor or not answers or self._judge(view, believed, kept)(sizes.counts):
            return poor
        worst = min(
            (answer for answer in answers.values() if isinstance(answer, Proposal)),
            key=lambda proposal: (proposal.edge or 0.0, proposal.leg),
        )
        count = worst.intent.count
        return {worst.leg: Refusal(Reason.WORSE_THAN_NOTHING, worst.intent.ticker, count, count)}

    def _judge(self, view: View, believed: Believed, kept: Sequence[_Touched]) -> Judge:
        """What says whether counts at the prices touched are better than nothing."""
        threshold = self.rules.threshold(view.event.city, view.lead, is_taker=True)
        prices = {found.leg: found.price for found in kept}
        rules = self.rules.sizing(threshold)
        return Judge(view, believed.probabilities, prices, _held(view), self._money(view), rules)

    def _sizes(self, view: View, believed: Believed, touched: Sequence[_Touched]) -> Sizes:
        """How much of each leg, all together; what is working is taken for held."""
        offers = [_NOTHING] * len(view.quotes)
        for found in touched:
            offers[found.leg] = found.offer()
        threshold = self.rules.threshold(view.event.city, view.lead, is_taker=True)
        fee = unrounded_fees(view.charges.rule(view.series, view.now)).__getitem__
        rules, money = self.rules.sizing(threshold), self._money(view)
        return size(believed.probabilities, tuple(offers), _held(view), money, fee, rules)

    def _weighed(self, view: View, believed: Believed, found: _Touched, sizes: Sizes) -> Proposal | Refusal:
        """A sized price as a proposal, if its edge holds for the very count and its exact fee."""
        ticker, count = view.event.markets[found.leg].ticker, abs(sizes.counts[found.leg])
        if count == 0:
            held = view.book.counts[found.leg] * found.side.sign
            return Refusal(Reason.HOLDING if held > 0 else Reason.TOO_SMALL, ticker, max(held, 0), self.rules.step)
        fee = view.charges.in_one_fill(view.series, view.now, found.price, count)
        probability = believed.probabilities[found.leg]
        worth = edge(probability, found.side, found.price, count, fee)
        if worth < found.least:
            return Refusal(Reason.NO_EDGE, ticker, worth, found.least)
        intent = Intent(ticker, found.side, found.price, count)
        until = self.rules.releases.orders_end(view.event.city, view.now)
        return Proposal(found.leg, intent, probability, worth, found.least, growth=sizes.growth, until=until)


def _held(view: View) -> tuple[int, ...]:
    """What is held of each leg, what works taken for held: signed [1/100 contract]."""
    held = list(view.book.counts)
    for stake in view.book.stakes.values():
        held[stake.leg] += stake.side.sign * stake.count
    return tuple(held)


def _held_back(view: View, leg: int, gates: Gates) -> Refusal | None:
    """Why a market is not to be ordered again yet, if so."""
    ticker = view.event.markets[leg].ticker
    if view.book.is_working(leg):
        return Refusal(Reason.WORKING, ticker)
    last = view.book.ordered_at.get(leg)
    if last is not None:
        waited = (view.now - last).total_seconds() / 60.0
        if waited < gates.cooldown:
            return Refusal(Reason.COOLDOWN, ticker, waited, gates.cooldown)
    return None


def _unrounded_edge(view: View, probability: float, side: Side, price: int) -> float:
    """What a contract promises with the fee model unrounded [centicents]."""
    rule, is_buy = view.charges.rule(view.series, view.now), side.is_buy
    chance = probability if is_buy else 1.0 - probability
    return chance * CENTICENTS_PER_DOLLAR - unrounded_cost(rule, leg_price(price, is_buy=is_buy))
