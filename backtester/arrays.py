"""The arrays that the whole house passes around: numbers and flags; a docstring states the shape."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Spectrum = npt.NDArray[np.complex128]
