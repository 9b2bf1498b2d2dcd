"""The arrays that the whole house passes around: float64 numbers and flags; a docstring states the shape."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
