"""Whether the strategy leaves an efficient market alone: `python -m bench.efficient --out DIR [--seeds N] [--json]`.

A forecaster is trained on one synthetic world. Then, seed by seed, another world is built, whose makers quote exactly
what it states of its highs, with a spread; its event days are traded through the whole pipeline, with the exact fee. A
seed counts as left alone if the one-sided 95 % lower bound of the gain of an event day is at most 0. Of :data:`SEEDS`
seeds, which are fixed, at least :data:`LEAST` in a hundred must be, each with :data:`TRADES` trades or more; else the
bench ends with status 1. A seed that fails is looked into, never exchanged.

Each seed's result is a file in DIR, and one that is there is not run again.
"""

# ruff: noqa: T201 - a script, run by hand: it prints what it measured.
from __future__ import annotations

import os

# As the command line does: a fit of small arrays is slower on many threads.
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.efficient_seed import Outcome, traded, trained, world
from drybulb.adapters.lake import Lake
from drybulb.app import config
from drybulb.world.spec import MakerSpec

#: The seeds are 1 … 100.
SEEDS = 100
#: In a hundred seeds so many must be left alone, with so many trades in each.
LEAST, TRADES = 90, 30
#: Event days of a seed, in each of six cities.
DAYS = 10
#: Days of weather that train; with fewer no city has a model of its own.
TRAINING_DAYS = 400
POLICY = "hybrid"
_MODELS = "trained"


def one(out: Path, policy: str, days: int, seed: int) -> tuple[Outcome, float]:
    """Run a seed and keep its result; return it with the time it took [s]."""
    began, settings = perf_counter(), config.load()
    spec = world(settings, days, seed, MakerSpec())
    found = traded(Lake.existing(out / _MODELS), settings, list(settings.city), spec, policy)
    file = _file(out, policy, days, seed)
    aside = file.with_suffix(".part")
    aside.write_text(json.dumps(found.to_json(), indent=1) + "\n", encoding="utf-8")
    aside.replace(file)
    return found, perf_counter() - began


def _file(out: Path, policy: str, days: int, seed: int) -> Path:
    return out / f"{policy}-{days}-{seed:03d}.json"


def kept(out: Path, policy: str, days: int, seeds: Sequence[int]) -> dict[int, Outcome]:
    """The seeds that were run before, by seed."""
    files = {seed: _file(out, policy, days, seed) for seed in seeds}
    there = {seed: file.read_text(encoding="utf-8") for seed, file in files.items() if file.exists()}
    return {seed: Outcome(**json.loads(text)) for seed, text in there.items()}


def verdict(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Count what must hold; ``broken`` says in words what does not."""
    alone = sum(found.low <= 0.0 for found in outcomes)
    thin = sorted(found.seed for found in outcomes if found.trades < TRADES)
    beaten = sorted(found.seed for found in outcomes if found.low > 0.0)
    broken = []
    if 100 * alone < LEAST * len(outcomes):
        broken.append(f"left alone in {alone} of {len(outcomes)} seeds, {LEAST} in 100 are needed; beaten: {beaten}")
    if thin:
        broken.append(f"fewer than {TRADES} trades in seeds {thin}")
    return {
        "schema": "efficient/1",
        "seeds": len(outcomes),
        "left_alone": alone,
        "beaten": beaten,
        "trades": {"least": min(found.trades for found in outcomes), "all": sum(found.trades for found in outcomes)},
        "pnl_usd": round(sum(found.pnl for found in outcomes), 2),
        "broken": broken,
        "outcomes": [found.to_json() for found in outcomes],
    }


def run(out: Path, policy: str, days: int, seeds: Sequence[int], jobs: int) -> Iterator[tuple[Outcome, float]]:
    """Train if nobody has, then yield each seed as it is done, with its time [s]."""
    settings = config.load()
    models = out / _MODELS
    if not (models / "registry").exists():
        print("training", file=sys.stderr, flush=True)
        trained(models, settings, list(settings.city), TRAINING_DAYS)
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        for done in as_completed([pool.submit(partial(one, out, policy, days), seed) for seed in seeds]):
            yield done.result()


def main() -> None:
    """Run the seeds that are missing, print the verdict, and end with status 1 where it is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder of the models and of each seed's result")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="run seeds 1 … N")
    parser.add_argument("--days", type=int, default=DAYS, help="event days of a seed")
    parser.add_argument("--policy", default=POLICY, help="the forecaster whose beliefs are traded")
    parser.add_argument("--jobs", type=int, default=1, help="seeds run at once")
    parser.add_argument("--json", action="store_true", help="print the document of schema efficient/1")
    wanted = parser.parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    seeds = range(1, wanted.seeds + 1)
    found = kept(wanted.out, wanted.policy, wanted.days, seeds)
    missing = [seed for seed in seeds if seed not in found]
    for result, seconds in run(wanted.out, wanted.policy, wanted.days, missing, wanted.jobs) if missing else ():
        found[result.seed] = result
        said = f"{len(found)} of {len(seeds)}: seed {result.seed}, {result.trades} trades, {result.per_day:+.2f} a day"
        print(f"{said}, lower bound {result.low:+.2f}, {seconds:.1f} s", file=sys.stderr, flush=True)
    counted = verdict([found[seed] for seed in seeds])
    if wanted.json:
        print(json.dumps(counted, indent=1))
    else:
        trades, beaten = counted["trades"], counted["beaten"] or "none"
        print(f"left alone in {counted['left_alone']} of {counted['seeds']} seeds; beaten: {beaten}")
        print(f"{trades['all']:,} trades, {trades['least']:,} or more a seed; gain over all ${counted['pnl_usd']:,.2f}")
    if counted["broken"]:
        raise SystemExit("broken: " + "; ".join(counted["broken"]))


if __name__ == "__main__":
    main()
