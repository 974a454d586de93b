"""The page of a run: complete, alone in its file, and the same for the same run."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest

from drybulb.app.report import ReportResult, report
from drybulb.errors import ReportError
from tests.unit.app import run_folder

SCHEMAS = Path(__file__).parents[3] / "docs" / "reference" / "schemas"
VOID = {"meta", "br", "hr", "img", "link", "input"}


class Reader(HTMLParser):
    """Collects what a browser would act on, and checks that every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.references: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        values = dict(attrs)
        self.ids += [values["id"] or ""] if "id" in values else []
        self.references += [values[name] or "" for name in ("src", "href", "xlink:href") if name in values]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(file: Path) -> Reader:
    """Parse a page."""
    reader = Reader()
    reader.feed(file.read_text(encoding="utf-8"))
    assert reader.open == []
    return reader


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run with its scores, of which no page is drawn."""
    return run_folder.write(tmp_path / "run", verified=run_folder.verify_document())


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with all that may stand beside it, for the tests that only read it."""
    return run_folder.write(tmp_path_factory.mktemp("run"), beside=run_folder.everything() | {"config": {}})


@pytest.fixture(scope="module")
def written(whole: Path) -> ReportResult:
    """The page of that run, written once."""
    return report(whole)


def test_the_page_needs_nothing_else(written: ReportResult) -> None:
    """The page has no script and refers to nothing outside itself, and within itself to things that are there once."""
    page = read(written.file)
    assert page.tags.isdisjoint({"script", "link", "img", "iframe", "object", "base"})
    assert {reference[0] for reference in page.references} == {"#"}
    assert len(page.ids) == len(set(page.ids))
    assert {reference.removeprefix("#") for reference in page.references} <= set(page.ids)
    style = written.file.read_text(encoding="utf-8")
    assert "@import" not in style
    assert set(re.findall(r"url\((.)", style)) == {"#"}


