"""Mutation testing by hand and nightly: `python tests/mutate.py` says which small changes to the code no test notices.

1. `mutations.draw` takes so many of all changes that the rules make to files of `backtester/`, by a fixed seed.
2. Each worker copies the project into a temporary folder; the working tree is never touched.
3. Each change is made alone, and the tests of its file run (`nearest_tests`); where those are green, the
   other tests of its package (`package_tests`), one file after another: all green means that it survived.
4. The test that was red runs on the unchanged copy: if it is red there too it is no kill but an error.

Exit status 1 if less than 92% were killed, 2 if a test is red without any change. A process that has imported what is
slow forks for each run of tests (`serve`).
"""

import argparse
import ast
import contextlib
import functools
import os
import queue
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import pytest

from mutations import Mutation, draw

ROOT = Path(__file__).parent.parent
ENOUGH = 0.92  # of the changes killed
OPTIONS = ("-q", "-n", "0", "-p", "no:cacheprovider", "--tb=line")
OPTIONS_LISTED = "tests/cli/test_cli_interface.py"
SLOW = ("numba", "pandas", "plotly.graph_objects", "pyarrow.parquet", "pydantic", "rich", "scipy.stats")
MOST_MEMORY = 8 << 30
MOST_PROCESSOR_SECONDS, MOST_SECONDS = 45, 200  # of one run of tests; a change may make a loop endless
OUT_OF_TIME = (-signal.SIGKILL, -signal.SIGXCPU)
WHOLE = 64  # added to pytest's status by a run that came to its end: changed code may leave with 0 in the middle of one
HOUSE = (
    "test_dataclasses_are_frozen",
    "test_dataclasses_of_arrays_compare_by_identity",
    "test_what_is_walked_together_is_of_one_length",
)


@dataclass(frozen=True)
class Verdict:
    """What became of a change; `killed_by` is the first red test, or "time", and None where it survived."""

    file: str
    mutation: Mutation
    killed_by: str | None
    is_red_unchanged: bool = False
    is_near: bool = True  # whether the tests of its own file were enough

    def __str__(self) -> str:
        """The place, the change, and what killed it."""
        end = f"killed by {self.killed_by}" if self.killed_by else "SURVIVED"
        end = f"RED WITHOUT THE CHANGE TOO: {self.killed_by}" if self.is_red_unchanged else end
        return f"{self.file}:{self.mutation.line}: {self.mutation.before} -> {self.mutation.after}: {end}"


@functools.cache
def imported_by(path: Path) -> frozenset[str]:
    """The modules whose names a file imports, or imports from."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


def module(path: Path) -> str:
    """The name under which a file of the package is imported."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def mirrors(path: Path) -> list[Path]:
    """`tests/x/test_y.py` for `backtester/x/y.py`; `test_x_y.py` where another folder has that name.

    Beside it stand `test_y_z.py`, its parts, where there is no `y_z.py`.
    """
    place = path.relative_to(ROOT / "backtester")
    folder, name = ROOT / "tests" / place.parent, place.stem.rstrip("_")
    longer, plain = folder / f"test_{folder.name}_{name}.py", folder / f"test_{name}.py"
    others = {one.stem.rstrip("_") for one in path.parent.glob(f"{name}_*.py")} - {path.stem.rstrip("_")}
    parts = [one for one in folder.glob(f"test_{name}_*.py") if one.stem.removeprefix("test_") not in others]
    whole = longer if longer.exists() else plain
    return sorted({*parts, *([whole] if whole.exists() else [])})


def folder_tests(path: Path) -> list[Path]:
    """The test files of the folder that mirrors a file's own, or of the nearest one above it that has any."""
    folder = ROOT / "tests" / path.relative_to(ROOT / "backtester").parent
    while not any(folder.glob("test_*.py")):
        folder = folder.parent
    return sorted(folder.glob("test_*.py"))


def package_tests(path: Path) -> list[Path]:
    """The test files of the folder that mirrors a file's own, then of those above it, to that of its package."""
    package, *inner = path.relative_to(ROOT / "backtester").parent.parts or ("",)
    folders = [ROOT / "tests" / package / Path(*inner[:depth]) for depth in range(len(inner), -1, -1)]
    return [test for folder in folders for test in sorted(folder.glob("test_*.py"))]


