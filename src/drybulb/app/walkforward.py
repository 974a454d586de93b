"""`drybulb walkforward`: train, select and trade in rolling windows, each by what was known before it.

Of a window's outcomes nothing is chosen. The last window is traded only when it is opened for a reason, which is noted;
whoever may not go on is told before anything is noted.
"""

from __future__ import annotations

from pathlib import Path

from drybulb.adapters.lake import Lake
from drybulb.app.config import Config
from drybulb.app.progress import Progress, silent
from drybulb.app.walk import Walk
from drybulb.app.walked import FILE, WalkResult, beside
from drybulb.app.walked_kept import write_whole
from drybulb.app.walked_models import Models, Speakers
from drybulb.app.walking import Walking


def walkforward(
    lake: Lake,
    config: Config,
    walk: Walk,
    *,
    open_last: str | None = None,
    open_locked: str | None = None,
    out: Path | None = None,
    speakers: Speakers | None = None,
    progress: Progress = silent,
) -> WalkResult:
    """Walk through the windows; what a walk of the same question has done before is not done again.

    Args:
        lake: the tables and the stored models.
        config: the settings in force; they stay as they are, and are what the choice is held against.
        walk: what is asked.
        open_last: why the last window is traded, and days that another walk opened as its last; none is when None.
        open_locked: why locked windows of the configuration are scored; they are not when None.
        out: folder of the windows, runs and result; ``walked/<digest of the question>`` in the lake when None.
        speakers: who believes; the stored models when None.
        progress: told what is being done.

    Raises:
        ConfigError: a city that is not configured, an empty or a single window, a policy without beliefs, fills nobody
            could have, or an ``out`` of another walk.
        LockedWindow: a locked window without a reason, or the last one for a reason that is blank or was given before.
        LakeError: a file that cannot be read or written.
        ModelError: no stored model at all, or one that is broken.
    """
    walk.check(config)
    walking = Walking.begin(lake, config, walk, out, speakers, progress)
    walking.check(open_last, open_locked)
    opened = walking.train() if walk.models is Models.TRAIN else ()
    opened += walking.open(open_locked)
    rows = [walking.window(window) for window in walking.windows]
    result = WalkResult(
        walk=walk,
        windows=tuple(rows),
        openings=tuple(walking.last().listed(config)),
        opened=opened,
        beside=tuple(beside(walking.folder, walk)),
        seed=config.training.seed,
        folder=walking.folder,
    )
    write_whole(walking.folder / FILE, result.to_json())
    return result
