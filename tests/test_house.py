"""The rules of the house that a machine can hold: sizes, the one way of imports, fences, docstrings, lint and types."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "backtester"
SOURCES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

MAX_FILE_LINES = 220
MAX_TEST_FILE_LINES = 400
MAX_FUNCTION_LINES = 45
MAX_PARAMETERS = 6
ARRAYS = re.compile(r"\b(Array|Flags|Integers|(pd|np|npt)\.(DataFrame|Series|DatetimeIndex|ndarray|NDArray))\b")
CHANGING = {"JobQueue", "Holdings"}  # dataclasses whose work is to change
LONG_FILES = {"kernel.py"}  # all that numba compiles for the accounts: its cache does not notice edits elsewhere

LAYERS = [  # each may import from those after it, and from its own
    {"cli", "__main__"},
    {"batch"},
    {"tearsheet"},
    {"runs"},
    {"stress"},
    {"contract"},
    {"analysis"},
    {"engine"},
    {"plugins"},
    {"histories"},
    {"pages"},
    {"files", "processes"},
    {"errors", "arrays", "compiled", "locks", "places"},
]


def layer(part: str) -> int:
    """The place of a part of the package among the layers."""
    return next(place for place, parts in enumerate(LAYERS) if part in parts)


def name(path: Path) -> str:
    """A path as it is shown in a failure."""
    return path.relative_to(ROOT).as_posix()


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a file, the file itself first; parsed once for all tests."""
    return tuple(ast.walk(ast.parse(path.read_text())))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a file."""
    return (node for node in nodes(path) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@cache
def imports(path: Path) -> list[tuple[str, int, bool]]:
    """Every module that a file imports, the line, and whether it stands inside a function."""
    found, inside = [], {child for function in functions(path) for child in ast.walk(function)}
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno, node in inside) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)}:{node.lineno} imports relatively; write the whole name"
            found.append((str(node.module), node.lineno, node in inside))
    return found


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_files_hold_one_idea(path: Path) -> None:
    """No file of the package grows past the size of one idea."""
    assert len(path.read_text().splitlines()) <= MAX_FILE_LINES or path.name in LONG_FILES


@pytest.mark.parametrize("path", TESTS, ids=name)
def test_test_files_stay_readable(path: Path) -> None:
    """No test file grows past what can be read at once."""
    assert len(path.read_text().splitlines()) <= MAX_TEST_FILE_LINES


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_functions_stay_small(path: Path) -> None:
    """Functions are short, take few parameters and no **kwargs; click's callbacks mirror their options."""
    for function in functions(path):
        where = f"{name(path)}:{function.lineno} {function.name}"
        lines = (function.end_lineno or 0) - function.lineno + 1
        assert function.args.kwarg is None, f"{where} takes **kwargs"
        parameters = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        own = [parameter for parameter in parameters if parameter.arg not in ("self", "cls")]
        is_callback = any(
            "option" in ast.unparse(mark) or "argument" in ast.unparse(mark) for mark in function.decorator_list
        )
        assert len(own) <= MAX_PARAMETERS or is_callback, f"{where} takes {len(own)} parameters"
        assert lines <= MAX_FUNCTION_LINES or is_callback, f"{where} has {lines} lines"


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_dataclasses_are_frozen(path: Path) -> None:
    """A thing does not change once it is made: dataclasses and models are frozen, but for those whose work it is."""
    for node in nodes(path):
        marks = [ast.unparse(mark) for mark in node.decorator_list] if isinstance(node, ast.ClassDef) else []
        if any(mark.startswith("dataclass") and "frozen=True" not in mark for mark in marks):
            assert node.name in CHANGING, f"{name(path)}:{node.lineno} is not frozen"
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "ConfigDict":
            assert "frozen=True" in ast.unparse(node), f"{name(path)}:{node.lineno} is not frozen"


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_dataclasses_of_arrays_compare_by_identity(path: Path) -> None:
    """Two arrays that are compared are an array, which is neither true nor false: such a class says `eq=False`."""
    for node in nodes(path):
        marks = [ast.unparse(mark) for mark in node.decorator_list] if isinstance(node, ast.ClassDef) else []
        if any(mark.startswith("dataclass") and "eq=False" not in mark for mark in marks):
            fields = [ast.unparse(one.annotation) for one in node.body if isinstance(one, ast.AnnAssign)]
            held = [one for one in fields if ARRAYS.search(one) and "Callable" not in one]
            assert not held, f"{name(path)}:{node.lineno} holds {held[0]} and lacks eq=False"


