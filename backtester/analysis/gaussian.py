"""The joint tail of two normal variables, which SciPy would take a second to import for."""

from statistics import NormalDist

import numpy as np

NODES = 64  # exact to 1e-14 for correlations up to 0.999: the integrand is smooth in the angle


def joint_tail(q: float, correlation: float) -> float:
    """P(both below their quantile q) of two normal variables of that correlation; NaN without one.

    Phi(h)^2 + the integral over angles from 0 to arcsin(rho) of exp(-h^2 / (1 + sin angle)) / (2 pi), h the quantile:
    Plackett (1954), Biometrika 41, 351-360, by Gauss-Legendre quadrature.
    """
    if not -1 <= correlation <= 1:
        return float("nan")
    if correlation == -1:
        return max(0.0, 2 * q - 1)
    h = NormalDist().inv_cdf(q)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    angle = float(np.arcsin(correlation))
    angles = angle * (nodes + 1) / 2
    integral = angle / 2 * float(weights @ np.exp(-h * h / (1 + np.sin(angles))))
    return q * q + integral / (2 * np.pi)
