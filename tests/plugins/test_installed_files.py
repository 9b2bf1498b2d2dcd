"""What is hashed of an installed strategy: where its files stand, wherever that is."""

import json
import sys
from importlib.metadata import Distribution, EntryPoint
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from backtester.errors import PluginError
from backtester.plugins import installed
from backtester.plugins.installed import Installed, _path_in_package, imported_anew, module_file, read_installed


@pytest.mark.parametrize(
    ("path", "module", "name"),
    [
        ("/a/top/x/y.py", "top.x.y", "top/x/y.py"),
        ("/a/top/lib/top/y.py", "top.y", "top/y.py"),
        ("/a/b/y.py", "top.y", "y.py"),
        ("/a/b/y.py", "y", "y.py"),
        ("/top/y.py", "top", "top/y.py"),
    ],
)
def test_files_are_named_from_the_package_on(path: str, module: str, name: str) -> None:
    """From the last folder of the package's name; without one the file's own."""
    assert _path_in_package(Path(path), module) == name


def test_the_hash_is_of_names_and_bytes() -> None:
    """The same anywhere, another with other bytes or another name."""

    def made(place: str, content: bytes) -> str:
        return Installed("d", "top.y", "top", {Path(place): content}).sha256

    assert made("/a/top/y.py", b"x") == made("/b/c/top/y.py", b"x")
    assert len({made("/a/top/y.py", b"x"), made("/a/top/y.py", b"z"), made("/a/top/z.py", b"x")}) == 3


def point(value: str) -> EntryPoint:
    """An entry point of no distribution."""
    return EntryPoint("made", value, "backtester.strategies")


@pytest.mark.parametrize("value", ["json.decoder", "json.decoder:weights"])
def test_a_module_or_its_function(value: str) -> None:
    """Both lead to the module's file; without a distribution all of its own package comes along."""
    folder = Path(json.__file__).resolve().parent
    assert module_file(point(value)) == folder / "decoder.py"
    found = read_installed(point(value))
    assert (found.distribution, found.module, found.package) == ("json", "json.decoder", "json")
    assert set(found.files) == set(folder.rglob("*.py"))
    alone = read_installed(point("this"))
    assert (alone.package, [path.name for path in alone.files]) == ("", ["this.py"])


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("json:dumps", "entry point 'made' names 'json:dumps'; a module is needed, or its function 'weights'"),
        ("nowhere.at_all", "entry point 'made' names no module 'nowhere.at_all'; reinstall its distribution"),
        ("sys.nothing", "entry point 'made' names no module 'sys.nothing'; reinstall its distribution"),
    ],
)
def test_what_is_no_module_is_refused(value: str, message: str) -> None:
    """Another function, and a module that is not there."""
    with pytest.raises(PluginError) as refused:
        module_file(point(value))
    assert str(refused.value) == message


def test_modules_are_imported_anew() -> None:
    """Within the block those of the distribution are not there, afterwards they are what they were."""
    before = sys.modules["json.decoder"]
    with imported_anew(read_installed(point("json"))):
        assert "json.decoder" not in sys.modules
        assert "sys" in sys.modules
    assert sys.modules["json.decoder"] is before


def test_which_files_are_a_distribution_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those in Python that it lists and that are there, all below its package's folders, or its one module."""
    for name in ("listed.py", "words.txt", "pkg/a.py", "pkg/sub/b.py", "pkg/c.txt", "lone.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    listed = [SimpleNamespace(locate=lambda one=one: tmp_path / one) for one in ("listed.py", "words.txt", "gone.py")]
    package = SimpleNamespace(submodule_search_locations=[str(tmp_path / "pkg")], origin=str(tmp_path / "pkg/a.py"))
    module = SimpleNamespace(submodule_search_locations=None, origin=str(tmp_path / "lone.py"))
    nowhere = SimpleNamespace(submodule_search_locations=None, origin=None)
    for top, files in (
        (package, ["pkg/a.py", "pkg/sub/b.py"]), (module, ["lone.py"]), (nowhere, []), (None, []),
    ):  # fmt: skip
        asked: list[str] = []
        found = lambda name, top=top, asked=asked: asked.append(name) or top  # noqa: E731 - beside what it notes
        monkeypatch.setattr(installed.importlib.util, "find_spec", found)
        expected = {(tmp_path / name).resolve() for name in files}
        assert set(installed._files_of("top.inner", None)) == expected
        both = installed._files_of("top.inner", cast(Distribution, SimpleNamespace(files=listed)))
        assert set(both) == expected | {(tmp_path / "listed.py").resolve()}
        assert asked == ["top", "top"]