@pytest.mark.parametrize("path", [path for path in SOURCES if path != PACKAGE / "__init__.py"], ids=name)
def test_imports_go_one_way(path: Path) -> None:
    """A part of the package imports only itself and the parts below it."""
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    for module, line, _ in imports(path):
        if module.startswith("backtester."):
            other = module.split(".")[1]
            assert layer(other) >= layer(own), f"{name(path)}:{line} imports {module}, which lies above {own}"


def imported_files(path: Path) -> set[str]:
    """The files of the package that a file imports by name, at its top or late; a package stands for its __init__."""
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for module in modules:
            place = ROOT.joinpath(*module.split("."))
            files = [file for one in (place, place.parent) for file in (one.with_suffix(".py"), one / "__init__.py")]
            found |= {name(file) for file in [file for file in files if file in SOURCES][:1]}
    return found - {"backtester/__init__.py"}  # it exports lazily


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """The groups of more than one file that import each other, directly or through others."""
    reach = {file: set(others) for file, others in graph.items()}
    for middle in graph:
        for others in reach.values():
            if middle in others:
                others |= reach[middle]
    groups = {
        frozenset(other for other in reach[file] if file in reach[other]) for file in graph if file in reach[file]
    }
    return sorted(sorted(group) for group in groups if len(group) > 1)


def test_circles_are_found() -> None:
    """A circle through three files is found as one, and a file that only hangs on it is no part of it."""
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set(), "e": {"a"}}
    assert circles(graph) == [["a", "b", "c"]]


def test_files_import_no_circle() -> None:
    """No files of the package import each other in a circle, imports inside functions included."""
    graph = {name(path): imported_files(path) for path in SOURCES if path != PACKAGE / "__init__.py"}
    found = circles(graph)
    assert not found, "\n".join(f"these import each other: {', '.join(circle)}" for circle in found)


@pytest.mark.parametrize("path", [path for path in SOURCES if path != PACKAGE / "__init__.py"], ids=name)
def test_late_imports_say_why(path: Path) -> None:
    """An import inside a function has its reason on the line."""
    lines = path.read_text().splitlines()
    for module, line, late in imports(path):
        assert not late or "#" in lines[line - 1], f"{name(path)}:{line} imports {module} late without a reason"


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_what_is_walked_together_is_of_one_length(path: Path) -> None:
    """`zip` says `strict=True`, so that nothing is dropped unseen; where more may be left the line says what."""
    lines = path.read_text().splitlines()
    for node in nodes(path):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "zip":
            is_strict = "strict=True" in {ast.unparse(word) for word in node.keywords}
            assert is_strict or "#" in lines[node.lineno - 1], f"{name(path)}:{node.lineno} zips what may be longer"


@pytest.mark.parametrize("library", ["vectorbt", "quantstats"])
def test_slow_libraries_are_fenced(library: str) -> None:
    """vectorbt and quantstats are imported in one file each at most, and only inside a function."""
    found = [(path, late) for path in SOURCES for module, _, late in imports(path) if module.split(".")[0] == library]
    assert len({path for path, _ in found}) <= 1
    assert all(late for _, late in found)


@pytest.mark.parametrize(
    "words", [["--help"], ["run", "--help"], ["batch", "--help"], ["strategies", "check", "--help"]]
)
def test_help_imports_nothing_slow(words: list[str]) -> None:
    """`--help` answers without importing pandas, numba, plotly, vectorbt or quantstats."""
    code = (
        "import sys\nfrom backtester.cli.main import cli\n"
        f"cli.main({words!r}, standalone_mode=False)\n"
        "slow = {'pandas', 'numpy', 'numba', 'plotly', 'vectorbt', 'quantstats', 'pyarrow'} & set(sys.modules)\n"
        "sys.exit(f'imported {slow}' if slow else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", TESTS, ids=name)
