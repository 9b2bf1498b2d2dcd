"""The shapes of a shock: the share of its size that is reached at the close of each of its sessions."""

import numpy as np

from backtester.arrays import Array

SHAPES = {  # in words
    "jump": "all of it in the first session",
    "line": "the same in every session",
    "ease_in": "little at first, then more and more: the square of the time",
    "spike_and_revert": "all of it by a third of the time, and back to nothing by the end",
}


def share_reached(shape: str, sessions: int) -> Array:
    """The share (N,) of a shock's size that is reached at the close of each session: 1 at the end, 0 after a spike."""
    time = np.arange(1, sessions + 1) / sessions  # the share of the sessions that is over
    if shape == "jump" or sessions == 1:
        return np.ones(sessions)
    if shape == "ease_in":
        return np.asarray(time**2, np.float64)
    if shape == "spike_and_revert":
        top = max(1, sessions // 3)
        return np.interp(np.arange(1, sessions + 1), [0, top, sessions], [0.0, 1.0, 0.0])
    return np.asarray(time, np.float64)
