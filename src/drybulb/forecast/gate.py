"""The gate: which global and city models are fit to be served, and why the others are not.

A card says what was found at training; the probes are asked again of the model itself, so that a card alone lets
nothing in. Each refusal is one sentence that is true of the model, with the numbers in it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from drybulb.forecast import probes
from drybulb.forecast.corrected import Corrected
from drybulb.forecast.model_card import ModelCard
from drybulb.forecast.training_card import instant_text


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRules:
    """What is asked of a model before it is served.

    Attributes:
        min_events: it was fitted on at least so many events.
        max_loss: by how much its log score out of fold may be worse than S's [nats].
        max_age_days: how long after its ``until`` it may speak [d].
    """

    min_events: int = 300
    max_loss: float = 0.01
    max_age_days: int


def refusals(card: ModelCard, model: Corrected, at: datetime, rules: GateRules) -> tuple[str, ...]:
    """Why a model must not be served, one sentence each; empty where it may be.

    Args:
        card: what is known about it.
        model: it.
        at: the earliest instant it will be asked about [aware].
        rules: what is asked of it.
    """
    return (
        *untimely(card.until, card.last_known_at, at, rules),
        *_thin(card, rules),
        *_worse(card, rules),
        *_degenerate(card),
        *_faulty(card, model),
    )


def untimely(until: datetime, last_known_at: datetime, at: datetime, rules: GateRules) -> tuple[str, ...]:
    """Why a model must not be served at an instant, whatever it says.

    Args:
        until: nothing known later was used to train it [aware].
        last_known_at: when the newest thing it knows became known [aware].
        at: the earliest instant it will be asked about [aware].
        rules: what is asked of it.
    """
    found = []
    if last_known_at > at:
        found.append(
            f"It is from the future: it knows things from {instant_text(last_known_at)}, and {instant_text(at)} is"
            " before that."
        )
    if at - until > timedelta(days=rules.max_age_days):
        found.append(
            f"It is out of date: it was trained until {instant_text(until)}, more than {rules.max_age_days} days"
            f" before {instant_text(at)}."
        )
    return tuple(found)


def _thin(card: ModelCard, rules: GateRules) -> tuple[str, ...]:
    if card.n_events >= rules.min_events:
        return ()
    return (f"It was trained on {card.n_events:,} events; {rules.min_events:,} are needed.",)


def _worse(card: ModelCard, rules: GateRules) -> tuple[str, ...]:
    """Compare with S over all rows it was trained on, each predicted by a fit that did not see the row's day."""
    if not card.scores:
        return ("Its card holds no score out of fold, so nothing shows that it is as good as S.",)
    whole = card.scores[0]
    if not math.isfinite(whole.gain()):
        return (f"Its log score out of fold cannot be compared with S's: the difference is {whole.gain()}.",)
    if -whole.gain() <= rules.max_loss:
        return ()
    mine, of_s = whole.log_score["model"], whole.log_score["S"]
    return (
        (
            f"Out of fold, on {whole.events:,} events, its log score is {-whole.gain():.4f} nats worse than S's"
            f" ({mine:.4f} against {of_s:.4f}); at most {rules.max_loss} nats is allowed."
        ),
    )


def _degenerate(card: ModelCard) -> tuple[str, ...]:
    return tuple(f"It was found degenerate when it was trained – {reason}." for reason in card.degenerate)


def _faulty(card: ModelCard, model: Corrected) -> tuple[str, ...]:
    """What the probes find now; what the card already says is not said twice."""
    now = probes.faults(model)
    return tuple(f"It does not answer to what it is told – {fault}." for fault in now if fault not in card.degenerate)
