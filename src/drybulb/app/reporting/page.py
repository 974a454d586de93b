"""The page of a run: what its files say, as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drybulb.app.reporting.belief_parts import belief_tables, refusal_tables
from drybulb.app.reporting.calibration_parts import calibration_picture, calibration_tables
from drybulb.app.reporting.day_parts import example_days
from drybulb.app.reporting.markout_parts import markout_picture, markout_tables
from drybulb.app.reporting.parts import template, unbroken
from drybulb.app.reporting.reported import Reported
from drybulb.app.reporting.result_parts import city_pictures, equity_picture, figures, result_table
from drybulb.app.reporting.score_parts import score_sections
from drybulb.app.reporting.sentences import sentences
from drybulb.app.worth_words import on_page


def page(reported: Reported, tried: Mapping[str, Any] | None) -> str:
    """Return the page as HTML.

    Args:
        reported: the run.
        tried: the block ``tried`` that judges it among all that was tried; None where its gains never vary.
    """
    run, verified, calibrated = reported.run, reported.verified, reported.calibrated
    markouts, days = reported.markouts, reported.days
    return template("report.html").render(
        run=run,
        figures=figures(reported),
        found=[unbroken(sentence) for sentence in sentences(reported)],
        result=result_table(reported),
        equity=equity_picture(reported),
        cities=city_pictures(reported),
        worth=on_page(run.model_dump(), tried),
        markouts=markouts,
        markout_picture=None if markouts is None else markout_picture(markouts),
        markout_tables=None if markouts is None else markout_tables(markouts),
        days=days,
        examples=[] if days is None else example_days(days),
        verified=verified,
        scores=[] if verified is None else score_sections(verified, run.policy),
        calibrated=calibrated,
        calibration_picture=None if calibrated is None else calibration_picture(calibrated, run.policy),
        calibration_tables=[] if calibrated is None else calibration_tables(calibrated, run.policy),
        beliefs=belief_tables(run),
        refusals=list(refusal_tables(run)),
    )
