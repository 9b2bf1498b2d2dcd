"""What a history that is built again keeps of the old one, and which of several files is read."""

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from backtester.errors import DataError
from backtester.histories.blueprints import build
from backtester.histories.blueprints.build import _with_imported, file_reader
from backtester.histories.blueprints.draft import Draft

LAST, EARLY, NEAR = "2024-02-05", "2024-01-05", "2024-01-26"


def draft(folder: Path, **series: tuple[str, str]) -> Draft:
    """A draft of series, each of a kind and with one value on a date; without a date it has no figures."""
    made = Draft(folder, "made", {}, {}, pd.DataFrame())
    for role, (kind, date) in series.items():
        values = pd.Series([1.0], pd.DatetimeIndex([date])) if date else None
        made = made.with_series(role, {"kind": kind}, values)
    return made


def test_what_was_imported_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So is what the blueprint does not have. Of an asset that ended early it is said that it is absent after, but not
    of what is only looked at, is built from others, is near enough to the end, or is needed to the end."""
    (tmp_path / "manifest.toml").touch()
    old = draft(
        tmp_path,
        stocks=("price", EARLY),
        gold=("price", EARLY),
        oil=("total_return", EARLY),
        near=("price", NEAR),
        vix=("level", EARLY),
        future=("future", ""),
        dropped=("price", EARLY),
        bonds=("price", EARLY),
    )
    own = SimpleNamespace(series=old.series, table=SimpleNamespace(imported=["dropped", "bonds"]))
    monkeypatch.setattr(build, "read_folder", lambda folder: {"made": own})
    monkeypatch.setattr(build, "draft_of", lambda folder, name: old)
    now = draft(tmp_path, stocks=("price", LAST), dropped=("price", LAST), bonds=("price", LAST))
    notes: list[str] = []
    kept = _with_imported(now, notes.append)
    assert notes == ["kept gold, oil, near, vix, future, dropped, bonds, which were imported"]
    assert sorted(role for role, keys in kept.series.items() if "absent" in keys) == ["dropped", "gold", "oil"]
    assert set(kept.history_keys["imported"]) == {"gold", "oil", "near", "vix", "future", "dropped", "bonds"}
    assert str(kept.figures["stocks"].dropna().index[-1].date()) == LAST
    assert str(kept.figures["bonds"].dropna().index[-1].date()) == EARLY


def test_one_series_was_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The note has a verb for one; where nothing was, the draft stays as it is."""
    (tmp_path / "manifest.toml").touch()
    now = draft(tmp_path, stocks=("price", LAST))
    for roles, said in ((("gold",), ["kept gold, which was imported"]), ((), [])):
        old = draft(tmp_path, stocks=("price", LAST), **dict.fromkeys(roles, ("price", LAST)))
        own = SimpleNamespace(series=old.series, table=SimpleNamespace(imported=[]))
        monkeypatch.setattr(build, "read_folder", lambda folder, own=own: {"made": own})
        monkeypatch.setattr(build, "draft_of", lambda folder, name, old=old: old)
        notes: list[str] = []
        found = _with_imported(now, notes.append)
        assert notes == said
        assert (found is now) is not said


def test_files_of_one_name(tmp_path: Path) -> None:
    """Copies are one file, whatever the case of their name; two that differ are refused, wherever they stand."""
    for place, content in (("a", "1"), ("b", "1"), ("c", "2")):
        (tmp_path / place).mkdir()
        (tmp_path / place / ("X.csv" if place == "a" else "x.csv")).write_text(content)
    both = tmp_path / "a", tmp_path / "b"
    assert file_reader(*both)("x.CSV") == b"1"
    with pytest.raises(DataError, match="two different files") as caught:
        file_reader(*both, tmp_path / "c")("x.csv")
    assert str(caught.value).endswith("; remove one")
    with pytest.raises(DataError, match=r"no file y\.csv below"):
        file_reader(*both)("y.csv")
