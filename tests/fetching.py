"""A history of one file, fetched from a provider on this machine by a clock that nobody waits for."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from backtester.histories.fetch.history import FetchedHistory, fetch_history
from backtester.histories.fetch.settings import Clock, DownloadLimits, FetchSettings
from loopback import Answer, Provider

CSV = b"observation_date,INDEX\n" + b"".join(b"2020-01-%02d,%d.25\n" % (day, 100 + day) for day in range(1, 29))
PATH = "/fred.stlouisfed.org/graph/fredgraph.csv?id=INDEX"
ONE = """title = "One file"
[series.stocks]
kind = "total_return"
unit = "index"
source = "made up"
licence = "none"
from = [{ provider = "fred", file = "INDEX.csv" }]
"""


@dataclass
class FetchOfOne:
    """Fetches of the history `one` from a provider on this machine, and what was seen of them."""

    server: Provider
    folder: Path
    blueprint: Path
    limits: DownloadLimits = field(default_factory=DownloadLimits)
    now: float = 1_800_000_000.0
    elapsed: list[float] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    own: tuple[Path, ...] = ()

    def serve(self, *answers: Answer, path: str = PATH) -> None:
        """Answer so, in turn."""
        self.server.answers[path] = list(answers)

    def limit(self, limits: DownloadLimits) -> None:
        """Keep other limits."""
        self.limits = limits

    def fetch(self, *, refresh: bool = False) -> FetchedHistory:
        """Fetch once."""
        clock = Clock(lambda: self.now, lambda: self.elapsed.pop(0) if self.elapsed else 0.0, self.slept.append)
        settings = FetchSettings(
            self.folder / ".cache", self.own, refresh, base_url=self.server.url, limits=self.limits
        )
        return fetch_history(str(self.blueprint), self.folder, replace(settings, clock=clock), self.told.append)

    def kept(self) -> list[str]:
        """The names in the cache, without the part of each that stands for its address."""
        files = sorted(path for path in (self.folder / ".cache" / "fred").iterdir() if path.is_file())
        return [f"{path.name.partition('.')[0]}{path.name[path.name.index('.') + 9 :]}" for path in files]
