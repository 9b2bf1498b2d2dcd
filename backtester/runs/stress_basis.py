"""Carrying out `stress basis`: the model of the basis-trade spiral, fitted to March 2020, and a map of its results.

Leveraged funds hold Treasuries against futures. What is sold raises yields, which widens the basis between both, which
makes the funds sell. Theta is by how many basis points the basis widens for each basis point that yields rise, kappa by
how many basis points yields rise for each $100bn that is sold; their product is the strength of the spiral.
"""

from collections.abc import Sequence

import numpy as np

from backtester.errors import ScenarioError
from backtester.runs.values import Json, clean
from backtester.stress.basis import BasisTerms, Unwind
from backtester.stress.calibrate import FUNDS_SHARE, HELD_BN, OUTSIDE_BN, ROSE_BP, SOLD_BN, calibrated, march_2020

BASIS_SCHEMA = 1  # of the document: raised when a key changes its meaning
LEVERAGES = (1.0, 10.0, 20.0, 40.0, 56.0, 80.0, 100.0, 150.0, 250.0)
THETA_TIMES_KAPPA = (0.1, 0.185, 0.4, 0.925, 1.5, 2.5, 3.7, 6.0)  # the rows of the map
TODAY_RANGES = {"leverage": (20.0, 100.0), "strength": (0.185, 3.7)}  # of the sources: 0.05 x 3.7 to 0.2 x 18.5
FUND_SHARES = (0.1, 0.25, 0.5)  # of the move of March 2020 that may be attributed to the funds
ASSUMED_VALUES: dict[str, tuple[float, ...]] = {  # of parameters that no source states: what else they might be
    "theta": (0.05, 0.2),
    "margin": (0.01, 0.02),
    "margin_per_bp": (0.0007, 0.0014),  # 2.33 standard deviations of six years of duration, and half of it
    "capacity_bn": (50.0, 75.0, 300.0),
    "steeper": (1.0, 4.0),
    "decaying": (0.0, 0.5),
    "decay": (0.05, 0.3),
    "trigger_bp": (15.0, 60.0),
}


def basis_run(terms: BasisTerms, *, kappa: float | None = None, share: float = FUNDS_SHARE) -> Json:
    """The document of `stress basis`.

    It has the parameters, the fit to March 2020, the amplification, paths of the pressure of March 2020 on the funds of
    then and of today, the map, and the results at other values of the parameters that no source states. Kappa is fitted
    unless it is given; `share` is that of the move of March 2020 which is attributed to the funds.
    """
    fit = calibrated(terms, share=share)
    fitted_terms = terms.model_copy(update={"kappa": fit.kappa if kappa is None else kappa})
    terms_of_2020 = fitted_terms.model_copy(update={"held_bn": HELD_BN})
    paths = {
        "then": march_2020(terms_of_2020, fit),
        "now": march_2020(fitted_terms, fit),
        "now_fed": march_2020(fitted_terms, fit, fed=True),
        "now_hedged": march_2020(fitted_terms, fit, fed=True, hedged=True),
    }
    written: Json = clean(
        {
            "schema": BASIS_SCHEMA,
            "terms": fitted_terms.model_dump(),
            "share": share,
            "calibration": fit._asdict(),
            "targets": {"rose_bp": ROSE_BP, "share_bp": share * ROSE_BP, "sold_bn": SOLD_BN, "held_bn": HELD_BN},
            "known_outside_bn": OUTSIDE_BN,
            "amplification": fitted_terms.amplification,
            "tipping_leverage": fitted_terms.tipping_leverage,
            "paths": {name: _path_entry(path) for name, path in paths.items()},
            "map": amplification_map(fitted_terms.held_bn, fitted_terms.duration),
            "by_share": [_fit_results(terms, fund_share) for fund_share in FUND_SHARES],
            "assumed": [
                {"term": term, "value": value, **_fit_results(_varied_terms(terms, term, value), share)}
                for term, values in ASSUMED_VALUES.items()
                for value in sorted({*values, getattr(terms, term)})
            ],
        }
    )
    return written


def amplification_map(
    held_bn: float,
    duration: float,
    *,
    strengths: Sequence[float] = THETA_TIMES_KAPPA,
    leverages: Sequence[float] = LEVERAGES,
) -> Json:
    """The amplification by theta times kappa, a row each, and by leverage; None where the spiral has no end.

    With a feedback f, the part of a sale that leads to the next one, it is 1 / (1 - f): the sum of 1 + f + f^2 + ...
    """
    # over 100, since kappa is for each $100bn
    feedback = np.outer(np.array(strengths) / 100 * held_bn * duration, leverages)
    values = [[float(1 / (1 - f)) if f < 1 else None for f in row] for row in feedback.tolist()]
    return {"strengths": list(strengths), "leverages": list(leverages), "amplification": values, "today": TODAY_RANGES}


def _varied_terms(terms: BasisTerms, term: str, value: float) -> BasisTerms:
    """The parameters with another value of one; leverage is lowered to what haircut and margin then allow."""
    varied = terms.model_copy(update={term: value})
    own_money = varied.haircut + varied.margin  # that a fund needs for each dollar of Treasuries
    allowed = 1 / own_money if own_money else varied.leverage
    return varied.model_copy(update={"leverage": min(varied.leverage, allowed)})


def _fit_results(terms: BasisTerms, share: float) -> Json:
    """The fit to March 2020 with these parameters and this share, and what follows from it for today's funds.

    If March 2020 cannot be fitted there is only the share and the leverage.
    """
    try:
        fit = calibrated(terms, share=share)
    except ScenarioError:
        return {"share": share, "leverage": terms.leverage}
    fitted_terms = terms.model_copy(update={"kappa": fit.kappa})
    return {
        "share": share,
        "leverage": terms.leverage,
        **fit._asdict(),
        "tipping_leverage": fitted_terms.tipping_leverage,
        "amplification": fitted_terms.amplification,
        "peak_bp": march_2020(fitted_terms, fit).peak_bp,
        "peak_fed_bp": march_2020(fitted_terms, fit, fed=True).peak_bp,
    }


def _path_entry(path: Unwind) -> Json:
    """The document's entry of one path, with its series rounded to six decimals."""
    rounded = {
        name: np.round(getattr(path, name), 6).tolist() for name in ("yields_bp", "basis_bp", "sold", "purchased")
    }
    return rounded | {"peak_bp": path.peak_bp, "sold_bn": float(path.sold.sum()), "equity_bn": float(path.equity[-1])}
