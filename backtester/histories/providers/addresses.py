"""Where providers serve their files, in one place: change an address here when a provider has moved."""

from urllib.parse import quote

PROVIDER_NAMES = {"fred": "FRED", "french": "Ken French's library", "lbma": "LBMA", "cboe": "Cboe", "yahoo": "Yahoo"}
BY_SERIES = {
    "fred": "https://fred.stlouisfed.org/graph/fredgraph.csv?id={series}",  # the whole series as csv
    "yahoo": "https://query2.finance.yahoo.com/v8/finance/chart/{series}",  # what yfinance asks
}


def provider_name(provider: str) -> str:
    """The provider as people call it."""
    return PROVIDER_NAMES.get(provider, "the server")


def series_address(provider: str, series: str) -> str | None:
    """Where the provider serves a series by its id; None where it has no such rule and a blueprint must say `url`."""
    template = BY_SERIES.get(provider)
    return None if template is None else template.format(series=quote(series, safe=""))