def nearest_tests(file: str) -> list[str]:
    """The test files that a file of the package is held against: its mirrors, or else the tests nearest to it.

    Those are tests in the mirrored folder that import it, else any tests that do, else the mirrors of the files that
    import it, else tests that import those, and so on. A command is found by its name, so that no import leads to it:
    its tests are those in the mirrored folder that have its name in quotes, else all of that folder. The options of all
    commands are one list, which a file that states options is held against first.
    """
    path = ROOT / file
    options = [OPTIONS_LISTED] if "click.option(" in path.read_text(encoding="utf-8") else []
    tests, sources = folder_tests(path), sorted((ROOT / "backtester").rglob("*.py"))
    everywhere = sorted((ROOT / "tests").rglob("test_*.py"))
    chosen = mirrors(path)
    reached, files = {path}, {path}
    while not chosen and files:
        names = {module(one) for one in files}
        importing = ([one for one in among if names & imported_by(one)] for among in (tests, everywhere))
        chosen = next(filter(None, importing), [])
        files = {one for one in sources if names & imported_by(one)} - reached
        reached |= files
        chosen = chosen or sorted({test for one in files for test in mirrors(one)})
    chosen = chosen or [one for one in tests if f'"{path.stem}"' in one.read_text(encoding="utf-8")]
    names = [one.relative_to(ROOT).as_posix() for one in chosen or tests]
    return list(dict.fromkeys(options + names))