def test_tests_say_what_they_show(path: Path) -> None:
    """Each test has a docstring of one sentence."""
    for function in functions(path):
        if function.name.startswith("test_"):
            docstring = ast.get_docstring(function) or ""
            assert docstring.partition("\n\n")[0].rstrip().endswith("."), (
                f"{name(path)}:{function.lineno} {function.name}"
            )


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=name)
def test_ignores_have_reasons(path: Path) -> None:
    """A lint or type ignore says why, on its line."""
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if re.search(r"# (noqa|type: ignore)", line) and "re.search" not in line:
            assert re.search(r"# noqa: [A-Z]+\d+ - \w|# type: ignore\[[\w-]+\] +# \w", line), (
                f"{name(path)}:{number} {line.strip()}"
            )


def names_in_code(path: Path) -> Iterator[str]:
    """Every word that a file uses outside its docstrings, and its own name."""
    docstrings = {
        id(node.body[0].value)
        for node in nodes(path)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    yield from (path.stem, path.parent.name)
    for node in nodes(path):
        texts = [getattr(node, key, None) for key in ("id", "attr", "name", "asname", "arg")]
        if isinstance(node, ast.Constant) and id(node) not in docstrings:
            texts.append(node.value)
        for text in texts:
            yield from re.findall(r"\w+", text) if isinstance(text, str) else ()


def homes_of_functions() -> dict[str, set[str]]:
    """By name of each function at the top of a file the names of these files."""
    homes: dict[str, set[str]] = {}
    for path in SOURCES:
        for node in ast.iter_child_nodes(nodes(path)[0]):
            if isinstance(node, ast.FunctionDef):
                homes.setdefault(node.name, set()).add(path.stem)
    return homes


def test_docstrings_name_what_is_there() -> None:
    """A name in backticks in a docstring is one that the code uses, a function after its file's name one of that file;
    of other libraries, those that are listed."""
    known = {word for path in SOURCES for word in names_in_code(path)} | {"arch", "optimal_block_length", "concurrent"}
    known |= {"futures"}
    files, homes = {path.stem for path in SOURCES}, homes_of_functions()
    for path in SOURCES:
        for node in nodes(path):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                for quoted in re.findall(r"`([A-Za-z_][\w.]*)`", ast.get_docstring(node) or ""):
                    *before, last = quoted.split(".")
                    assert {*before, last} <= known, f"{name(path)} names {quoted!r}, which is not there"
                    if before and last in homes.keys() - files:
                        assert before[-1] in homes[last], f"{name(path)}: {quoted!r} is in {homes[last]}"


def run_tool(*words: str) -> None:
    """Run a tool of this environment on the whole house and show what it says if it fails."""
    done = subprocess.run([sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_lint() -> None:
    """ruff finds nothing."""
    run_tool("ruff", "check", ".")
    run_tool("ruff", "format", "--check", ".")


def test_types() -> None:
    """mypy, strict, finds nothing."""
    run_tool("mypy")


def test_contributing_says_what_is_held() -> None:
    """The numbers and the layers in CONTRIBUTING.md are those that these tests hold."""
    words = " ".join((ROOT / "CONTRIBUTING.md").read_text().split())
    for number in (MAX_FILE_LINES, MAX_TEST_FILE_LINES, MAX_FUNCTION_LINES):
        assert f" {number}" in words
    layers = re.search(r"`(cli -> .*?)`", words)
    assert layers
    assert [set(layer.split(", ")) | {"__main__"} for layer in layers[1].split(" -> ")] == [
        layer | {"__main__"} for layer in LAYERS
    ]


def test_a_public_name_is_defined_once() -> None:
    """One name for one thing: but for commands, which are named by what is typed, and what each kernel's file needs."""
    places: dict[str, set[str]] = {}
    for path in SOURCES:
        for node in ast.parse(path.read_text()).body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            found = [one.id for target in targets if target for one in ast.walk(target) if isinstance(one, ast.Name)]
            found += [node.name] if isinstance(node, ast.FunctionDef | ast.ClassDef) else []
            for one in found:
                if not (one.startswith("_") or "cli" in path.relative_to(PACKAGE).parts[:-1] or one == "main"):
                    places.setdefault(one, set()).add(name(path))
    twice = {one: files for one, files in places.items() if len(files) > 1}
    assert twice.keys() == {"AT_PEAK"}, twice
