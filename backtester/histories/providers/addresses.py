"""The names of providers, and the addresses at which they serve series; change one here when it has moved."""

from urllib.parse import quote

PROVIDER_NAMES = {"fred": "FRED", "french": "Ken French's library", "lbma": "LBMA", "cboe": "Cboe", "yahoo": "Yahoo"}
SERIES_ADDRESSES = {
    "fred": "https://fred.stlouisfed.org/graph/fredgraph.csv?id={series}",  # the whole series as csv
    "yahoo": "https://query2.finance.yahoo.com/v8/finance/chart/{series}",  # the address that yfinance uses
}


def provider_name(provider: str) -> str:
    """The provider's name in messages; "the server" for a provider without a name here."""
    return PROVIDER_NAMES.get(provider, "the server")


def series_address(provider: str, series: str) -> str | None:
    """The address of a provider's series, named by its id there; None if the blueprint must state the `url`."""
    template = SERIES_ADDRESSES.get(provider)
    return None if template is None else template.format(series=quote(series, safe=""))
