"""What is hashed of an installed strategy: where its files stand, wherever that is."""

from pathlib import Path

import pytest

from backtester.plugins.installed import Installed, _importable


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
    assert _importable(Path(path), module) == name


def test_the_hash_is_of_names_and_bytes() -> None:
    """The same anywhere, another with other bytes or another name."""

    def made(place: str, content: bytes) -> str:
        return Installed("d", "top.y", "top", {Path(place): content}).sha256

    assert made("/a/top/y.py", b"x") == made("/b/c/top/y.py", b"x")
    assert len({made("/a/top/y.py", b"x"), made("/a/top/y.py", b"z"), made("/a/top/z.py", b"x")}) == 3
