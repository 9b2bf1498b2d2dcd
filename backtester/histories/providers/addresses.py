"""The addresses at which providers serve their files; change one here when a provider has moved."""

from urllib.parse import quote

PROVIDER_NAMES = {"fred": "FRED", "french": "Ken French's library", "lbma": "LBMA", "cboe": "Cboe", "yahoo": "Yahoo"}
BY_SERIES = {
    "fred": "https://fred.stlouisfed.org/graph/fredgraph.csv?id={series}",  # the whole series as csv
    "yahoo": "https://query2.finance.yahoo.com/v8/finance/chart/{series}",  # the address that yfinance uses
}


def provider_name(provider: str) -> str:
    """The provider's name in messages; `the server` for others."""
    return PROVIDER_NAMES.get(provider, "the server")


def series_address(provider: str, series: str) -> str | None:
    """The address of a provider's series by its id; None if there is no rule, so that a blueprint must state `url`."""
    template = BY_SERIES.get(provider)
    return None if template is None else template.format(series=quote(series, safe=""))
