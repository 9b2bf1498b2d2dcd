"""Compiling functions with numba.

A function's cache does not notice edits in other files, so all that numba sees of a kernel is in the kernel's own file.
"""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

UNCACHED: list[str] = []  # what is compiled anew in every process, because no place for a cache can be written
Function = TypeVar("Function", bound=Callable[..., object])


def jit(function: Function) -> Function:
    """The function compiled and cached on disk, or only compiled where no cache can be written; it frees the GIL."""
    try:
        compiled = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:  # numba: no locator available
        UNCACHED.append(function.__name__)
        compiled = numba.njit(nogil=True, error_model="numpy")(function)
    return cast(Function, compiled)


def jit_part(function: Function) -> Function:
    """The function as a part of the compiled ones of its file that call it: inlined there, and cached with them."""
    wrappers = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}  # only compiled code calls it
    part = numba.njit(error_model="numpy", forceinline=True, **wrappers)(function)  # type: ignore[call-overload]  # numba's stubs do not know the two
    return cast(Function, part)
