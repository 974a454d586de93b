"""Gates that let in what they should not, or that look at the wrong number."""

from __future__ import annotations

from datetime import datetime, timedelta

from drybulb.forecast import gate
from drybulb.forecast.gate import GateRules
from drybulb.forecast.model_card import ModelCard
from tests.laws import test_law17_gate as law
from tests.laws.mutants import Mutant

_untimely = gate.untimely


def _rows_for_events(card: ModelCard, rules: GateRules) -> tuple[str, ...]:
    return () if card.n_rows >= rules.min_events else ("It was trained on too few rows.",)


def _other_way_round(card: ModelCard, rules: GateRules) -> tuple[str, ...]:
    gain = card.scores[0].gain()
    return () if gain <= rules.max_loss else (f"Out of fold, on 120 events, its log score is {gain} nats worse.",)


def _young_is_old(until: datetime, last_known_at: datetime, at: datetime, rules: GateRules) -> tuple[str, ...]:
    if until - at > timedelta(days=rules.max_age_days):
        return ("It is out of date: .",)
    return _untimely(max(until, at), last_known_at, at, rules)


def _by_the_day(until: datetime, last_known_at: datetime, at: datetime, rules: GateRules) -> tuple[str, ...]:
    early = last_known_at > at and last_known_at.date() == at.date()
    return _untimely(until, at if early else last_known_at, at, rules)


MUTANTS = [
    Mutant(
        law=law.test_the_unfit_are_refused_by_name_and_the_next_in_line_speaks,
        target="drybulb.forecast.probes.faults",
        replacement=lambda model: (),
        defect="the gate trusts the card and asks the model nothing",
    ),
    Mutant(
        law=law.test_the_unfit_are_refused_by_name_and_the_next_in_line_speaks,
        target="drybulb.forecast.gate._degenerate",
        replacement=lambda card: (),
        defect="what was found at training is not read",
    ),
    Mutant(
        law=law.test_the_unfit_are_refused_by_name_and_the_next_in_line_speaks,
        target="drybulb.forecast.gate._thin",
        replacement=_rows_for_events,
        defect="rows are counted, not events",
    ),
    Mutant(
        law=law.test_the_unfit_are_refused_by_name_and_the_next_in_line_speaks,
        target="drybulb.forecast.gate._worse",
        replacement=_other_way_round,
        defect="the difference to S has the wrong sign",
    ),
    Mutant(
        law=law.test_a_model_speaks_from_what_it_knows_until_it_is_out_of_date,
        target="drybulb.forecast.gate.untimely",
        replacement=_young_is_old,
        defect="the age is counted the wrong way, so that no model is ever too old",
    ),
    Mutant(
        law=law.test_a_model_speaks_from_what_it_knows_until_it_is_out_of_date,
        target="drybulb.forecast.gate.untimely",
        replacement=_by_the_day,
        defect="a model may speak on the whole day on which it came to know something",
    ),
]
