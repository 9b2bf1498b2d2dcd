"""The rules by which code is changed to see whether its tests notice: each by hand, and what is left alone."""

import ast
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import mutate
from mutate import ROOT, nearest_tests
from mutations import draw, mutations

CHECKS = "tests/histories/checks"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a < b", ["a <= b"]),
        ("a <= b", ["a < b"]),
        ("a > b >= c", ["a >= b >= c", "a > b > c"]),
        ("a == b != c", ["a != b != c", "a == b == c"]),
        ("a is b in c", []),
        ("a + b - c", ["a - b - c", "a + b + c"]),
        ("a * b / c", ["a / b / c", "a * b * c"]),
        ("a and b or c", ["a or b or c", "a and b and c"]),
        ("not (a or b)", [" (a or b)", "not (a and b)"]),
        ("x = 0", ["x = 1"]),
        ("x = 2.5", ["x = 3.5"]),
        ("x = True", ["x = False"]),
        ("x = -(a)", ["x = (a)"]),
        ("x += a", ["x -= a"]),
        ("x[a : b + c]", ["x[(a) + 1 : b + c]", "x[a : (b + c) + 1]", "x[a : b - c]"]),
        ("x[1:]", ["x[2:]"]),
        ("x = (a  # a + b\n     + b)", ["x = (a  # a + b\n     - b)"]),
        ("x = 'é' if a < b else 'é'", ["x = 'é' if a <= b else 'é'"]),
    ],
)
def test_each_rule_by_hand(before: str, after: list[str]) -> None:
    """Every place that a rule fits is changed once, alone, and everything around it stays."""
    assert sorted(mutation.applied(before) for mutation in mutations(before)) == sorted(after)


@pytest.mark.parametrize(
    "source",
    [
        '"""Text of 1 + 1."""\nx = "a" + b + f"{c + 1}"',
        "def f(x: Literal[1] | None) -> Literal[2]: ...",
        "if TYPE_CHECKING:\n    x = 1",
        'raise ValueError(f"{x} is more than {2 * y}")',
    ],
)
def test_words_and_types_are_left_alone(source: str) -> None:
    """Texts, annotations and what only the type checker reads have no mutation."""
    assert mutations(source) == []


def test_bounds_in_annotations_are_changed() -> None:
    """A call within an annotation sets a bound: it is code."""
    [mutation] = mutations("x: Annotated[int, Field(ge=3)]")
    assert (mutation.line, mutation.before, mutation.after) == (1, "3", "4")


def sources() -> Iterator[str]:
    """All files of the package."""
    return (path.read_text(encoding="utf-8") for path in sorted((ROOT / "backtester").rglob("*.py")))


