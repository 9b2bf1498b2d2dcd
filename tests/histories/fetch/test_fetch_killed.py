"""A fetch that is killed leaves nothing that counts, and the next one goes on from there."""

import subprocess
import sys
from pathlib import Path

from backtester.files import sha256
from fetching import CSV, FetchOfOne
from loopback import Answer

FETCH = """
import sys
from pathlib import Path
from backtester.histories.fetch.history import fetch_history
from backtester.histories.fetch.settings import Ears, Settings
blueprint, folder, url = sys.argv[1:]
ears = Ears(received=lambda size, total: print(size, flush=True))
fetch_history(blueprint, Path(folder), Settings(Path(folder) / ".cache", base_url=url), ears)
"""


def killed_at(one: FetchOfOne, size: int) -> None:
    """Fetch in a process of its own, and kill it when so many bytes have come."""
    words = [sys.executable, "-c", FETCH, str(one.blueprint), str(one.folder), one.server.url]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) == size:
                process.kill()
                break
    assert process.returncode == -9


def test_a_killed_fetch_goes_on_where_it_was(one: FetchOfOne, tmp_path: Path) -> None:
    """SIGKILL half way leaves a part that no one takes for the file; the same command then asks for the rest alone."""
    half = len(CSV) // 2
    one.serve(Answer(CSV, etag='"a"', send=half, hold=True), Answer(CSV, etag='"a"'))
    killed_at(one, half)
    assert one.kept() == ["INDEX.csv.part", "INDEX.csv.part.json"]
    assert not (one.folder / "manifest.toml").exists()
    one.fetch()
    assert one.server.headers("Range") == [None, f"bytes={half}-"]
    assert one.kept() == ["INDEX.csv", "INDEX.csv.json"]
    assert sha256(next((one.folder / ".cache" / "fred").glob("*.csv")).read_bytes()) == sha256(CSV)
