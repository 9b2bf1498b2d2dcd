"""Strategies found in folders, files and distributions; whatever is wrong with one, the others load."""

import hashlib
import importlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from backtester.errors import PluginError
from backtester.files import bundled
from backtester.plugins.loader import Library, load_anew, load_file, load_library, load_strategy
from backtester.plugins.names import normal_name
from backtester.plugins.packing import pack_strategy, unpack_strategy
from backtester.plugins.recipes import parse_recipe

GOOD = "def weights(*, size=1.0):\n    return {'stocks': size}\n"
BUILT_IN = sorted(path.stem for path in bundled("strategies").glob("*.py"))


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Write files by name into a folder and return it."""

    def write(**sources: str) -> Path:
        for name, source in sources.items():
            (tmp_path / f"{name}.py").write_text(source)
        return tmp_path

    return write


@pytest.fixture
def distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Path]]:
    """Install a distribution with those entry points and modules in a folder of its own on `sys.path`."""

    def install(points: str, modules: dict[str, str]) -> Path:
        site = tmp_path / "site"
        for name, source in modules.items():
            path = site / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source)
        info = site / "acme_hedges-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-hedges\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[backtester.strategies]\n{points}\n")
        monkeypatch.syspath_prepend(site)
        importlib.invalidate_caches()
        return site

    yield install
    for name in [name for name in sys.modules if name.split(".")[0] == "acme"]:
        del sys.modules[name]


def failure(source: str) -> str:
    """The words in which a file of that source is refused, after its name and place."""
    with pytest.raises(PluginError) as raised:
        load_strategy("s", "s.py", source.encode())
    start = "strategy 's' (s.py): "
    assert str(raised.value).startswith(start)
    return str(raised.value).removeprefix(start)


def test_built_ins_are_found() -> None:
    """Without any path the built-in strategies are there, each under its file's name, and none is broken."""
    library = load_library(installed=False)
    assert sorted(library.strategies) == BUILT_IN
    assert library.broken == {}


def test_a_folder_and_a_file_are_plugins(folder: Callable[..., Path], tmp_path: Path) -> None:
    """Every file of a folder that is named is a strategy, but not those that begin with an underscore."""
    place = folder(mine=GOOD, yours=GOOD, _helper="raise SystemExit")
    (tmp_path / "notes.txt").write_text("no strategy")
    library = load_library([place], installed=False)
    assert sorted(library.strategies) == sorted([*BUILT_IN, "mine", "yours"])
    assert library.broken == {}
    assert "yours" not in load_library([place / "mine.py"], installed=False).strategies


def test_names_ignore_case_and_hyphens(folder: Callable[..., Path]) -> None:
    """`Gold-Rush.py` is gold_rush, and is found under any spelling of it."""
    library = load_library([folder(**{"Gold-Rush": GOOD})], installed=False)
    assert normal_name("Gold-Rush") == "gold_rush"
    for spelling in ("gold_rush", "GOLD_RUSH", "gold-rush", "Gold-Rush"):
        assert library.find(spelling).name == "gold_rush"
    assert library.find("Sixty-Forty").name == "sixty_forty"


def test_finds_the_nearest_name() -> None:
    """A name that no strategy has is told with the nearest one, or with all of them."""
    library = load_library(installed=False)
    with pytest.raises(PluginError) as raised:
        library.find("sixty-fourty")
    assert str(raised.value) == "unknown strategy 'sixty-fourty'; did you mean 'sixty_forty'?"
    with pytest.raises(PluginError) as raised:
        library.find("zzz")
    assert str(raised.value) == f"unknown strategy 'zzz'; known: {', '.join(BUILT_IN)} (--plugins adds your own)"
    with pytest.raises(PluginError, match=r"^unknown strategy 'x'; none is known .--plugins adds"):
        Library().find("x")


def test_two_of_one_name_are_refused(folder: Callable[..., Path], tmp_path: Path) -> None:
    """Two files whose names are one, in hyphens or case, or that of a built-in, are an error that names both files."""
    place = folder(**{"gold-rush": GOOD})
    other = tmp_path / "other" / "Gold_Rush.py"
    other.parent.mkdir()
    other.write_text(GOOD)
    with pytest.raises(PluginError) as raised:
        load_library([place, other.parent], installed=False)
    assert (
        str(raised.value) == f"two strategies are named 'gold_rush': {place / 'gold-rush.py'} and {other}; rename one"
    )
    own = folder(sixty_forty=GOOD) / "sixty_forty.py"
    with pytest.raises(PluginError) as raised:
        load_library([own], installed=False)
    built_in = bundled("strategies") / "sixty_forty.py"
    assert str(raised.value) == f"two strategies are named 'sixty_forty': {built_in} and {own}; rename one"


