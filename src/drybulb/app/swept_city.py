"""What a sweep found in one city: every set screened, those replayed, and whether the best is worth proposing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from drybulb.adapters.trial_log import Row
from drybulb.app.reporting.sentences import signed, span
from drybulb.app.swept_study import REPLAYED, Study
from drybulb.app.tally import per_day
from drybulb.app.tried import Tried
from drybulb.domain.money import MICRODOLLARS_PER_DOLLAR
from drybulb.engine.fills import Fills
from drybulb.verification import Word

#: The deflated Sharpe ratio that is asked of a proposal: in one case of twenty luck does as well.
LEAST_DEFLATED = 0.95
#: The probability of overfitting that a proposal may have; one half is that of sets without an edge.
MOST_OVERFITTED = 0.20


@dataclass(frozen=True, slots=True)
class SweptCity:
    """What was found in one city.

    Attributes:
        study: name of the study in ``swept`` of the lake.
        events: on the tape.
        screened: a row a set of the grid, what gains most first; of a flat stake, which is no result.
        replayed: a row a desk, the settings in force first.
        best: name of the replayed set that is judged; None where none of them traded.
        gains: what the best gained by event day [dollars]; empty where there is none.
        luck: what the best of everything tried is by luck, the block ``tried``; None where the judged never varies.
        against: what speaks against the best, a sentence each.
        fills: what the replay granted.
        spoken: ladders on which the lightest weight has something to trade on, and ladders with a belief.
    """

    study: str
    events: int
    screened: tuple[Row, ...]
    replayed: tuple[Row, ...]
    best: str | None
    gains: Mapping[date, float]
    luck: Row | None
    against: tuple[str, ...]
    fills: Fills
    spoken: tuple[int, int]

    @property
    def is_carried(self) -> bool:
        """Whether there is a set to propose, and nothing speaks against it."""
        return self.best is not None and not self.against

    def row(self, name: str) -> Row:
        """Return the row of a desk."""
        return next(row for row in self.replayed if row["name"] == name)

    def notes(self) -> Iterator[str]:
        """What a reader of the numbers must know."""
        if self.fills.is_maker:
            yield "the screen takes, the replay makes: how the screen ranks sets says little of how they make"
        spoke, ladders = self.spoken
        if spoke < ladders:
            yield (
                f"at a weight below 1 there is something to trade on at {spoke:,} of {ladders:,} ladders: at the others"
                " the quotes do not speak for the market, which one-sided, wide or old ones never do"
            )
        if halted := sum(row["halted_at"] is not None for row in self.replayed):
            yield (
                f"{halted} of {len(self.replayed)} replays were halted by the drawdown and gained nothing afterwards:"
                " they tell more of the limits than of the sets"
            )

    def to_json(self) -> dict[str, Any]:
        """Return it as the document ``sweep/1`` has it."""
        return {
            "study": self.study,
            "events": self.events,
            "screened": list(self.screened),
            "replayed": list(self.replayed),
            "best": self.best,
            "tried": self.luck,
            "carried": self.is_carried,
            "against": list(self.against),
            "notes": list(self.notes()),
        }


def shown_city(
    study: Study,
    ranked: Sequence[Row],
    desks: Sequence[str],
    tried: Tried,
    spoken: tuple[int, int],
    seed: int,
) -> SweptCity:
    """Put together what was found in one city.

    Args:
        study: everything tried on the tape.
        ranked: lines of the grid's sets as screened, the best first.
        desks: names of the desks, the settings in force first.
        tried: everything tried on these days of the city.
        spoken: ladders on which the lightest weight has something to trade on, and ladders with a belief.
        seed: of the bootstraps.
    """
    about = study.log.about()
    events = int(about["events"])
    lines = [study.known[REPLAYED, name] for name in desks]
    replayed = tuple(_replayed(line, lines[0], seed) for line in lines)
    # The probability of overfitting is that of choosing by the Sharpe ratio of a day: so it is chosen.
    rivals = [row for row in replayed[1:] if row["worth"]["sharpe_per_day"] is not None]
    best = max(rivals, key=lambda row: float(row["worth"]["sharpe_per_day"]), default=None)
    name = None if best is None else str(best["name"])
    luck = None if name is None else tried.luck(study.named(study.known[REPLAYED, name]))
    gains = {} if name is None else study.known[REPLAYED, name]["gains"]
    return SweptCity(
        study=study.log.name,
        events=events,
        screened=tuple(_screened(line, events) for line in ranked),
        replayed=replayed,
        best=name,
        gains={date.fromisoformat(day): gain for day, gain in gains.items()},
        luck=luck,
        against=() if best is None else tuple(_against(best, luck)),
        fills=Fills(about["fills"]),
        spoken=spoken,
    )


def _screened(line: Row, events: int) -> Row:
    """What the screen says of a set; the flat stake's gain of an event day is what it is ranked by."""
    said = {name: line["set"][name] for name in ("min_edge_cents", "weight")}
    gain = line["gain_usd"] / events if events else 0.0
    return {**said, "touched": line["touched"], "fills": line["fills"], "flat_gain_per_day_usd": round(gain, 6)}


def _replayed(line: Row, reference: Row, seed: int) -> Row:
    """What the replay says of a set, and how much more a day it gained than the settings in force."""
    more = {
        date.fromisoformat(day): round((gain - reference["gains"][day]) * MICRODOLLARS_PER_DOLLAR)
        for day, gain in line["gains"].items()
    }
    is_reference = line["name"] == reference["name"]
    return {
        "name": line["name"],
        **line["set"],
        **line["result"],
        "halted_at": line["halted_at"],
        "less_configured": None if is_reference else per_day(more, seed),
        "journal": line["journal"],
    }


def _against(best: Row, luck: Row | None) -> Iterator[str]:
    """What speaks against the best set."""
    worth = best["worth"]
    if worth["verdict"] != Word.EARNS:
        yield f"its verdict is {worth['verdict']}: {worth['reason']}"
    if best["halted_at"] is not None:
        yield f"the drawdown halted it on {best['halted_at'][:10]}"
    more = best["less_configured"]
    if more["ci90"] is None or more["ci90"][0] <= 0.0:
        seen = "is not known" if more["ci90"] is None else f"is {span(more['ci90'], 2)}, not above zero"
        yield f"the 90 % interval of what it gains a day more than the settings in force [$] {seen}"
    if luck is None:
        return
    if luck["deflated_sharpe"] < LEAST_DEFLATED:
        yield (
            f"its deflated Sharpe ratio is {luck['deflated_sharpe']:.2f}, {LEAST_DEFLATED:g} is asked: the best of"
            f" {luck['trials']:,} tried would have {signed(luck['sharpe_by_chance'], 2)} a day by luck, it has"
            f" {signed(luck['sharpe_per_day'], 2)}"
        )
    if luck["overfitting"] is None:
        yield "the probability of overfitting is not known: there are too few days, or too few sets that differ"
    elif luck["overfitting"] > MOST_OVERFITTED:
        yield (
            f"the probability of overfitting is {luck['overfitting']:.2f}, at most {MOST_OVERFITTED:g} is asked; one"
            " half is that of sets without an edge"
        )
