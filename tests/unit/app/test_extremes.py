"""What fills could come to, by hand, over every outcome of a ladder."""

from __future__ import annotations

from drybulb.app.extremes import NO_EXTREMES, Extremes, extremes
from drybulb.domain.ledger import Side


def test_a_leg_bought_loses_its_price_and_fee_and_wins_the_rest() -> None:
    """Ten YES at 95 c with 4 c of fee lose $9.54 and win 46 c; ten NO at 95 c are the same."""
    yes = ("A", Side.BID, 9_500, 1_000, 40_000)
    no = ("A", Side.ASK, 500, 1_000, 40_000)
    assert extremes([yes], 6) == extremes([no], 6) == Extremes(9_540_000, 460_000)


def test_only_one_leg_pays() -> None:
    """NO of two legs at 60 c each cannot both be lost: $0.20 at worst, $0.80 at best where another leg pays."""
    legs = [("A", Side.ASK, 4_000, 100, 0), ("B", Side.ASK, 4_000, 100, 0)]
    assert extremes(legs, 6) == Extremes(200_000, 800_000)
    # Where there is no other leg, one of them is lost.
    assert extremes(legs, 2) == Extremes(200_000, 0)


def test_what_was_sold_again_is_at_stake_no_more() -> None:
    """YES bought at 40 c and sold at 55 c gains 15 c whatever comes."""
    assert extremes([("A", Side.BID, 4_000, 100, 0), ("A", Side.ASK, 5_500, 100, 0)], 6) == Extremes(0, 150_000)


def test_events_of_one_day_add() -> None:
    """Two cities may both be wrong on one day."""
    assert NO_EXTREMES.beside(Extremes(3, 5)).beside(Extremes(4, 1)) == Extremes(7, 6)
