"""How files are fetched where nothing is said."""

from pathlib import Path

from backtester.histories.fetch.settings import DownloadLimits, FetchSettings


def test_limits_of_a_download() -> None:
    """Three attempts of two minutes, with two seconds before the second, and 50 MB."""
    usual = DownloadLimits()
    assert (usual.timeout_seconds, usual.connect_seconds, usual.silence_seconds) == (120, 10, 30)
    assert (usual.attempts, usual.pause_seconds, usual.max_bytes) == (3, 2, 50_000_000)


def test_copies_are_used_for_half_a_day() -> None:
    """From the providers themselves, with no files of one's own."""
    usual = FetchSettings(Path("cache"))
    assert (usual.max_age_seconds, usual.refresh, usual.own_folders, usual.base_url) == (43_200, False, (), None)
    assert usual.limits == DownloadLimits()
    assert 0 < usual.clock.elapsed() < usual.clock.now()
