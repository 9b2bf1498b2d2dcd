"""A package that is not installed is one line with the command that installs it, never a traceback."""

import sys
from pathlib import Path

import pytest

from backtester.cli.missing import missing_package
from mistakes import called, message


class Hidden:
    """A finder before all others, for which a package is not there."""

    def __init__(self, package: str) -> None:
        self.package = package

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name.partition(".")[0] == self.package:
            raise ModuleNotFoundError(f"No module named {self.package!r}", name=self.package)


RUN = ("run", "sixty_forty + vol_target", "--history", "small", "--data", "data", "--resamples", "0", "--out", "out")


@pytest.mark.parametrize(
    ("words", "package"),
    [
        ((*RUN, "--audit"), "vectorbt"),
        ((*RUN, "--classic"), "quantstats"),
        (("data", "fetch", "us", "--data", "mine"), "yfinance"),
    ],
)
def test_a_hidden_package_is_a_line(
    words: tuple[str, ...], package: str, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the package its option ends with status 2, a line and the command, and no run or history is written."""
    (tmp_path / "data").symlink_to(small)
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Hidden(package), *sys.meta_path])
    monkeypatch.setenv("BACKTESTER_BASE_URL", "http://127.0.0.1:9")
    status, out, err = called(tmp_path, *words)
    (line,) = message(err)
    assert (status, out) == (2, "")
    assert line.startswith(f"the package {package!r} is not installed; pip install '{package}>=")
    assert [path for path in tmp_path.rglob("*") if path.name in ("result.json", "manifest.toml")] == []


def test_only_our_packages_are_spoken_of() -> None:
    """A module that nobody requires is a fault of the program; one behind another exception is found."""
    assert missing_package(ModuleNotFoundError("", name="backtester.nothing")) is None
    error = RuntimeError("while drawing")
    error.__cause__ = ModuleNotFoundError("", name="myst_parser")
    assert (
        missing_package(error)
        == "the package 'myst_parser' is not installed; pip install 'myst-parser>=5.0' installs it"
    )
