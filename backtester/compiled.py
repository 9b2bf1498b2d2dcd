"""Compiling functions with numba.

A function's cache does not notice edits in other files, so all that numba sees of a kernel is in the kernel's own file.
"""

import contextlib
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import FunctionCache
from numba.core.runtime import rtsys

UNCACHED: dict[str, str] = {}  # functions that every process compiles anew, and why their cache cannot be written
Function = TypeVar("Function", bound=Callable[..., object])


class Cache(FunctionCache):  # type: ignore[misc]  # numba's caches have no types
    """numba's cache of a function on disk, but a full disk costs the cache alone, and so does a damaged file.

    Loading does without what numba's own loads with it: the types and implementations of all that could be compiled,
    and SciPy for its BLAS, 0.3 s and 15 MB. Whatever is compiled later loads them.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled code of a signature; None where there is none that can be read, and the cache is emptied."""
        try:
            rtsys.initialize(target_context)  # allocation and reference counts, which the code calls
            with self._guard_against_spurious_io_errors():  # of Windows, as numba's own
                return self._load_overload(sig, target_context)
        except Exception:  # unpickling a damaged file may raise anything
            with contextlib.suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Write the compiled code of a signature, or note why it cannot be written."""
        try:
            super().save_overload(sig, data)
        except OSError as error:
            UNCACHED[self._py_func.__name__] = error.strerror or str(error)


def jit(function: Function) -> Function:
    """The function compiled and cached on disk, or only compiled where no cache can be written; it frees the GIL."""
    compiled: Any = numba.njit(nogil=True, error_model="numpy")(function)
    try:
        compiled._cache = Cache(function)  # as `cache=True` does with numba's own
    except RuntimeError:  # numba: no locator available
        UNCACHED[function.__name__] = "no folder for it can be written"
    return cast(Function, compiled)


def jit_part(function: Function, *, fastmath: frozenset[str] = frozenset()) -> Function:
    """The function as a part of the compiled ones of its file that call it: inlined there, and cached with them."""
    wrappers = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}  # only compiled code calls it
    options = {"error_model": "numpy", "forceinline": True, "fastmath": set(fastmath), **wrappers}
    return cast(Function, numba.njit(**options)(function))  # type: ignore[call-overload]  # numba's stubs do not know all


def jit_sum(function: Function) -> Function:
    """A part whose sums may be taken in any order, several terms at a time: the last bits depend on the processor."""
    return jit_part(function, fastmath=frozenset({"reassoc", "nsz", "contract"}))
