"""The result of a study's search, stored in its folder: computed once for the same rows and column."""

import contextlib
import dataclasses
import json
from collections.abc import Callable

import pyarrow as pa
from pydantic import TypeAdapter

from backtester.batch.search import ContestInputs, Search, contest_of, search_of
from backtester.batch.store import Store
from backtester.files import read_limited, sha256, write_text
from backtester.histories.market import Market
from backtester.runs.folder import LARGEST_JSON

SEARCH_FILE = "search.json"
VERSION = 2  # raise it when a result changes its meaning


def stored_or_new_search(
    store: Store, table: pa.Table, market: Market, entrants: ContestInputs
) -> Callable[[], Search | None]:
    """A function that returns the search of these rows, from the folder if it is stored there for the same rows.

    Otherwise workers do their part at once, and the call of the function does the rest and stores the result."""
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
    """The keys, names and errors of the rows; keys are hashes of all that a result depends on."""
    return [table[name].to_pylist() for name in ("key", "name", "error")]
