"""What is downloaded for a blueprint: each address once, pieces of a series as one."""

from pathlib import Path

from backtester.histories.blueprints.blueprint import Blueprint, read_blueprint
from backtester.histories.fetch.plan import merge_pieces, plan_downloads

FRED = "https://fred.stlouisfed.org/graph/fredgraph.csv?id="


def planned(sources: list[dict[str, object]]) -> list[tuple[str, int]]:
    """The addresses and the number of sources at each, of a blueprint whose series each have one of the sources."""
    series = {f"role_{number}": {"kind": "level", "from": [source]} for number, source in enumerate(sources)}
    blueprint = Blueprint.model_validate({"title": "made", "series": series})
    return [(download.url, len(download.sources)) for download in plan_downloads(blueprint)]


def test_the_long_history_of_the_united_states() -> None:
    """Every file of `us_long` has an address; the dollar's two pieces are one file of FRED's, and the order is kept."""
    downloads = plan_downloads(merge_pieces(read_blueprint("us_long")[1]))
    assert [download.url.removeprefix(FRED) for download in downloads] == [
        "https://mba.tuck.dartmouth.edu/pages/faculty/ken.french/ftp/F-F_Research_Data_Factors_daily_CSV.zip",
        "https://mba.tuck.dartmouth.edu/pages/faculty/ken.french/ftp/F-F_Research_Data_Factors_CSV.zip",
        "DGS1MO",
        "DGS3MO",
        "DGS10",
        "DGS30",
        "https://prices.lbma.org.uk/json/gold_pm.json",
        "DTWEXM",
        "DTWEXBGS",
        "VXOCLS",
        "VIXCLS",
        "DFEDTAR",
        "DFEDTARU",
        "WALCL",
        "CPIAUCSL",
        "BAA10Y",
    ]
    dollar = merge_pieces(read_blueprint("us_long")[1]).series["dollar"].sources
    assert [source.file for source in dollar] == ["DTWEXM.csv", "DTWEXBGS.csv"]


def test_a_file_that_two_series_need_is_downloaded_once() -> None:
    """Both series must be readable from it, and only one of them need say where it is."""
    url = "https://example.org/both.csv"
    file = {"provider": "csv", "file": "both.csv"}
    assert planned([{**file, "columns": ["a"]}, {**file, "columns": ["b"], "url": url}]) == [(url, 2)]


def test_the_id_of_a_series_is_the_files_name_unless_said() -> None:
    """FRED's address is made from the id."""
    made = planned([{"provider": "fred", "file": "DFF.csv"}, {"provider": "fred", "file": "x.csv", "series": "SOFR"}])
    assert made == [(f"{FRED}DFF", 1), (f"{FRED}SOFR", 1)]


def test_two_addresses_never_share_a_copy() -> None:
    """Files of one name on two servers, or behind two questions, are kept apart, and below the cache."""
    urls = [
        "https://a.org/x.csv",
        "https://b.org/x.csv",
        "https://b.org/x.csv?y=1",
        "https://b.org/../..",
        "https://b.org",
        f"https://b.org/{'y' * 120}.csv",
    ]
    sources = [{"provider": "csv", "file": f"f{number}.csv", "url": url} for number, url in enumerate(urls)]
    series = {f"role_{number}": {"kind": "level", "from": [source]} for number, source in enumerate(sources)}
    blueprint = Blueprint.model_validate({"title": "made", "series": series})
    places = [download.cache_path for download in plan_downloads(blueprint)]
    assert len(set(places)) == len(urls)
    assert [place.name.rsplit(".", 2)[0] for place in places[:3]] == ["x", "x", "x"]
    assert places[4].name.startswith("f4.")
    assert places[5].name.startswith(f"{'y' * 100}."), "a name has a hundred letters at most"
    assert all(place.parent == Path("csv") and ".." not in place.parts for place in places)


def test_prices_of_yahoo_are_asked_for_by_ticker() -> None:
    """The ticker is the file's name or `series`; what the user has at hand is not downloaded."""
    downloads = plan_downloads(read_blueprint("us")[1], {"fomc.csv"})
    assert {one.file: one.ticker for one in downloads if one.ticker} == {"SPY.csv": "SPY", "GLD.csv": "GLD"}
    assert [one.file for one in plan_downloads(read_blueprint("us")[1], {"spy.csv", "dgs10.csv", "fomc.csv"})][:2] == [
        "DGS30.csv",
        "DGS3MO.csv",
    ]
