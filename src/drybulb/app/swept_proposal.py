"""What a sweep proposes: the best set of a city as a block of settings, its evidence above it as comments.

Where the evidence does not carry it, the block is a comment too, and says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import fill
from typing import Any

from drybulb.app.proposal import Proposed, check_proposal, proposed_block
from drybulb.app.reporting.sentences import city_name, counted, money, span
from drybulb.app.swept_budgets import proposed_budget
from drybulb.app.worth_words import tried_sentences
from drybulb.engine.fills import Fills
from drybulb.errors import ConfigError

Document = Mapping[str, Any]

_WIDTH = 110
_HEAD = (
    "# What `drybulb sweep` proposes. Nothing reads this file: what convinces you, put into your own drybulb.toml.\n"
    "# Chosen on these days, so it is worth a test on days that nobody has looked at, and no more.\n"
)


def proposal(document: Document) -> str:
    """Return the file ``proposal.toml`` of a document ``sweep/1``; it can say ``[strategy.city.X]`` and no more.

    Raises:
        ConfigError: a value that a city's block cannot take.
    """
    text = "\n".join([_HEAD, *(_of_city(document, city) for city in document["cities"])])
    # With every block a comment there is nothing left that could say too much.
    if any(line and not line.startswith("#") for line in text.splitlines()):
        check_proposal(text)
    return text


def evidence(document: Document, city: str) -> Iterator[str]:
    """Yield what was found of the best set of a city, a sentence each."""
    found = document["cities"][city]
    name = city_name(city)
    what = f"{counted(len(found['screened']), 'set')} screened, {len(found['replayed']) - 1} replayed"
    where = f"{' … '.join(document['window'])}, {document['forecaster']}, fills {document['fills']}"
    yield f"{name}, {where}: {what} beside the settings in force."
    if found["best"] is None:
        yield f"{name}: no set traded in the replay, so there is nothing to propose."
        return
    rows = {row["name"]: row for row in found["replayed"]}
    best, reference = rows[found["best"]], found["replayed"][0]
    yield f"The best by Sharpe ratio of a day, {found['best']}: {_gained(best)}."
    yield f"The settings in force, {_values_in_words(reference)}: {_gained(reference)}."
    more = best["less_configured"]
    if more["ci90"] is not None:
        less = "less" if more["mean"] < 0.0 else "more"
        yield f"The set gained {money(abs(more['mean']))} a day {less}, paired by day: 90 % {span(more['ci90'], 2)}."
    worth = best["worth"]
    yield f"Its verdict: {worth['verdict']}, for {worth['reason']}."
    yield from tried_sentences(found["tried"], "It")
    if found["carried"]:
        yield "Nothing of what is asked of a proposal speaks against it."
        if proposed_budget(document, city) is not None:
            share = 100.0 * document["budgets"]["cities"][city]["share"]
            yield f"With its budget an event has at most {share:.2f} % of the bankroll at stake, beside other cities."
        return
    yield "So the block is a comment: what is asked of a proposal is not there."
    yield from (f"Against it: {reason}." for reason in found["against"])


def block_of(document: Document, city: str) -> str:
    """Return the block of a city without its evidence; a comment where it is not carried, empty where there is none."""
    return "".join(_lines(document, city)[1])


def _of_city(document: Document, city: str) -> str:
    """The block of one city below its evidence."""
    said, block = _lines(document, city)
    return "".join([*said, *block])


def _lines(document: Document, city: str) -> tuple[list[str], list[str]]:
    """Evidence and block, both as lines of the file: the block live where it is carried."""
    found = document["cities"][city]
    said = [fill(one, _WIDTH, break_on_hyphens=False) for one in evidence(document, city)]
    if found["best"] is None:
        return [f"# {line}\n" for one in said for line in one.splitlines()], []
    lines = proposed_block(city, _values(document, city), said).splitlines(keepends=True)
    block = [line if found["carried"] else f"# {line}" for line in lines if not line.startswith("#")]
    return [line for line in lines if line.startswith("#")], block


def _values(document: Document, city: str) -> dict[str, Proposed]:
    """What the block of the best set says, its budget where its evidence carries one."""
    found, budget = document["cities"][city], proposed_budget(document, city)
    best = next(row for row in found["replayed"] if row["name"] == found["best"])
    edge = "maker_min_edge_cents" if Fills(document["fills"]).is_maker else "min_edge_cents"
    first, second = best["min_edge_cents"]
    values: dict[str, Proposed] = {edge: (first, second), "weight": best["weight"]}
    match best["kelly_fraction"]:
        case float(fraction):
            part: dict[str, Proposed] = {} if budget is None else {"budget": budget}
            return {**values, "kelly_fraction": (fraction, fraction), **part}
        case other:
            raise ConfigError(f"{found['best']} has the fraction {other}; a set has one number for both leads")


def _values_in_words(row: Document) -> str:
    edges, fractions = ("/".join(f"{one:g}" for one in row[name]) for name in ("min_edge_cents", "kelly_fraction"))
    return f"edge {edges} ¢, weight {row['weight']:g}, Kelly {fractions}"


def _gained(row: Document) -> str:
    days, traded = row["worth"]["event_days"], row["worth"]["days_traded"]
    a_day = row["pnl_per_day"]
    sure = "" if a_day["ci90"] is None else f", 90 % {span(a_day['ci90'], 2)}"
    mean = "" if a_day["mean"] is None else f", {money(a_day['mean'], signed=True)} a day{sure}"
    return (
        f"{money(row['pnl_usd'], signed=True)} on {counted(days, 'event day')}{mean}; traded on {traded},"
        f" {counted(row['fills'], 'fill')}, fees {money(row['fees_usd'])}, drawdown {money(row['max_drawdown_usd'])}"
    )
