"""A few runs that stand for many: clusters of correlated runs, around centres that are as different as can be."""

from typing import NamedTuple

import numpy as np

from backtester.analysis.overfitting import ROUNDING_DEVIATION
from backtester.arrays import Array, Integers

COPY_CORRELATION = 1 - 1e-9  # two runs with this correlation or more are copies


class Clusters(NamedTuple):
    """K clusters of N runs: the numbers of the runs at their `centres` (K,); the cluster that each run belongs to,
    `own` (N,); and `closeness`, the lowest correlation of a run with its centre."""

    centres: Integers
    own: Integers
    closeness: float

    def best(self, merit: Array) -> Integers:
        """The run of each cluster (K,) with the highest merit (N,), the earlier one of equals."""
        order = np.lexsort((np.arange(len(merit)), -merit, self.own))  # by cluster, then merit, then number
        _, first_of_cluster = np.unique(self.own[order], return_index=True)
        best: Integers = order[first_of_cluster]
        return best


def make_clusters(returns: Array, first: int, *, at_most: int) -> Clusters:
    """Clusters of runs by their returns (N, T). The first centre is run number `first`; each next one is the run that
    is least correlated with its nearest centre, until every run is a copy of a centre or there are `at_most` centres.

    Farthest-first traversal: no choice of as many centres has less than half of its radius. Gonzalez (1985),
    Theoretical Computer Science 38, 293-306. Runs that do not vary count as copies of one another.
    """
    centred = returns - returns.mean(axis=1, keepdims=True)
    size = np.sqrt((centred**2).sum(axis=1, keepdims=True))
    is_constant = size <= ROUNDING_DEVIATION
    # unit vectors, whose products are correlations; a further dimension makes constant runs equal to one another only
    unit = np.hstack([centred / np.where(is_constant, 1.0, size), is_constant])
    centres, own, nearest = [first], np.zeros(len(unit), np.int64), unit @ unit[first]
    while len(centres) < at_most and nearest.min() < COPY_CORRELATION:
        centres.append(int(nearest.argmin()))
        closer = unit @ unit[centres[-1]]
        own[closer > nearest] = len(centres) - 1
        nearest = np.maximum(nearest, closer)
    return Clusters(np.array(centres, np.int64), own, float(min(nearest.min(), 1.0)))
