"""The types of numbers that all packages pass around: arrays, whose shapes docstrings state, and intervals."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Interval = tuple[float, float] | None  # the lower and the upper end; None where there is none
Spectrum = npt.NDArray[np.complex128]  # Fourier coefficients


def kernel_floats(values: npt.ArrayLike) -> Array:
    """The values as C-contiguous, writable float64, the one layout that kernels take; copied if need be.

    A kernel is a function that numba compiles: see `compiled`.
    """
    return np.require(values, np.float64, ["C", "W"])
