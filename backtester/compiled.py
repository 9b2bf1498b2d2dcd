"""Compiling functions with numba, and the cache of compiled code on disk.

A kernel is a compiled function that Python calls, a part one that only kernels and parts of its own file call. The
cache of a function does not notice edits in other files, so all that numba compiles of a kernel is in one file.

A kernel creates no arrays: it fills those that it is given. So it is compiled without numba's runtime (NRT), which
would count references to every array that is passed on, and would take longer to compile than the kernel itself. An
array that a kernel writes must not overlap another one that it is given: it is compiled under this assumption.
"""

import contextlib
import importlib
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import FunctionCache
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler

UNCACHED: dict[str, str] = {}  # by name of a function that every process compiles anew, why its cache is not written
JIT_OPTIONS: dict[str, Any] = {"error_model": "numpy", "_nrt": False}  # without numba's runtime: see above
Function = TypeVar("Function", bound=Callable[..., object])


class Cache(FunctionCache):  # type: ignore[misc]  # numba's caches have no types
    """numba's cache of a function on disk; with a full disk or a damaged file the function is compiled, without an
    error.

    Unlike numba's own, it does not import what only compiling needs when it loads code, which takes 0.4 s and 15 MB:
    numba's types and implementations, and SciPy's BLAS.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled code of a signature; None if there is none. A cache that cannot be read is emptied."""
        found = None
        try:
            with self._guard_against_spurious_io_errors():  # of Windows, as numba's own
                found = self._load_overload(sig, target_context)
        except Exception:  # unpickling a damaged file may raise anything
            with contextlib.suppress(OSError):
                self.flush()
        if found is None:
            import_without_blas()
        return found

    def save_overload(self, sig: Any, data: Any) -> None:
        """Write the compiled code of a signature, or note why it cannot be written."""
        try:
            super().save_overload(sig, data)
        except OSError as error:
            UNCACHED[self._py_func.__name__] = error.strerror or str(error)


def import_without_blas() -> None:
    """Import numba's implementations of array functions without loading BLAS.

    They check for BLAS when they are imported, and again when a function that calls it is compiled. The first check is
    skipped.
    """
    linalg: Any = importlib.import_module("numba.np.linalg")  # here, since code from the cache does not need it
    ensure_blas = linalg.ensure_blas
    linalg.ensure_blas = lambda: None
    try:
        importlib.import_module("numba.np.arraymath")
    finally:
        linalg.ensure_blas = ensure_blas


class KernelCompiler(Compiler):
    """numba's compiler, under the assumption that an array that a kernel writes overlaps no other one."""

    def define_pipelines(self) -> Any:
        """numba's own pipelines."""
        self.state.flags.noalias = True
        return super().define_pipelines()  # type: ignore[no-untyped-call]  # numba has no types


class PartCompiler(KernelCompiler):
    """The compiler of a part: its code is optimised, and made machine code, only inside the kernels that call it."""

    def define_pipelines(self) -> Any:
        """numba's own pipelines."""
        library: Any = PartLibrary  # numba has no types
        self.state.library = library(self.state.targetctx.codegen(), "part")
        return super().define_pipelines()


class PartLibrary(JITCodeLibrary):
    """The code of a part, which kernels link in. It is never called by itself, so it needs no address; and it raises
    nothing, so it needs no numba environment."""

    def _optimize_final_module(self) -> None:
        """Do nothing: the kernel's code is optimised."""

    def _finalize_final_module(self) -> None:
        """Mark the code as complete, without making machine code of it."""
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        """0 for an address, since nothing outside a kernel calls it."""
        self._ensure_finalized()  # type: ignore[no-untyped-call]  # numba has no types
        return 0

    @property
    def codegen(self) -> Any:
        """The object whose `set_env` numba calls: this one."""
        return self

    def set_env(self, env_name: str, env: object) -> None:
        """Do nothing."""


def jit(function: Function) -> Function:
    """The function compiled as a kernel, which releases the GIL; cached on disk if a cache can be written."""
    options = {"nogil": True, "no_cfunc_wrapper": True, "pipeline_class": KernelCompiler}
    compiled: Any = _compiled(function, options)
    try:
        compiled._cache = Cache(function)  # as `cache=True` does with numba's own
    except RuntimeError:  # numba: no locator available
        UNCACHED[function.__name__] = "no folder for it can be written"
    return cast(Function, compiled)


def jit_part(function: Function) -> Function:
    """The function compiled as a part, which is inlined in the kernels of its file that call it, and cached with
    them."""
    return _part(function, {"forceinline": True})


def jit_shared(function: Function) -> Function:
    """A part that is not inlined: for long code that is called in several places."""
    return _part(function, {})


def jit_sum(function: Function) -> Function:
    """A part whose sums may be taken in any order, several terms at a time: the last bits depend on the processor."""
    return _part(function, {"forceinline": True, "fastmath": {"reassoc", "nsz", "contract"}})


def _part(function: Function, options: dict[str, Any]) -> Function:
    """The function compiled as a part, which Python cannot call."""
    defaults = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "pipeline_class": PartCompiler}
    return cast(Function, _compiled(function, defaults | options))


def _compiled(function: Callable[..., object], options: dict[str, Any]) -> object:
    """The function compiled with numba, with these options and those that all functions have."""
    all_options: dict[str, Any] = JIT_OPTIONS | options
    return numba.njit(function, **all_options)
