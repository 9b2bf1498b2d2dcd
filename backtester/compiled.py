"""Compiling functions with numba.

A function's cache does not notice edits in other files, so all that numba sees of a kernel is in the kernel's own file.

A kernel makes no arrays: it fills those that it is given. So it is compiled without numba's runtime, which would count
the references to every array wherever it is passed on, and takes longer to compile than what is done with them. What a
kernel writes is never also given to it by another name: it is compiled for that.
"""

import contextlib
import importlib
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import FunctionCache
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler

UNCACHED: dict[str, str] = {}  # functions that every process compiles anew, and why their cache cannot be written
JIT_OPTIONS: dict[str, Any] = {"error_model": "numpy", "_nrt": False}  # without numba's runtime: see above
Function = TypeVar("Function", bound=Callable[..., object])


class Cache(FunctionCache):  # type: ignore[misc]  # numba's caches have no types
    """numba's cache of a function on disk, but a full disk costs the cache alone, and so does a damaged file.

    Loading code does without what numba's own cache loads with it, 0.4 s and 15 MB: numba's types and implementations,
    which only compiling needs, and SciPy's BLAS, which only compiling a function that calls BLAS needs.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled code of a signature; None where there is none that can be read, and the cache is emptied."""
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
    """Import numba's functions of arrays, which are told that there is a BLAS, as there is, without loading it.

    They ask for it as they are imported, and once more where a function is compiled that calls it.
    """
    linalg: Any = importlib.import_module("numba.np.linalg")  # none of it is needed where all is in the cache
    ask = linalg.ensure_blas
    linalg.ensure_blas = lambda: None
    try:
        importlib.import_module("numba.np.arraymath")
    finally:
        linalg.ensure_blas = ask


class KernelCompiler(Compiler):
    """numba's compiler, which is told that no array that a kernel writes overlaps another that it is given."""

    def define_pipelines(self) -> Any:
        """The passes of numba's own."""
        self.state.flags.noalias = True
        return super().define_pipelines()  # type: ignore[no-untyped-call]  # numba has no types


class PartCompiler(KernelCompiler):
    """A part is not optimised and made machine code for itself: that is done where it stands in a kernel."""

    def define_pipelines(self) -> Any:
        """The passes of numba's own."""
        library: Any = PartLibrary  # numba has no types
        self.state.library = library(self.state.targetctx.codegen(), "part")
        return super().define_pipelines()


class PartLibrary(JITCodeLibrary):
    """A part's code, which kernels link in. It has no address and, as it raises nothing, needs no environment."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        """None: nothing outside a kernel calls it."""
        self._ensure_finalized()  # type: ignore[no-untyped-call]  # numba has no types
        return 0

    @property
    def codegen(self) -> Any:
        """The object that numba asks to set the environment: this one."""
        return self

    def set_env(self, env_name: str, env: object) -> None:
        """Set nothing."""


def jit(function: Function) -> Function:
    """The function compiled and cached on disk, or only compiled where no cache can be written; it frees the GIL."""
    options = {"nogil": True, "no_cfunc_wrapper": True, "pipeline_class": KernelCompiler}
    compiled: Any = _compiled(function, options)
    try:
        compiled._cache = Cache(function)  # as `cache=True` does with numba's own
    except RuntimeError:  # numba: no locator available
        UNCACHED[function.__name__] = "no folder for it can be written"
    return cast(Function, compiled)


def jit_part(function: Function) -> Function:
    """The function as a part of the compiled ones of its file that call it: inlined there, and cached with them."""
    return _part(function, {"forceinline": True})


def jit_shared(function: Function) -> Function:
    """A part that stands in the compiled code once, however often it is called: for what is long."""
    return _part(function, {})


def jit_sum(function: Function) -> Function:
    """A part whose sums may be taken in any order, several terms at a time: the last bits depend on the processor."""
    return _part(function, {"forceinline": True, "fastmath": {"reassoc", "nsz", "contract"}})


def _part(function: Function, options: dict[str, Any]) -> Function:
    own = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "pipeline_class": PartCompiler}  # no wrappers
    return cast(Function, _compiled(function, own | options))


def _compiled(function: Callable[..., object], options: dict[str, Any]) -> object:
    every: dict[str, Any] = JIT_OPTIONS | options
    return numba.njit(function, **every)
