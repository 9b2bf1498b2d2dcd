"""What a study's search amounts to, kept in its folder: found once for the same rows and the same column."""

import contextlib
import dataclasses
import json
from collections.abc import Callable

import pyarrow as pa
from pydantic import TypeAdapter

from backtester.batch.search import Entrants, Search, contest_of, search_of
from backtester.batch.store import Store
from backtester.files import read_limited, sha256, write_text
from backtester.histories.market import Market
from backtester.runs.folder import LARGEST_JSON

SEARCH_FILE = "search.json"
VERSION = 2  # raise it when what is found changes its meaning


def search_at_hand(store: Store, table: pa.Table, market: Market, entrants: Entrants) -> Callable[[], Search | None]:
    """What gives the search of these rows, as the folder has it or, where it has none of just these rows, found and
    kept there: workers are asked at once, the rest waits for the call."""
    key = sha256(json.dumps([VERSION, entrants.rank_by, *_contents(table)]).encode())
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):  # none, or none that can be read
        kept = json.loads(read_limited(store.folder / SEARCH_FILE, LARGEST_JSON))
        if kept["key"] == key:
            known = TypeAdapter(Search | None).validate_python(kept["search"])
            return lambda: known
    contest = contest_of(table, market, entrants)

    def find() -> Search | None:
        found = search_of(table, market, contest, threads=entrants.threads)
        write_text(
            store.folder / SEARCH_FILE, json.dumps({"key": key, "search": found and dataclasses.asdict(found)}) + "\n"
        )
        return found

    return find


def _contents(table: pa.Table) -> list[list[str | None]]:
    """What the rows are: keys, which stand for all that a result depends on, names, and which failed."""
    return [table[name].to_pylist() for name in ("key", "name", "error")]
