"""A few runs that stand for many: clusters of runs that move together, round centres that are far from each other."""

from typing import NamedTuple

import numpy as np

from backtester.analysis.overfitting import ROUNDING_DEVIATION
from backtester.arrays import Array, Integers

COPY_CORRELATION = 1 - 1e-9  # a correlation from which on two runs are copies


class Clusters(NamedTuple):
    """`centres` (K,), the runs that clusters were made round; by run the place of its cluster, `own` (N,); and the
    lowest correlation that a run has with its centre."""

    centres: Integers
    own: Integers
    closeness: float

    def best(self, merit: Array) -> Integers:
        """The run of each cluster (K,) with the most merit (N,), the earlier of equals: what a choice can fall on."""
        order = np.lexsort((np.arange(len(merit)), -merit, self.own))
        _, first = np.unique(self.own[order], return_index=True)
        chosen: Integers = order[first]
        return chosen


def make_clusters(returns: Array, first: int, *, at_most: int) -> Clusters:
    """Clusters of the returns (N, T), the first round run `first`, each other round the run that is least like all
    centres before it, until every run is a copy of its centre or there are `at_most`.

    Farthest-first traversal: no choice of as many centres has half its radius. Gonzalez (1985), Theoretical Computer
    Science 38, 293-306. Runs that do not vary are one another's copies.
    """
    centred = returns - returns.mean(axis=1, keepdims=True)
    size = np.sqrt((centred**2).sum(axis=1, keepdims=True))
    still = size <= ROUNDING_DEVIATION
    unit = np.hstack([centred / np.where(still, 1.0, size), still])
    centres, own, nearest = [first], np.zeros(len(unit), np.int64), unit @ unit[first]
    while len(centres) < at_most and nearest.min() < COPY_CORRELATION:
        centres.append(int(nearest.argmin()))
        closer = unit @ unit[centres[-1]]
        own[closer > nearest] = len(centres) - 1
        nearest = np.maximum(nearest, closer)
    return Clusters(np.array(centres, np.int64), own, float(min(nearest.min(), 1.0)))
