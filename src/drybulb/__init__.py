"""drybulb: from raw market and weather data to calibrated beliefs about daily highs, and to audited trades on them.

Where do I go to...

- learn or change what a word means (a city, a climate day, a bracket, a fee, an account)? ``drybulb.domain``
- see the columns of a table, or how candles, dense minutes and snapshots are made? ``drybulb.frames``
- change how a snapshot becomes a belief, or add a model or a baseline? ``drybulb.forecast``
- change what is traded, how much of it, and what is refused? ``drybulb.strategy``
- follow one event through the loop, or see how fills are granted? ``drybulb.engine``
- read a new source, or change how the lake is kept on disk? ``drybulb.adapters``
- score forecasts, or put an interval around a score? ``drybulb.verification``
- try an idea where the truth is known? ``drybulb.world``
- follow a use case from the command line to its files, or find a setting? ``drybulb.app``
- find a verb of the command line? ``drybulb.verbs``, put together in ``drybulb.cli``; an error? ``drybulb.errors``

The rooms know each other in one direction only, and a machine checks it (``make check``)::

    cli -> verbs -> app -> adapters -> engine -> strategy -> domain
                           forecast -> frames -> domain        world -> frames
    verification (numpy only) by app, forecast and strategy; errors by all

Nothing below ``adapters`` and ``app`` touches a disk, a network, a clock or an unseeded random number.
"""

from __future__ import annotations

__version__ = "0.1.0"

__all__ = ["__version__"]