def test_one_file_named_twice_is_one_strategy(folder: Callable[..., Path]) -> None:
    """A file that is named, and lies in a folder that is named, is loaded once."""
    place = folder(mine=GOOD)
    library = load_library([place, place / "mine.py", place / ".." / place.name], installed=False)
    assert sorted(library.strategies) == sorted([*BUILT_IN, "mine"])


def test_a_path_to_nothing_is_refused(tmp_path: Path) -> None:
    """A path that is neither file nor folder is told with what is accepted."""
    with pytest.raises(PluginError) as raised:
        load_library([tmp_path / "none"], installed=False)
    expected = f"no strategy file or folder at {tmp_path / 'none'}; name a .py file or a folder of them"
    assert str(raised.value) == expected


@pytest.mark.parametrize(
    "source",
    [
        "def weights(:",
        "import no_such_module",
        "import sys\nsys.exit()",
        "def weights(*, size): ...",
        "from typing import Annotated\nfrom pydantic import Field\n"
        "def weights(*, size: Annotated[str, Field(ge=0)] = 'a'): ...",
        "__doc__ = 5\ndef weights(): ...",
        "def __getattr__(name):\n    raise RuntimeError(name)",
        "import sys\ndef weights(*, size: 'sys.exit()' = 1): ...",
        "def weights(): ...\n\0",
    ],
    ids=["syntax", "import", "exit", "setting", "constraint", "docstring", "getattr", "annotation", "nul"],
)
def test_a_broken_plugin_does_not_stop_the_others(folder: Callable[..., Path], source: str) -> None:
    """Whatever is wrong with one file, it is kept with its error, the others load, and finding it tells the error."""
    place = folder(bad=source, good=GOOD)
    library = load_library([place], installed=False)
    assert sorted(library.strategies) == sorted([*BUILT_IN, "good"])
    assert str(library.broken["bad"]).startswith(f"strategy 'bad' ({place / 'bad.py'}): ")
    assert "\n" not in str(library.broken["bad"])
    for _ in range(2):
        with pytest.raises(PluginError) as raised:
            library.find("Bad")
        raised.value.add_note("here")
        assert raised.value.lines() == [str(library.broken["bad"]), "here"]


def test_a_file_that_cannot_be_read_is_broken(tmp_path: Path) -> None:
    """A folder that is named like a file does not stop the others either."""
    (tmp_path / "odd.py").mkdir()
    library = load_library([tmp_path], installed=False)
    assert str(library.broken["odd"]) == f"cannot read strategy file {tmp_path / 'odd.py'}: Is a directory"
    with pytest.raises(PluginError) as raised:
        load_file(tmp_path / "gone.py")
    assert str(raised.value) == f"cannot read strategy file {tmp_path / 'gone.py'}: No such file or directory"


def test_failures_say_where_and_what() -> None:
    """An error names the line in the plugin's own file, its kind, and the first line of its message."""
    assert failure("x = 1\nx = = 2\n") == "line 2: SyntaxError: invalid syntax (s.py, line 2)"
    assert failure("\n\nimport no_such_module\n") == "line 3: ModuleNotFoundError: No module named 'no_such_module'"
    assert failure("def f():\n    raise ValueError('a\\nb')\nf()\n") == "line 2: ValueError: a"
    assert failure("import sys\nsys.exit('bye')\n") == "line 2: SystemExit: bye"
    # the JSON and the Python that a plugin reads have lines of their own, which are not its lines
    assert failure("import json\n\njson.loads('{')\n").startswith("line 3: JSONDecodeError: ")
    assert failure("import ast\n\n\nast.parse('1 +')\n").startswith("line 4: SyntaxError: ")


@pytest.mark.parametrize("source", ["", "weights = {'stocks': 1.0}", "class weights: ...", "Weights = lambda: {}"])
def test_needs_a_function_of_that_name(source: str) -> None:
    """A file without a function `weights` is told what a strategy is."""
    assert failure(source) == "no function 'weights'; a strategy is a file with one function of that name"


def test_what_is_wrong_with_a_signature_names_the_file() -> None:
    """What a declaration is refused for is told with the strategy and its file."""
    assert failure("def weights(*, size): ...") == "setting 'size' has no default; give it one"