def test_every_mutation_of_the_package_is_another_program() -> None:
    """The middle one of each file parses, and says something else than the file."""
    for source in sources():
        found = mutations(source)
        for mutation in found[len(found) // 2 :][:1]:
            assert ast.dump(ast.parse(mutation.applied(source))) != ast.dump(ast.parse(source))


def test_a_draw_is_the_same_twice(tmp_path: Path) -> None:
    """A seed draws the same places each time, another seed others, each place once; the first of many are the few."""
    (tmp_path / "a.py").write_text("x = [1, 1, 3, 4, 5, 6, 7, 8, 9]\n")
    (tmp_path / "b.py").write_text("y = 1 + 1\n")
    all_of_them = draw(["a.py", "b.py"], tmp_path, seed=1, number=99)
    assert len(set(all_of_them)) == 12
    assert draw(["b.py", "a.py"], tmp_path, seed=1, number=6) == all_of_them[:6]
    assert draw(["a.py", "b.py"], tmp_path, seed=2, number=6) != all_of_them[:6]
    (tmp_path / "b.py").write_text("before = 0\ny = 1 + 1\n")
    changes = [(file, one.before, one.after) for file, one in draw(["a.py", "b.py"], tmp_path, seed=1, number=99)]
    kept = [one for one in changes if one != ("b.py", "0", "1")]
    assert kept == [(file, one.before, one.after) for file, one in all_of_them]


@pytest.mark.parametrize(
    ("file", "tests"),
    [
        ("backtester/engine/kernel.py", ["tests/engine/test_kernel.py"]),
        ("backtester/plugins/loader.py", ["tests/plugins/test_loader.py"]),
        ("backtester/cli/run.py", ["tests/cli/test_cli_interface.py", "tests/cli/test_cli_run.py"]),
        ("backtester/cli/answer_cache.py", ["tests/cli/test_cli_answer_cache.py"]),
        ("backtester/analysis/clusters.py", ["tests/analysis/test_reality_check.py"]),
        (
            "backtester/histories/checks/gaps.py",
            [f"{CHECKS}/test_check_bars_by_hand.py", f"{CHECKS}/test_check_gaps.py"],
        ),
        (
            "backtester/analysis/measures.py",
            [f"tests/analysis/test_measures{part}.py" for part in ("", "_compiled", "_witness")],
        ),
    ],
)
def test_a_file_is_held_against_the_tests_nearest_to_it(file: str, tests: list[str]) -> None:
    """Its mirror and that one's parts; without any the tests that import it, or the mirror of the file that does."""
    assert nearest_tests(file) == tests


@pytest.mark.parametrize(("leaves", "status"), [(False, 0), (True, -64)])
def test_who_leaves_in_the_middle_of_a_run_is_not_green(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, leaves: bool, status: int
) -> None:
    """Changed code may end the process with status 0, which is also that of tests that all pass."""
    monkeypatch.setattr(mutate, "SLOW", ())
    monkeypatch.setattr(mutate.pytest, "main", lambda words: os._exit(0) if leaves else 0)
    monkeypatch.setattr(sys, "stdin", io.StringIO("-q\tx\n"))
    mutate.serve(tmp_path / "log")
    assert capsys.readouterr().out == f"{status}\n"


@pytest.mark.parametrize(("statuses", "red"), [([0, 0], ""), ([0, 1], "b::test"), ([1], "a::test"), ([-9, 2], "")])
def test_what_the_nearest_tests_let_pass_is_held_against_the_folders(
    monkeypatch: pytest.MonkeyPatch, statuses: list[int], red: str
) -> None:
    """One file after another until a test is red; one that ends by force, or finds no tests, is no kill."""
    copy = mutate.Copy.__new__(mutate.Copy)
    left = iter(statuses)
    monkeypatch.setattr(copy, "status", lambda tests, *options: next(left), raising=False)
    monkeypatch.setattr(copy, "first_red", lambda tests: f"{tests[0]}::test", raising=False)
    assert copy.first_red_of(["a", "b"]) == red


def test_the_tests_of_a_files_folder() -> None:
    """Those of the folder that mirrors its own, or of the one above it where there is none."""
    kinds = mutate.folder_tests(mutate.ROOT / "backtester" / "histories" / "kinds" / "inflation_linked.py")
    assert mutate.ROOT / "tests" / "histories" / "test_linked_and_spreads.py" in kinds
    assert {path.parent.name for path in kinds} == {"histories"}


def test_the_tests_of_a_files_package() -> None:
    """Those of its mirrored folder first, then of the folders above, but not of all tests; at the top its own alone."""
    found = mutate.package_tests(mutate.ROOT / "backtester" / "cli" / "actions" / "new_strategy.py")
    assert list(dict.fromkeys(path.parent.relative_to(mutate.ROOT / "tests").as_posix() for path in found)) == [
        "cli/actions",
        "cli",
    ]
    top = mutate.package_tests(mutate.ROOT / "backtester" / "files.py")
    assert {path.parent for path in top} == {mutate.ROOT / "tests"}
    assert mutate.ROOT / "tests" / "test_files.py" in top
