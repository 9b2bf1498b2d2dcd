"""The measures of one record at a time."""

import pandas as pd

from backtester.analysis.measures import Measures, measure_books, measure_inputs, named_measures
from backtester.arrays import Array


def measures(
    nav: "pd.Series[float]", bills: Array, *, sessions_a_year: float, reference: "pd.Series[float] | None" = None
) -> Measures:
    """The measures of one record by name; `nav`, `reference` and `bills` (T,) share their sessions."""
    ground = measure_inputs(pd.DatetimeIndex(nav.index), bills, sessions_a_year=sessions_a_year, reference=reference)
    return named_measures(measure_books(nav.to_numpy()[None], ground)[0], ground)
