"""Law 11, the instrument: it finds a planted bias and names it, and names nothing where makers are right."""

from __future__ import annotations

from drybulb.app import mispriced
from drybulb.world.biases import Bias, Longshots, SlowReaction, WrongBracket, WrongCity
from drybulb.world.spec import MakerSpec
from tests.laws.stated_world import price_rows, stated

_SEED = 1

#: Each kind of bias of about five cents, and what the sentence must say of it.
PLANTED: tuple[tuple[Bias, tuple[str, ...]], ...] = (
    (WrongCity("miami", degrees=0.5), ("the ladder of Miami is ", "too warm")),
    (WrongBracket(place=3, cents=5.0), ("bracket 3 is 5.0 ¢", "too dear", "in all 6 cities")),
    (WrongBracket(place=5, cents=-5.0), ("bracket 5 is 5.0 ¢", "too cheap", "in all 6 cities")),
    (Longshots(cents=5.0), ("longshots ", "too dear", "in all 6 cities")),
    (SlowReaction(minutes=15), ("behind the news: they are slow", "in all 6 cities")),
    (WrongCity("chicago", cents=5.0), ("every bracket of Chicago is 5.0 ¢", "too dear")),
)


def test_a_planted_bias_is_found_and_named() -> None:
    """In ninety events makers who are wrong are found by the world's own belief, and by what they are wrong in.

    They are off by five cents in one bracket, in long shots or in a city, half a degree too warm about a city, or a
    quarter of an hour late. The interval leaves out 0, and payouts do not refute the belief.
    """
    for bias, words in PLANTED:
        found = mispriced.find(price_rows(stated(), MakerSpec(biases=(bias,))), _SEED)
        assert found.believed is not None
        said = found.sentence(found.believed)
        assert all(word in said for word in words), f"{bias.name}: {said}"
        first = found.believed.named[0]
        assert first.low > 0.0 or first.high < 0.0, f"{bias.name}: {said}"
        assert not found.is_belief_refuted, f"{bias.name}: {found.sentence(found.believed)}"


def test_nothing_is_named_where_makers_are_right() -> None:
    """In ninety events with right makers neither payouts nor the world's own belief name anything."""
    found = mispriced.find(price_rows(stated(), MakerSpec()), _SEED)
    assert found.believed is not None
    assert found.sentence(found.paid) == "no slice stands"
    assert found.sentence(found.believed) == "no slice stands"
