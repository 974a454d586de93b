"""The command line: what it says of itself, its exit statuses, and JSON that is JSON alone."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import jsonschema
import polars as pl
import pytest
import typer.main

from drybulb.cli import app, main
from tests.unit.adapters.archives import MARKETS, small_archive, write

SCHEMAS = Path(__file__).parents[2] / "docs" / "reference" / "schemas"
VERBS = (
    "demo",
    "import",
    "dense",
    "coverage",
    "train",
    "models",
    "tune",
    "verify",
    "calibration",
    "predict",
    "anchor",
    "watch",
    "markouts",
    "backtest",
    "mispricing",
    "report",
    "compare",
    "results",
    "scan",
    "lookahead",
    "sweep",
    "walkforward",
    "config",
)
WINDOWED = ("verify", "calibration", "backtest", "mispricing", "watch", "markouts", "sweep", "walkforward")
#: What the verb prints, where another document has its name: `markouts.json` lies in the folder of a run.
PRINTS = {"markouts": "belief_markouts"}


#: A small demo: a shorter window and fewer trees for the models, and a belief an hour.
SMALL = """
[training]
window_days = 120

[hazards.global.H1]
trees = 30

[backtest]
belief_cadence_min = 60
"""

Run = Callable[..., CompletedProcess[str]]


def drybulb(*arguments: str) -> CompletedProcess[str]:
    """Run the command line as a person would."""
    return subprocess.run([sys.executable, "-m", "drybulb", *arguments], capture_output=True, text=True, check=False)


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in this process, which spares its start; what its libraries print themselves counts too."""

    def run(*arguments: str) -> CompletedProcess[str]:
        monkeypatch.setattr(sys, "argv", ["drybulb", *arguments])
        capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        printed = capfd.readouterr()
        status = left.value.code
        assert status is None or isinstance(status, int)
        return CompletedProcess(arguments, status or 0, printed.out, printed.err)

    return run


