"""`strategies evidence` and `strategies show --evidence`, on a short history."""

import json
from pathlib import Path

import pytest

from backtester.runs.evidence_page import PAGE_TITLE
from mistakes import called, refusal


@pytest.fixture(autouse=True)
def few_strategies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of built-ins with the reference and two overlays, one of which the short history cannot carry."""
    built_in = tmp_path / "built_in"
    built_in.mkdir()
    (built_in / "sixty_forty.py").write_text("def weights():\n    return {'stocks': 0.6, 'bonds': 0.4}\n")
    (built_in / "half.py").write_text("def weights(base):\n    return 0.5 * base\n")
    (built_in / "linked.py").write_text("def weights(base):\n    return base.assign(linkers=0.1)\n")
    monkeypatch.setattr("backtester.plugins.loader.bundled", lambda name: built_in)


def test_the_table_is_shown_and_written(tmp_path: Path, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the screen, as one document, and as a page that a second call replaces."""
    monkeypatch.setenv("COLUMNS", "200")  # as wide as a line is long: pytest's own may say 80
    words = ("strategies", "evidence", "--history", "small", "--data", str(small))
    status, out, _ = called(tmp_path, *words)
    assert status == 0
    lines = {line.split()[0]: line.split() for line in out.splitlines()}
    assert lines["half"][1:5] == ["small", "2019-06-03", "to", "2021-09-30"]
    assert lines["linked"][-2:] == ["needs", "linkers"]
    assert "sixty_forty" not in lines
    (half, linked) = json.loads(called(tmp_path, *words, "--json")[1])
    assert (half["strategy"], half["verdict"], linked["why_not"]) == ("half", "few", "needs linkers")
    for _ in range(2):
        assert called(tmp_path, *words, "--out", "evidence.md")[:2] == (
            0,
            "Evidence: evidence.md, and for programs evidence.json\n",
        )
        assert (tmp_path / "evidence.md").read_text().startswith(PAGE_TITLE)
        kept = json.loads((tmp_path / "evidence.json").read_text())["evidence"]
        assert [(one["strategy"], one["full"]) for one in kept] == [
            ("half", "sixty_forty + half"),
            ("linked", "sixty_forty + linked"),
        ]
        assert all(set(one["sha256"]) == {"sixty_forty", one["strategy"]} for one in kept)


def test_another_file_is_not_overwritten(tmp_path: Path, small: Path) -> None:
    """What is no table of evidence stays, and so does a folder."""
    (tmp_path / "notes.md").write_text("# Mine\n")
    words = ("strategies", "evidence", "--history", "small", "--data", str(small), "--out")
    said = "notes.md is there and is no table of evidence; name another file with --out"
    assert refusal(tmp_path, *words, "notes.md") == [said]
    (tmp_path / "own.json").write_text("[\n1]\n")
    said = "own.json is there and is no table of evidence; name another file with --out"
    assert refusal(tmp_path, *words, "own.md") == [said]
    assert not (tmp_path / "own.md").exists()
    said = "table.json is what the file beside a page is called; name a page, as evidence.md"
    assert refusal(tmp_path, *words, "table.json") == [said]
    assert refusal(tmp_path, *words, ".") == ["cannot write .: Is a directory; name another file with --out"]


def test_an_unknown_history_is_said_before_the_work(tmp_path: Path) -> None:
    """With the nearest name."""
    assert refusal(tmp_path, "strategies", "evidence", "--history", "us_1963") == [
        "unknown history 'us_1963'; did you mean 'us_1962'?"
    ]


def test_rows_of_one_strategy(tmp_path: Path, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`show --evidence` has its rows on the histories at hand, says which is not, and refuses the reference."""
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setattr("backtester.runs.evidence.HISTORIES", ("small", "us_long"))
    monkeypatch.setattr("backtester.cli.actions.evidence.HISTORIES", ("small", "us_long"))
    status, out, err = called(tmp_path, "strategies", "show", "Half", "--evidence", "--data", str(small))
    assert (status, out.count("half"), "linked" in out) == (0, 1, False)
    assert "history 'us_long' is not here; 'data fetch us_long --data DIR' builds it" in err
    said = "sixty_forty is what the others are compared with; name another strategy"
    assert refusal(tmp_path, "strategies", "show", "sixty_forty", "--evidence") == [said]