def test_the_same_run_is_the_same_page(written: ReportResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither place, nor time, nor a user's own settings of pictures change a byte."""
    elsewhere = run_folder.write(tmp_path / "moved" / "here", beside=run_folder.everything())
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    import matplotlib as mpl

    with mpl.rc_context({"font.size": 30, "axes.grid": False}):
        second = report(elsewhere, tmp_path / "new" / "page.html")
    assert written.file.read_bytes() == second.file.read_bytes()
    assert written.sha256 == second.sha256
    assert [path.name for path in second.file.parent.iterdir()] == ["page.html"]


def test_the_runs_of_these_tests_are_of_the_published_shape() -> None:
    """run.json less its digests, and all that may stand beside it, satisfy the published schemas."""
    run = {name: value for name, value in run_folder.run_document().items() if name not in ("config", "lake")}
    for verb, document in (("backtest", run), *run_folder.everything().items()):
        jsonschema.validate(document, json.loads((SCHEMAS / f"{verb}.json").read_text(encoding="utf-8")))


def test_the_document_says_what_was_written(written: ReportResult) -> None:
    """report/1 names the run, the file beside it, its size and its digest."""
    content = written.file.read_bytes()
    assert written.to_json() == {
        "schema": "report/1",
        "run": str(written.run),
        "file": str(written.run / "report.html"),
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def test_everything_of_the_run_is_on_the_page(written: ReportResult) -> None:
    """Policy, window, assumptions, notes, every city and lead, sources, refusals and digests are all shown."""
    text = " ".join(read(written.file).text)
    document = run_folder.run_document()
    wanted = [
        *("Policy S", "2025-01-01", "2025-01-05", *document["assumptions"], *document["notes"]),
        *("Chicago, the day before", "Los Angeles", "Miami", "all, the event day", "−9.00 … 3.00"),
        *("no guidance: Chicago (20)", "no markets in the lake (5)", "no edge", "4,000"),
        *(document["digest"], document["config"], document["lake"]),
    ]
    assert [words for words in wanted if words not in text] == []


def test_scores_are_on_the_page(written: ReportResult) -> None:
    """Scores stand by clock and by city with their intervals, and a clock of few events is left out of the picture."""
    text = " ".join(read(written.file).text)
    for words in (
        "CRPS [°F] by clock",
        "RPS by city",
        "D daily quote",
        "Chicago, D",
        "All cities, D",
        "1.40 … 1.70",
        "S − market",
    ):
        assert words in text
    assert "Left out for having fewer than 10 events: D 06:00 (9)." in text
    assert "chicago: 3 daily quotes left out" in text


def test_the_chapters_are_in_order(written: ReportResult) -> None:
    """A page has one first heading, its chapters in a fixed order, and a link to each of them."""
    page = read(written.file)
    chapters = ["assumed", "result", "worth", "markouts", "days", "forecasts", "calibration", "refusals", "provenance"]
    headings = re.findall(r"<(h\d)(?: id=\"(\w+)\")?>", written.file.read_text(encoding="utf-8"))
    assert [name for level, name in headings if level == "h2"] == chapters
    assert [level for level, _ in headings].count("h1") == 1
    assert [reference for reference in page.references if reference.removeprefix("#") in chapters] == [
        f"#{name}" for name in chapters
    ]


def test_the_page_about_the_report_is_true(written: ReportResult) -> None:
    """docs/explain/report.md names the chapters of the page, all of them and in their order."""
    page = (SCHEMAS.parents[1] / "explain" / "report.md").read_text(encoding="utf-8")
    named = [row.split(" | ")[0].removeprefix("| ") for row in re.findall(r"^\| .*`.*$", page, re.MULTILINE)]
    assert named == re.findall(r"<h2 id=.*?>(.*?)</h2>", written.file.read_text(encoding="utf-8"))


def test_every_table_and_picture_is_named(written: ReportResult) -> None:
    """Tables have captions, and keys can move wide ones; pictures have figure captions and say what they show."""
    text = written.file.read_text(encoding="utf-8")
    assert text.count("<table ") == text.count("<caption>")
    wide = re.findall(
        r'<div class="table" role="region" aria-label="[^"]+" tabindex="0">\n<table class="scroll">', text
    )
    assert len(wide) == text.count('<table class="scroll">')
    assert text.count("<figure>") == text.count("<figcaption>")
    assert len(re.findall(r'<svg role="img" aria-label="[^"]+"', text)) == text.count("<svg ")


def test_markouts_are_on_the_page(written: ReportResult) -> None:
    """Markouts stand by city and lead at every horizon, each with its interval and its fills, none as a dash."""
    text = " ".join(" ".join(read(written.file).text).split())
    cells = "8 30 −1.25 −2.25 … −0.75 8 fills – +0.50 −0.50 … 1.00 8 fills −40.00 −41.00 … −39.50 8 fills"
    assert f"Chicago, the day before {cells}" in text
    assert "5 min after a fill a price had moved against us: −1.25 ¢ a contract" in text.replace("\u00a0", " ")


def test_calibration_is_on_the_page(written: ReportResult) -> None:
    """Calibration stands for every forecaster, the policy's first, and for the policy's by city, with intervals."""
    text = " ".join(" ".join(read(written.file).text).split()).replace("\u00a0", " ")
    cells = "40 60 % 50 … 70 60 % 50 … 70 60 % 50 … 70 2.25 5.50 12 % 9 % 1.25 1.01 … 1.50"
    assert f"S, D {cells} climatology, D {cells}" in text
    assert "Calibration of S by city events in 50 % in 80 % in 90 %" in text
    assert f"Chicago, D {cells}" in text


def test_an_example_day_is_on_the_page(written: ReportResult) -> None:
    """An example day is named with its gain, told in words and drawn, and the page says how it was chosen."""
    text = " ".join(" ".join(read(written.file).text).split())
    assert "How they were chosen: best, worst and median." in text
    assert "Best: Chicago, 2025-01-02 , +$7.50 It settled at 32 °F, in the bracket 31–32 °F." in text.replace(
        "\u00a0", " "
    )
    assert "31–32 °F  ✓ won" in " ".join(read(written.file).text)


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    """Where nothing stands beside a run, each chapter says so in a line, and names the command that makes it."""
    text = " ".join(" ".join(read(report(run_folder.write(tmp_path)).file).text).split())
    for name in ("verify", "calibration"):
        assert f"Not here: the run's folder has no {name}.json ." in text
        assert f"drybulb {name} --start 2025-01-01 --end 2025-01-05 --json prints it." in text
    for name in ("markouts", "days"):
        assert f"Not here: the run's folder has no {name}.json . A backtest of today writes it." in text


def test_scores_of_another_window_are_named_as_such(tmp_path: Path) -> None:
    """Scores that stand beside a run but are of other days are shown under a line that says so."""
    scores = run_folder.verify_document() | {"window": ["2024-12-01", "2024-12-31"], "rows": []}
    text = " ".join(" ".join(read(report(run_folder.write(tmp_path, verified=scores)).file).text).split())
    assert "Of another window than the run: 2024-12-01 … 2024-12-31 ." in text


def test_a_run_without_events_has_a_page(tmp_path: Path) -> None:
    """A run that replayed nothing still gives a page, which says so instead of drawing."""
    document = run_folder.run_document()
    empty = run_folder.NOTHING | {"events": 0, "refused": {"no quotes": 5}, "beliefs": {}}
    document["cities"] = dict.fromkeys(document["cities"], empty)
    document |= {"total": empty, "by_lead": {"0": run_folder.NOTHING, "1": run_folder.NOTHING}, "not_traded": {}}
    page = read(report(run_folder.write(tmp_path, document, equity="day,total,equity\n")).file)
    assert "svg" not in page.tags
    assert "No event was replayed, so there is nothing to draw." in " ".join(page.text)


def test_names_from_files_are_shown_not_obeyed(tmp_path: Path) -> None:
    """A name that looks like HTML is printed as it stands, in text, tables and pictures."""
    odd = '<b onclick="x">"&'
    document = run_folder.run_document()
    document["cities"][odd] = document["cities"].pop("chicago")
    document |= {"notes": [odd], "not_traded": {odd: 1}, "policy": odd}
    equity = run_folder.EQUITY.replace("chicago", '"' + odd.replace('"', '""') + '"')
    days, markouts = run_folder.days_document(), run_folder.markout_document()
    days["rule"] = days["days"][0]["station"] = days["days"][0]["event"] = odd
    beside = {"days": days, "markouts": markouts | {"notes": [odd]}}
    page = read(report(run_folder.write(tmp_path, document, equity=equity, beside=beside)).file)
    assert "b" not in page.tags
    assert page.text.count(odd) >= 2


def _spoil(name: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        file = folder / name
        file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")

    return spoil


def _set(name: str, **values: object) -> Callable[[Path], None]:
    return _spoil(name, lambda text: json.dumps(json.loads(text) | values))


BAD: dict[str, tuple[Callable[[Path], None], str]] = {
    "no run.json": (
        lambda folder: (folder / "run.json").unlink(),
        r"run\.json does not exist; give the folder of a run",
    ),
    "run.json of no JSON": (_spoil("run.json", lambda _: "{"), r"run\.json is not what it should be: .*Invalid JSON"),
    "another document": (_set("run.json", schema="verify/1"), r"run\.json is not .*: schema: .*'backtest/1'"),
    "a missing part": (_set("run.json", total={}), r"run\.json is not .*: total\.orders: Field required, and \d+ more"),
    "a NaN": (_set("run.json", by_lead={"0": run_folder.TRADED | {"pnl_usd": float("nan")}}), "finite number"),
    "a third lead": (_set("run.json", by_lead={"2": run_folder.TRADED}), "less than or equal to 1"),
    "another journal": (_spoil("journal.jsonl", lambda text: text + "\n"), "it was changed: run `drybulb backtest`"),
    "no journal": (lambda folder: (folder / "journal.jsonl").unlink(), r"journal\.jsonl cannot be read"),
    "no equity": (lambda folder: (folder / "equity.csv").unlink(), r"equity\.csv does not exist"),
    "an empty equity": (_spoil("equity.csv", lambda _: ""), r"equity\.csv is not a table of gains by day"),
    "words for gains": (_spoil("equity.csv", lambda text: text.replace("-25.5", "much")), "not a table of gains"),
    "NaN for gains": (_spoil("equity.csv", lambda text: text.replace("-25.500000", "nan")), "nan is no gain"),
    "a short row": (_spoil("equity.csv", lambda text: text + "2025-01-06,1.0\n"), "not a table of gains"),
    "no total": (_spoil("equity.csv", lambda text: text.replace("total", "sum")), "KeyError"),
    "a foreign city": (_spoil("equity.csv", lambda text: text.replace("miami", "boston")), "run.json has not: boston"),
    "a ladder of two": (
        _set("days.json", days=[run_folder.days_document()["days"][0] | {"brackets": []}]),
        r"days\.json is not .*: days\.0: .*KX has 0 brackets, its quotes or beliefs another number; remove it",
    ),
    "odd scores": (
        _set("verify.json", rows=[{}]),
        r"verify\.json is not .*: rows\.0\.city: .*; remove it, or write it",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_a_broken_run_is_refused(run: Path, what: str) -> None:
    """A file that is missing, spoilt or of another run is named with the fault and the fix; nothing is written."""
    (run / "days.json").write_text(json.dumps(run_folder.days_document()), encoding="utf-8")
    spoil, message = BAD[what]
    spoil(run)
    if (run / "run.json").exists() and what != "run.json of no JSON":
        run_folder.seal(run)  # or else the digests would say it first
    with pytest.raises(ReportError, match=message):
        report(run)
    assert not (run / "report.html").exists()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("run.json", '"pnl_usd": -12.5', '"pnl_usd": 12.5'),
        ("equity.csv", "-25.500000", "25.500000"),
        ("markouts.json", '"mean_cents": -1.25', '"mean_cents": 1.25'),
        ("days.json", '"pnl_usd": 7.5', '"pnl_usd": 75'),
        ("config.json", "{}", '{"schema": "config/1"}'),
    ],
)
def test_an_edited_run_is_refused(
    whole: Path, written: ReportResult, tmp_path: Path, name: str, old: str, new: str
) -> None:
    """One number changed in any file of a run is told from what the run wrote, by the name of the file."""
    assert written.file.exists()
    folder = shutil.copytree(whole, tmp_path / "run")
    _spoil(name, lambda text: text.replace(old, new, 1))(folder)
    with pytest.raises(ReportError, match=rf"{name} has digest .* it was changed: run `drybulb backtest` again"):
        report(folder)


def test_a_file_of_another_run_is_refused(run: Path) -> None:
    """Example days laid beside a run that wrote none are not taken for its own."""
    (run / "days.json").write_text(json.dumps(run_folder.days_document()), encoding="utf-8")
    with pytest.raises(ReportError, match=r"days\.json is not of this run, run\.json does not name it; remove it"):
        report(run)


def test_scores_are_put_there_by_people(run: Path) -> None:
    """What verify prints is read as it stands: no run vouches for it."""
    _set("verify.json", notes=["a note of today"])(run)
    assert "a note of today" in " ".join(read(report(run).file).text)


def test_a_run_without_digests_is_refused(run: Path) -> None:
    """A run of an earlier version vouches for nothing, and is to be made again."""
    file = run / "run.json"
    document = {name: said for name, said in json.loads(file.read_text("utf-8")).items() if name != "result"}
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(
        ReportError, match=r"run\.json is not .*: result: Field required; .*run `drybulb backtest` again"
    ):
        report(run)


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    """A path that is no folder is named, with what to give instead."""
    with pytest.raises(ReportError, match=r"nowhere is not a folder; give the run that `drybulb backtest` named"):
        report(tmp_path / "nowhere")


def test_a_page_that_cannot_be_written_is_an_error(run: Path, tmp_path: Path) -> None:
    """Where the file to write is a folder, the error names it and --out, and leaves no half page."""
    (run / "verify.json").unlink()
    taken = tmp_path / "taken"
    taken.mkdir()
    with pytest.raises(ReportError, match=r"taken cannot be written .*; give another --out"):
        report(run, taken)
    assert list(taken.iterdir()) == []
