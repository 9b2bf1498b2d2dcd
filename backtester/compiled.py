"""Compiling functions with numba.

A function's cache does not notice edits in other files, so all that numba sees of a kernel is in the kernel's own file.
"""

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import FunctionCache

BLAS = "scipy.linalg.cython_blas"
UNCACHED: dict[str, str] = {}  # functions that every process compiles anew, and why their cache cannot be written
Function = TypeVar("Function", bound=Callable[..., object])


@contextlib.contextmanager
def without_blas() -> Iterator[None]:
    """Within the block numba, which looks for BLAS once, when it loads the first code, takes SciPy to have none.

    Importing it takes a quarter of a second and 20 MB, and no kernel of ours multiplies matrices. What does, such as a
    plugin's own function, still can: numba imports SciPy again for that.
    """
    if "numba.np.arraymath" in sys.modules or "scipy.linalg" in sys.modules:
        yield
        return
    sys.modules[BLAS] = None  # type: ignore[assignment]  # what Python calls a module that is not to be found
    try:
        yield
    finally:
        del sys.modules[BLAS]
        if (looked := sys.modules.get("numba.np.arraymath")) is not None:
            vars(looked)["_HAVE_BLAS"] = True  # as with SciPy; without it numba says so where a product is compiled


class Cache(FunctionCache):  # type: ignore[misc]  # numba's caches have no types
    """numba's cache of a function on disk, but a full disk costs the cache alone, and so does a damaged file."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled code of a signature; None where there is none that can be read, and the cache is emptied."""
        try:
            with without_blas():
                return super().load_overload(sig, target_context)
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
