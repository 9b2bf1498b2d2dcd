"""The result of a study's search, stored in the study's folder, so that the same rows are not searched twice.

The search says how much of the best result is luck; its contest runs some jobs again to compare them by session.
"""

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
SEARCH_VERSION = 2  # raised when a figure of `Search` changes its meaning, so that stored ones are not used


def stored_or_new_search(
    store: Store, table: pa.Table, market: Market, inputs: ContestInputs
) -> Callable[[], Search | None]:
    """A function that returns the search of these rows, from the store's folder if it has one for the same rows.

    Otherwise the workers run jobs of the contest again now; the returned function, which needs no workers, does the
    rest and stores the result.
    """
    key = sha256(json.dumps([SEARCH_VERSION, inputs.rank_by, *_contents(table)]).encode())
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):  # the file is missing or damaged
        stored = json.loads(read_limited(store.folder / SEARCH_FILE, LARGEST_JSON))
        if stored["key"] == key:
            search = TypeAdapter(Search | None).validate_python(stored["search"])
            return lambda: search
    contest = contest_of(table, market, inputs)

    def find() -> Search | None:
        found = search_of(table, market, contest, threads=inputs.threads)
        write_text(
            store.folder / SEARCH_FILE, json.dumps({"key": key, "search": found and dataclasses.asdict(found)}) + "\n"
        )
        return found

    return find


def _contents(table: pa.Table) -> list[list[str | None]]:
    """The keys, names and errors of the rows; keys are hashes of all that a result depends on."""
    return [table[name].to_pylist() for name in ("key", "name", "error")]