def test_an_interrupt_is_not_the_plugins() -> None:
    """Control-C while a plugin loads stops the program, not the plugin."""
    with pytest.raises(KeyboardInterrupt):
        load_strategy("s", "s.py", b"raise KeyboardInterrupt")


def test_what_is_hashed_is_what_is_executed(tmp_path: Path) -> None:
    """The file is read once: one that rewrites itself while it runs is hashed and run as it was read."""
    path = tmp_path / "sly.py"
    source = (
        b"from pathlib import Path\nPath(__file__).write_text('def weights(): return 2')\ndef weights(): return 1\n"
    )
    path.write_bytes(source)
    strategy = load_file(path)
    assert path.read_bytes() != source
    assert strategy.weights() == 1
    assert strategy.source == source
    assert strategy.sha256 == hashlib.sha256(source).hexdigest()


def test_bytes_are_loaded_without_a_file() -> None:
    """A worker that gets name, origin and bytes has the same strategy, though there is no such file."""
    strategy = load_strategy("sent", "/nowhere/sent.py", b"REBALANCE = 'week'\nBAND = 0.1\n" + GOOD.encode())
    assert (strategy.name, strategy.origin) == ("sent", "/nowhere/sent.py")
    assert (strategy.rebalance, strategy.band) == ("week", 0.1)
    assert strategy.weights(size=0.5) == {"stocks": 0.5}


def test_constants_are_optional() -> None:
    """Without REBALANCE and BAND a strategy leaves its rhythm to the run."""
    strategy = load_strategy("s", "s.py", GOOD.encode())
    assert (strategy.rebalance, strategy.band) == (None, None)


def test_a_plugin_may_define_dataclasses() -> None:
    """A dataclass looks its module up by name while it is made, and finds it."""
    head = "from __future__ import annotations\nfrom dataclasses import dataclass\n"
    legs = head + "@dataclass\nclass Leg:\n    size: float\n" + GOOD
    assert load_strategy("legs", "legs.py", legs.encode()).name == "legs"


def test_an_installed_distribution_is_found(distribution: Callable[..., Path]) -> None:
    """An entry point's module is a strategy under the entry point's name, whatever its file is called."""
    modules = {"acme/__init__.py": "", "acme/hedges/__init__.py": "", "acme/hedges/tail.py": GOOD}
    site = distribution("Tail-Hedge = acme.hedges.tail", modules)
    library = load_library()
    assert library.find("tail_hedge").name == "tail_hedge"
    assert library.find("tail_hedge").origin == str(site / "acme" / "hedges" / "tail.py")
    assert "tail_hedge" not in load_library(installed=False).strategies


def test_an_installed_package_is_found(distribution: Callable[..., Path]) -> None:
    """An entry point may name a package; its `__init__` is the strategy, under the entry point's name."""
    distribution("hedge = acme", {"acme/__init__.py": GOOD})
    assert load_library().find("hedge").name == "hedge"


@pytest.mark.parametrize("value", ["acme.gone", "acme_gone", "acme_gone.hedge", "acme.bad.hedge", "acme gone"])
def test_an_entry_point_to_nothing_does_not_stop_the_others(distribution: Callable[..., Path], value: str) -> None:
    """An entry point whose module is missing, or cannot be looked for, is broken and says what to do."""
    modules = {"acme/__init__.py": "", "acme/hedge.py": GOOD, "acme/bad/__init__.py": "1 / 0"}
    distribution(f"lost = {value}\nkept = acme.hedge", modules)
    library = load_library()
    assert sorted(library.strategies) == sorted([*BUILT_IN, "kept"])
    assert str(library.broken["lost"]) == (f"entry point 'lost' names no module {value!r}; reinstall its distribution")


def test_a_name_that_an_installed_strategy_shares_is_broken(distribution: Callable[..., Path]) -> None:
    """A distribution whose strategy has the name of another hurts only what names it; the rest runs."""
    site = distribution("fed-put = acme", {"acme/__init__.py": GOOD})
    library = load_library()
    assert sorted(library.strategies) == [name for name in BUILT_IN if name != "fed_put"]
    with pytest.raises(PluginError) as raised:
        library.find("fed_put")
    built_in = bundled("strategies") / "fed_put.py"
    theirs = site / "acme" / "__init__.py"
    assert str(raised.value) == f"two strategies are named 'fed_put': {built_in} and {theirs}; rename one"
    assert parse_recipe("sixty_forty + gold_overlay", library).steps


