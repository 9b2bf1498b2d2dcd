"""Carrying out `stress basis`: the spiral at some terms, what March 2020 fits, and the map of its amplification."""

from collections.abc import Sequence

import numpy as np

from backtester.errors import ScenarioError
from backtester.runs.values import Json, clean
from backtester.stress.basis import BasisTerms, Unwind
from backtester.stress.calibrate import FUNDS_SHARE, HELD_BN, OUTSIDE_BN, ROSE_BP, SOLD_BN, calibrated, march_2020

BASIS_SCHEMA = 1
LEVERAGES = (1.0, 10.0, 20.0, 40.0, 56.0, 80.0, 100.0, 150.0, 250.0)
THETA_TIMES_KAPPA = (0.1, 0.185, 0.4, 0.925, 1.5, 2.5, 3.7, 6.0)  # theta times kappa
TODAY_RANGES = {"leverage": (20.0, 100.0), "strength": (0.185, 3.7)}  # of the sources: 0.05 x 3.7 to 0.2 x 18.5
FUND_SHARES = (0.1, 0.25, 0.5)  # of the move of March 2020 that may be laid to the funds
ASSUMED_VALUES: dict[str, tuple[float, ...]] = {  # terms that no source states, and what else they might be
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
    """The document of the spiral: terms, calibration, amplification, what March 2020 would be today, the map,
    and what the answer would be with other terms where no source states them."""
    fitted = calibrated(terms, share=share)
    own = terms.model_copy(update={"kappa": fitted.kappa if kappa is None else kappa})
    then = own.model_copy(update={"held_bn": HELD_BN})
    paths = {
        "then": march_2020(then, fitted),
        "now": march_2020(own, fitted),
        "now_fed": march_2020(own, fitted, fed=True),
        "now_hedged": march_2020(own, fitted, fed=True, hedged=True),
    }
    written: Json = clean(
        {
            "schema": BASIS_SCHEMA,
            "terms": own.model_dump(),
            "share": share,
            "calibration": fitted._asdict(),
            "targets": {"rose_bp": ROSE_BP, "share_bp": share * ROSE_BP, "sold_bn": SOLD_BN, "held_bn": HELD_BN},
            "known_outside_bn": OUTSIDE_BN,
            "amplification": own.amplification,
            "tipping_leverage": own.tipping_leverage,
            "paths": {name: _path(one) for name, one in paths.items()},
            "map": amplification_map(own.held_bn, own.duration),
            "by_share": [_fitted(terms, one) for one in FUND_SHARES],
            "assumed": [
                {"term": term, "value": value, **_fitted(_with(terms, term, value), share)}
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
    """The amplification by theta times kappa, a row each, and leverage; None where the spiral tips."""
    powers = np.outer(np.array(strengths) / 100 * held_bn * duration, leverages)
    values = [[float(1 / (1 - one)) if one < 1 else None for one in row] for row in powers.tolist()]
    return {"strengths": list(strengths), "leverages": list(leverages), "amplification": values, "today": TODAY_RANGES}


def _with(terms: BasisTerms, term: str, value: float) -> BasisTerms:
    """The terms with another value of one, at the leverage that haircut and margin then allow, if that is lower."""
    other = terms.model_copy(update={term: value})
    asked = other.haircut + other.margin
    return other.model_copy(update={"leverage": min(other.leverage, 1 / asked if asked else other.leverage)})


def _fitted(terms: BasisTerms, share: float) -> Json:
    """Kappa, the tipping point and a March of today, by these terms and that share of March 2020; of terms to
    which March 2020 cannot be fitted the share alone."""
    try:
        fitted = calibrated(terms, share=share)
    except ScenarioError:
        return {"share": share, "leverage": terms.leverage}
    own = terms.model_copy(update={"kappa": fitted.kappa})
    return {
        "share": share,
        "leverage": terms.leverage,
        **fitted._asdict(),
        "tipping_leverage": own.tipping_leverage,
        "amplification": own.amplification,
        "peak_bp": march_2020(own, fitted).peak_bp,
        "peak_fed_bp": march_2020(own, fitted, fed=True).peak_bp,
    }


def _path(one: Unwind) -> Json:
    rounded = {
        name: np.round(getattr(one, name), 6).tolist() for name in ("yields_bp", "basis_bp", "sold", "purchased")
    }
    return rounded | {"peak_bp": one.peak_bp, "sold_bn": float(one.sold.sum()), "equity_bn": float(one.equity[-1])}
