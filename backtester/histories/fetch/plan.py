"""The downloads that a blueprint needs: each file once, with its address and the sources that are read from it.

A blueprint lists the series of a history; a source of one is some figures in a file of a provider.
"""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from backtester.errors import DataError
from backtester.histories.blueprints.blueprint import Blueprint, SourceFile
from backtester.histories.blueprints.sources import source_values
from backtester.histories.fetch.web import check_address
from backtester.histories.providers.addresses import provider_name, series_address
from backtester.histories.providers.unpack import unpack


@dataclass(frozen=True)
class Download:
    """One address, and the sources whose figures its file holds."""

    url: str
    sources: tuple[SourceFile, ...]

    @property
    def file(self) -> str:
        """The file's name in the blueprint."""
        return self.sources[0].file

    @property
    def provider(self) -> str:
        """The provider as people call it."""
        return provider_name(self.sources[0].provider)

    @property
    def ticker(self) -> str | None:
        """The ticker to ask yfinance for; None if the file is downloaded from `url`."""
        first = self.sources[0]
        return first.series or Path(first.file).stem if first.provider == "yahoo" and first.url is None else None

    @property
    def cache_path(self) -> Path:
        """The path of the copy within the cache; another for every address."""
        first = self.sources[0]
        served = PurePosixPath(first.file if first.url is None else urlsplit(first.url).path or first.file)
        stem = re.sub(r"[^\w.-]", "_", served.stem)[:100]
        return Path(first.provider) / f"{stem}.{hashlib.sha256(self.url.encode()).hexdigest()[:8]}{served.suffix}"

    def csv(self, content: bytes) -> bytes:
        """The csv in the downloaded content. Raise DataError unless every source can be read from it.

        FRED ends each file with a newline, so a file without one was cut off.
        """
        csv = unpack(content, self.file, self.provider)
        if self.sources[0].provider == "fred" and not content.endswith(b"\n"):
            raise DataError(f"{self.provider} sent {self.file} cut off in the middle of a line; run this again")
        for source in self.sources:
            source_values(source, csv)
        return csv


def merge_pieces(blueprint: Blueprint) -> Blueprint:
    """The blueprint with files that are pieces of one series replaced by one file.

    A provider sends the whole series, where a user may have saved it in pieces.
    """
    plans = {}
    for role, plan in blueprint.series.items():
        sources = dict.fromkeys(map(_named_by_series, plan.sources))  # pieces are equal now: each source once
        plans[role] = plan.model_copy(update={"sources": tuple(sources)})
    return blueprint.model_copy(update={"series": plans})


def _named_by_series(source: SourceFile) -> SourceFile:
    """The source with its series' id, if it states one, as the name of its file; its sources in `plus` likewise."""
    changed: dict[str, object] = {"plus": tuple(map(_named_by_series, source.plus))}
    return source.model_copy(update=changed if source.series is None else changed | {"file": f"{source.series}.csv"})


def plan_downloads(blueprint: Blueprint, at_hand: Collection[str] = ()) -> list[Download]:
    """A download for every address, in the order of the blueprint.

    Files in `at_hand`, names in lower case, are left out. Raise DataError if an address is not known or not allowed.
    """
    # reversed, so that of several addresses for a file the first counts
    urls = {source.file: source.url for source in reversed(blueprint.sources) if source.url is not None}
    sources_by_address: dict[str, list[SourceFile]] = {}
    for source in blueprint.sources:
        if source.file.lower() not in at_hand:
            with_url = source.model_copy(update={"url": urls.get(source.file)})  # one source of a file may state it
            sources_by_address.setdefault(_address(with_url), []).append(with_url)
    return [Download(url, tuple(sources)) for url, sources in sources_by_address.items()]


def _address(source: SourceFile) -> str:
    """The address of a source's file. Raise DataError if it is not known, or not one that `check_address` allows."""
    url = source.url or series_address(source.provider, source.series or Path(source.file).stem)
    if url is None:
        raise DataError(f"no address is known for {source.file}; give its source a url, or its folder with --from")
    check_address(url, f"the address of {source.file}")
    return url