def test_an_entry_point_may_name_the_function(distribution: Callable[..., Path]) -> None:
    """`package.module:weights` is the strategy in that module; another function is none."""
    distribution("one = acme.hedge:weights\nother = acme.hedge:bets", {"acme/__init__.py": "", "acme/hedge.py": GOOD})
    library = load_library()
    assert library.find("one").weights(size=0.5) == {"stocks": 0.5}
    assert str(library.broken["other"]) == (
        "entry point 'other' names 'acme.hedge:bets'; a module is needed, or its function 'weights'"
    )


RELATIVE = """from . import sizes
from .deep.more import DOUBLE


def weights():
    sizes.calls.append(1)
    return {'stocks': sizes.SIZE * DOUBLE * len(sizes.calls)}
"""
PACKAGE = {
    "acme/__init__.py": "",
    "acme/hedge.py": RELATIVE,
    "acme/sizes.py": "SIZE = 0.25\ncalls = []\nrole = 'linkers'\n",
    "acme/deep/__init__.py": "",
    "acme/deep/more.py": "from ..sizes import SIZE\nDOUBLE = 8 * SIZE\n",
}


def test_modules_of_a_distribution_import_each_other(distribution: Callable[..., Path]) -> None:
    """Relatively, from the packages above and below; what siblings spell out counts as the strategy's own words."""
    distribution("hedge = acme.hedge", PACKAGE)
    strategy = load_library().find("hedge")
    assert strategy.weights() == {"stocks": 0.5}
    assert "linkers" in strategy.words


def test_all_of_a_distribution_is_executed_anew(distribution: Callable[..., Path]) -> None:
    """A strategy that is loaded again remembers nothing, in its siblings neither; what was imported stays as it was."""
    distribution("hedge = acme.hedge", PACKAGE)
    before = importlib.import_module("acme.sizes")
    first = load_library().find("hedge")
    assert [first.weights()["stocks"] for _ in range(2)] == [0.5, 1.0]
    again = load_anew(first)
    assert again.weights() == {"stocks": 0.5}
    assert (again.sha256, again.declaration) == (first.sha256, first.declaration)
    assert sys.modules["acme.sizes"] is before
    assert before.calls == []


def test_what_is_executed_anew_must_be_a_strategy_still() -> None:
    """A file that makes its function the first time alone is refused, with its name, and an error has its line."""
    whole = load_strategy("s", "s.py", GOOD.encode())
    with pytest.raises(PluginError, match=r"strategy 's' \(s\.py\): no function 'weights'; a strategy is a file"):
        load_anew(replace(whole, source=b"weights = None"))
    with pytest.raises(PluginError, match=r"strategy 's' \(s\.py\): line 2: ZeroDivisionError"):
        load_anew(replace(whole, source=b"\n1 / 0"))


def test_the_hash_is_of_every_file(distribution: Callable[..., Path]) -> None:
    """A sibling's change changes the strategy's hash; a file that is no Python does not."""
    site = distribution("hedge = acme.hedge", PACKAGE)
    first = load_library().find("hedge").sha256
    (site / "acme" / "notes.txt").write_text("x")
    assert load_library().find("hedge").sha256 == first
    (site / "acme" / "deep" / "more.py").write_text("DOUBLE = 3\n")
    assert load_library().find("hedge").sha256 != first


def test_an_installed_strategy_travels_as_its_distribution(distribution: Callable[..., Path]) -> None:
    """No bytes are sent: where it arrives the same files must be installed, and nothing else will do."""
    site = distribution("Tail-Hedge = acme.hedge", PACKAGE)
    strategy = load_library().find("tail_hedge")
    under_way = pack_strategy(strategy)
    assert (under_way.distribution, under_way.source) == ("acme-hedges", b"")
    assert unpack_strategy(under_way).sha256 == strategy.sha256
    (site / "acme" / "sizes.py").write_text("SIZE = 0.5\ncalls = []\n")
    where = "strategy 'tail_hedge' of the distribution 'acme-hedges'"
    with pytest.raises(PluginError) as raised:
        unpack_strategy(under_way)
    assert str(raised.value) == f"{where} has other files here than where it was sent from; install the same there"
    (site / "acme_hedges-1.0.dist-info" / "entry_points.txt").unlink()
    with pytest.raises(PluginError) as raised:
        unpack_strategy(under_way)
    assert str(raised.value) == f"{where} is not here; install it"


def test_a_file_travels_as_its_bytes(folder: Callable[..., Path]) -> None:
    """Where it arrives it need not lie."""
    path = folder(mine=GOOD) / "mine.py"
    under_way = pack_strategy(load_file(path))
    path.unlink()
    assert unpack_strategy(under_way).weights(size=0.5) == {"stocks": 0.5}
