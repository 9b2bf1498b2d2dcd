"""Where compiled code is kept, and what happens where it cannot be."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from numba.core.codegen import CPUCodeLibrary

from backtester import compiled
from backtester.arrays import Array
from backtester.engine import kernel

CALL = """
import resource
from backtester import compiled
import test_compiled
if {limit}:
    resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
twice = compiled.jit(test_compiled.twice)
print(twice(21.0), compiled.UNCACHED, twice.stats.cache_hits)
"""


PRODUCTS = """
import sys
import numpy as np
from backtester import compiled
import test_compiled
compiled.jit(test_compiled.twice)(21.0)
print({"numba.np.arraymath", "scipy.linalg"} & set(sys.modules))
import numba
print(numba.njit(lambda table: table @ np.cov(table))(np.array([[1.0, 0.0], [0.0, 2.0]])).tolist())
"""


def twice(value: float) -> float:
    """Twice the value."""
    return 2 * value


def shift(source: Array, target: Array) -> None:
    """Fill the target with twice the source."""
    for t in range(len(source)):
        target[t] = 2 * source[t]


def called(cache: Path, *, limit: int = 0) -> str:
    """What a process says that compiles and calls `twice`, with so many bytes a file at most."""
    here = Path(__file__).parent
    settings = {"NUMBA_CACHE_DIR": str(cache), "PYTHONPATH": os.pathsep.join([str(here), str(here.parent)])}
    code = CALL.format(limit=limit)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ | settings
    )
    return done.stdout


def test_kernels_are_kept_on_disk() -> None:
    """Here a cache can be written, so nothing is compiled anew in every process."""
    assert compiled.UNCACHED == {}
    assert list(kernel.run_block.stats.cache_path)


def test_a_second_process_finds_the_code(tmp_path: Path) -> None:
    """The first process compiles, the second reads what it kept."""
    assert called(tmp_path) == "42.0 {} Counter()\n"
    assert called(tmp_path) == "42.0 {} Counter({(float64,): 1})\n"


@pytest.mark.parametrize("step", ["_optimize_final_module", "_finalize_final_module"])
def test_a_part_is_code_only_where_it_stands_in_a_kernel(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Its own library is neither optimised nor made machine code; the kernel that it stands in counts with it."""
    seen, really = list[type](), getattr(CPUCodeLibrary, step)
    monkeypatch.setattr(CPUCodeLibrary, step, lambda library: (seen.append(type(library)), really(library)))
    part: Any = compiled.jit_shared(twice)
    assert numba.njit(lambda value: part(value) + 1)(20.5) == 42.0
    (library,) = (overload.library for overload in part.overloads.values())
    assert (type(library), library.get_pointer_to_function("twice")) == (compiled.PartLibrary, 0)
    assert seen
    assert compiled.PartLibrary not in seen


def test_a_kernel_is_compiled_for_arrays_that_do_not_overlap() -> None:
    """Its arguments are marked so, which spares the checks of each loop; what it reads alone may be the same."""
    shifted = numba.njit(shift, pipeline_class=compiled.KernelCompiler)
    source, target = np.arange(4.0), np.zeros(4)
    shifted(source, target)
    (code,) = shifted.inspect_llvm().values()
    assert re.search(r"ptr noalias readonly[^,%]* %arg\.source\.4, .*ptr noalias writeonly[^,%]* %arg\.target\.4", code)
    assert target.tolist() == [0.0, 2.0, 4.0, 6.0]


def test_a_full_disk_costs_the_cache_alone(tmp_path: Path) -> None:
    """Where the compiled code cannot be written the function runs all the same, and why is noted."""
    assert called(tmp_path, limit=500) == "42.0 {'twice': 'File too large'} Counter()\n"


def test_a_damaged_file_is_compiled_anew(tmp_path: Path) -> None:
    """Files of the cache that are cut short, or hold something else, are written again."""
    called(tmp_path)
    for path in tmp_path.rglob("*.nb*"):
        path.write_bytes(path.read_bytes()[:20] if path.suffix == ".nbi" else b"no code")
    assert called(tmp_path) == "42.0 {} Counter()\n"
    assert called(tmp_path) == "42.0 {} Counter({(float64,): 1})\n"


def test_without_a_place_for_a_cache_it_runs_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where numba finds no folder for its cache the function is compiled all the same, and why is noted."""

    def nowhere(function: object) -> object:
        raise RuntimeError("cannot cache function 'twice': no locator available")

    monkeypatch.setattr(compiled, "Cache", nowhere)
    monkeypatch.setattr(compiled, "UNCACHED", {})
    assert compiled.jit(twice)(21.0) == 42.0
    assert compiled.UNCACHED == {"twice": "no folder for it can be written"}


def test_what_is_loaded_brings_no_compiler_with_it(tmp_path: Path) -> None:
    """Compiling does not load SciPy's BLAS, code from the cache no compiler either, and what needs them finds them."""
    here = Path(__file__).parent
    settings = {"NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": os.pathsep.join([str(here), str(here.parent)])}
    for imported in ({"numba.np.arraymath"}, set()):
        done = subprocess.run(
            [sys.executable, "-c", PRODUCTS], capture_output=True, text=True, check=True, env=os.environ | settings
        )
        assert done.stdout == f"{imported}\n[[0.5, -1.0], [-2.0, 4.0]]\n"