class Copy:
    """A copy of the project with a process that runs its tests."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.cache, self.log = folder / "project", folder / "numba", folder / "log"
        self.unchanged: dict[str, bool] = {}
        names = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True)
        for name in filter(None, names.stdout.decode().split("\0")):
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, self.folder / name)
        shared = ROOT.parent / "shared"  # files that tests look for beside the project
        if shared.exists():
            (folder / "shared").symlink_to(shared)
        numba = {"NUMBA_CACHE_DIR": str(self.cache), "OPENBLAS_NUM_THREADS": "1"}
        self.server = subprocess.Popen(
            [sys.executable, str(self.folder / "tests" / "mutate.py"), "--serve", str(self.log)],
            cwd=self.folder,
            env={**os.environ, **numba, "PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": ""},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def status(self, tests: Sequence[str], *options: str) -> int:
        """The exit status of pytest on the tests; below zero if something else ended it: minus the signal that did."""
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        self.server.stdin.write("\t".join([*OPTIONS, *options, *tests]) + "\n")
        self.server.stdin.flush()
        return int(self.server.stdout.readline())

    def first_red(self, tests: Sequence[str]) -> str:
        """The first test that the last run found red; all of the run's where it ended before it could say."""
        lines = self.log.read_text(errors="replace").splitlines()
        red = [line.partition(" ")[2] for line in lines if line.startswith(("FAILED ", "ERROR "))]
        return red[0].partition(" - ")[0] if red else "\t".join(tests)

    def first_red_of(self, tests: Sequence[str]) -> str:
        """The first test found red in test files that run one after another, empty for none; what ends otherwise, as
        for want of time, says nothing."""
        for one in tests:
            if self.status([one], "-x") == pytest.ExitCode.TESTS_FAILED:
                return self.first_red([one])
        return ""

    def is_red_unchanged(self, red: str) -> bool:
        """Whether tests, parted by tabs as `serve` parts them, are red on the unchanged copy."""
        if red not in self.unchanged:
            self.unchanged[red] = self.status([red], "-x") != 0
        return self.unchanged[red]

    def verdict(self, file: str, mutation: Mutation) -> Verdict:
        """Whether the tests of the file notice the change."""
        tests = [*(f"tests/test_house.py::{name}[{file}]" for name in HOUSE), *nearest_tests(file)]
        others = [one.relative_to(ROOT).as_posix() for one in package_tests(ROOT / file)]
        with self.changed(file, mutation):
            status = self.status(tests, "-x")
            red = "" if status else self.first_red_of([one for one in others if one not in tests])
        if red:
            return Verdict(file, mutation, red, is_red_unchanged=self.is_red_unchanged(red), is_near=False)
        if status == pytest.ExitCode.NO_TESTS_COLLECTED:
            raise RuntimeError(f"no tests in {', '.join(tests)}")
        if status == 0:
            return Verdict(file, mutation, None)
        if status in OUT_OF_TIME:
            return Verdict(file, mutation, "time")
        red = self.first_red(tests)
        return Verdict(file, mutation, red, is_red_unchanged=self.is_red_unchanged(red))

    @contextlib.contextmanager
    def changed(self, file: str, mutation: Mutation) -> Iterator[None]:
        """The copy with the change in the block; what numba compiles meanwhile is thrown away where it may hold it."""
        path, warm = self.folder / file, self.cache.with_name("warm")
        source, times = path.read_text(encoding="utf-8"), path.stat()
        is_compiled = "backtester.compiled" in source and self.cache.exists()
        if is_compiled:
            self.cache.rename(warm)
            shutil.copytree(warm, self.cache)
        path.write_text(mutation.applied(source), encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(source, encoding="utf-8")
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # by which numba knows the code that it kept
            for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
                compiled.unlink()
            if is_compiled:
                shutil.rmtree(self.cache)
                warm.rename(self.cache)


def serve(log: Path) -> None:
    """Answer each line of standard input, pytest's words, with the exit status of a fork that ran it."""
    for name in SLOW:
        __import__(name)
    for line in sys.stdin:
        words = line.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            os.setsid()
            resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
            resource.setrlimit(resource.RLIMIT_CPU, (MOST_PROCESSOR_SECONDS, MOST_PROCESSOR_SECONDS))
            with log.open("w") as file:
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                os.dup2(file.fileno(), 1)
                os.dup2(file.fileno(), 2)
            os._exit(WHOLE + int(pytest.main(words)))
        status = _ended(child)
        print(status if status < 0 else status - WHOLE, flush=True)  # noqa: T201 - the answer


def _ended(child: int) -> int:
    """The exit status of a process group's leader, after the whole group has ended, by force when its time is up."""
    until = time.monotonic() + MOST_SECONDS
    while not (ended := os.waitpid(child, os.WNOHANG))[0]:
        if time.monotonic() > until:
            os.killpg(child, signal.SIGKILL)
        time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # what tests left behind
    return os.waitstatus_to_exitcode(ended[1])


def verdicts(drawn: Sequence[tuple[str, Mutation]], *, workers: int) -> Iterator[Verdict]:
    """What became of each change, as it becomes known."""
    free: queue.SimpleQueue[Copy] = queue.SimpleQueue()

    def judged(file: str, mutation: Mutation) -> Verdict:
        copy = free.get()
        try:
            return copy.verdict(file, mutation)
        finally:
            free.put(copy)

    with tempfile.TemporaryDirectory(prefix="mutate-") as folder, ThreadPoolExecutor(workers) as pool:
        copies = [Copy(Path(folder, str(place))) for place in range(workers)]
        for copy in copies:
            free.put(copy)
        try:
            for done in as_completed([pool.submit(judged, *one) for one in drawn]):
                yield done.result()
        finally:
            pool.shutdown(cancel_futures=True)
            for copy in copies:
                copy.server.kill()


def main() -> int:
    """Print what became of each change, then those that survived and the share killed; 1 if that is not enough."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1, help="of the draw; default 1")
    parser.add_argument("--number", type=int, default=150, help="of changes drawn; default 150")
    parser.add_argument("--file", action="append", help="draw from this file's changes alone; may be repeated")
    parser.add_argument("--workers", type=int, default=2, help="at once; default 2")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        serve(asked.serve)
        return 0
    files = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "backtester").rglob("*.py"))]
    drawn = draw(asked.file or files, ROOT, seed=asked.seed, number=asked.number)
    done = []
    for verdict in verdicts(drawn, workers=asked.workers):
        done.append(verdict)
        print(f"{len(done)}/{len(drawn)} {verdict}", flush=True)  # noqa: T201 - what the command is for
    survivors = sorted((one for one in done if not one.killed_by), key=lambda one: (one.file, one.mutation))
    wrong = [one for one in done if one.is_red_unchanged]
    share = 1 - len(survivors) / max(len(done), 1)
    near = sum(one.is_near for one in done) - len(survivors)
    total = f"{len(done) - len(survivors)} of {len(done)} killed: {share:.1%}; {near} of them by the nearest tests"
    print("", *survivors, *wrong, total, sep="\n")  # noqa: T201 - what the command is for
    return 2 if wrong else 0 if share >= ENOUGH else 1


if __name__ == "__main__":
    sys.exit(main())