def document(run: CompletedProcess[str]) -> dict[str, Any]:
    """The one JSON document of a run, checked against its published schema."""
    found: dict[str, Any] = json.loads(run.stdout)
    schema = json.loads((SCHEMAS / f"{found['schema'].split('/')[0]}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(found, schema)
    return found


def test_the_verbs_are_the_ones_documented() -> None:
    """The command line offers these verbs and no other."""
    assert sorted(typer.main.get_command(app).commands) == sorted(VERBS)  # type: ignore[attr-defined]


@pytest.mark.parametrize("verb", VERBS)
def test_help_teaches(verb: str) -> None:
    """Each verb's help holds an example, and offers --lake and --json."""
    command = typer.main.get_command(app).commands[verb]  # type: ignore[attr-defined]
    assert f"drybulb {verb}" in command.help
    options = {name for option in command.params for name in option.opts}
    assert {"--json", "--lake"} <= options


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_schema(verb: str) -> None:
    """What a verb prints with --json is described by a published, versioned schema."""
    name = PRINTS.get(verb, verb)
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    assert schema["$id"] == f"drybulb/{name}/1"
    assert schema["properties"]["schema"] == {"const": f"{name}/1"}


def test_help_is_quick() -> None:
    """--help imports neither polars nor the models."""
    code = "import sys, drybulb.cli; print([m for m in ('polars', 'numpy', 'scipy', 'matplotlib') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("verify", "--start", "2024-11-31", "--end", "2024-12-01"), "--start"),
        (("verify", "--start", "2024-12-02", "--end", "2024-12-01"), "after"),
        (("calibration", "--start", "2024-12-01", "--end", "2024-12-02", "--forecasters", ","), "--forecasters"),
        (("train", "--until", "2024-11-17T12:00"), "time zone"),
        (("models", "--at", "2024-11-17"), "--at"),
        (("backtest", "--start", "2024-12-01", "--end", "2024-12-02", "--policy", "luck"), "luck"),
        (("backtest", "--start", "2024-12-01", "--end", "2024-12-02", "--decide-at", "10:00"), "D-1T10:00"),
        (("backtest", "--start", "2024-12-01", "--end", "2024-12-02", "--cities", "boston"), "boston"),
        (("mispricing", "--start", "2024-12-01", "--end", "2024-12-02", "--source", "luck"), "luck"),
        (("sweep", "--start", "2024-12-01", "--end", "2024-12-02", "--min-edge", "3,x"), "1,2.5"),
        (("predict", "boston", "2024-12-01"), "boston"),
        (("import", "somewhere", "--format", "xml"), "xml"),
        (("fly",), "fly"),
    ],
)
def test_wrong_usage_is_status_2_and_names_what_is_wrong(inside: Run, arguments: tuple[str, ...], words: str) -> None:
    """A wrong argument ends with status 2, says which, and prints nothing on stdout."""
    done = inside(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


def test_an_error_is_one_line_and_status_1(tmp_path: Path) -> None:
    """An error of drybulb's own names the thing and the fix in one line, without a traceback."""
    done = drybulb("import", str(tmp_path / "nothing"), "--lake", str(tmp_path / "lake"), "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("drybulb: ")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "lake").exists()


@pytest.mark.parametrize(
    "verb",
    ["dense", "coverage", "train", "models", "verify", "calibration", "predict", "backtest", "mispricing", "sweep"],
)
def test_a_lake_that_is_not_there_is_an_error(inside: Run, tmp_path: Path, verb: str) -> None:
    """A mistyped --lake is an error with the fix, not an empty result, and makes no folder."""
    window = ("--start", "2024-12-01", "--end", "2024-12-02") if verb in WINDOWED else ()
    event = ("miami", "2024-12-01", "--at", "2024-12-01T12:00Z") if verb == "predict" else ()
    done = inside(verb, *event, *window, "--lake", str(tmp_path / "lkae"), "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no lake at" in done.stderr
    assert not (tmp_path / "lkae").exists()


def test_config_prints_json_alone() -> None:
    """`config --json` prints one document that fits its schema."""
    done = drybulb("config", "--json")
    assert done.returncode == 0
    assert document(done)["config"]["city"]["chicago"]["station"] == "KMDW"


def test_an_import_with_refusals_is_status_3(inside: Run, tmp_path: Path) -> None:
    """An import that refuses something imports the rest, says so in its JSON, and ends with status 3."""
    frames = small_archive()
    sound = write(tmp_path / "sound", frames)
    lake = ("--lake", str(tmp_path / "lake"), "--json")
    assert inside("import", str(sound), *lake).returncode == 0
    frames[MARKETS] = frames[MARKETS].filter(pl.col("strike_type") != "less")
    done = drybulb("import", str(write(tmp_path / "spoiled", frames)), "--lake", str(tmp_path / "other"), "--json")
    assert done.returncode == 3, done.stderr
    found = document(done)
    reasons = {"ladder does not tile", "its event was refused", "strikes are nowhere"}
    assert {r["reason"] for r in found["refusals"]} == reasons
    assert found["tables"]["official"]["added"] > 0


def test_demo_ends_with_a_report_and_the_lake_answers(inside: Run, tmp_path: Path) -> None:
    """A small demo runs end to end; its lake then answers every verb that asks a lake, in JSON."""
    out, settings = tmp_path / "demo", tmp_path / "small.toml"
    settings.write_text(SMALL)
    small = ("--config", str(settings))
    done = drybulb("demo", "--out", str(out), "--weather-days", "220", "--market-days", "2", "--json", *small)
    assert done.returncode == 0, done.stderr
    made = document(done)
    assert Path(made["report"]).read_text().startswith("<!doctype html>")
    assert len(made["backtests"]["hybrid"]["cities"]) == 6
    assert made["backtests"]["never"]["total"]["fills"] == 0
    lake = ("--lake", str(out / "lake"), "--json")
    last = made["backtests"]["S"]["window"][1]
    assert document(inside("coverage", *lake, *small))["usable"]["miami"]["labelled_days"] == 220
    drawn = ("--explain", "--picture", str(tmp_path / "belief.svg"))
    belief = document(inside("predict", "miami", last, "--at", f"{last}T18:00Z", *drawn, *lake, *small))
    assert [voice["source"] for voice in belief["explanation"]["voices"]] == ["global"]
    assert "what moved the mean" in (tmp_path / "belief.svg").read_text()
    assert belief["source"] == "fallback:no city model", "120 days of the window are too few for a city model"
    assert "are needed; global: guidance+observations" in belief["reason"]
    assert sum(cell["probability"] for cell in belief["pmf"]) == pytest.approx(1.0)
    assert sum(leg["probability"] for leg in belief["ladder"]) == pytest.approx(1.0)
    trained = document(inside("train", "--until", f"{last}T00:00Z", "--cities", "miami,denver", *lake, *small))
    assert trained["notes"] is not None
    listed = document(inside("models", "--why", "--at", f"{last}T00:00Z", *lake, *small))
    assert "serves" in {row["verdict"] for row in listed["rows"] if row["name"] == "first-floor"}
    again = document(inside("dense", *lake, *small))
    assert all(not city["months_built"] for city in again["cities"].values())
    window = ("--start", last, "--end", last, "--cities", "miami,denver", *small)
    assert document(inside("verify", *window, *lake))["rows"]
    told = inside("calibration", *window, "--forecasters", "S,emos", "--picture", str(tmp_path / "page.svg"), *lake)
    assert {row["forecaster"] for row in document(told)["rows"]} == {"S", "emos"}
    assert "S" in (tmp_path / "page.svg").read_text()
    assert document(inside("mispricing", *window, "--source", "S", *lake))["slices"]
    traded = document(inside("backtest", *window, "--policy", "climatology", *lake))
    assert traded["cities"]["miami"]["events"] == 1
    assert document(inside("report", Path(traded["run"]).name, *lake))["bytes"] > 0
