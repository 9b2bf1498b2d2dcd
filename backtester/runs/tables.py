"""Writing the tables of a run's folder as parquet, and reading them back."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from backtester.files import open_regular, write_with
from backtester.runs.result import Result


def long_weights(result: Result) -> pd.DataFrame:
    """The weights of all strategies at each close, a row for each date, strategy and asset.

    An asset that a strategy never held has no rows, but for one if the strategy held none: all weights are 0 then.
    """
    sessions, names, held_by_strategy = result.period.sessions, [], []
    for strategy in result.strategies:
        weights = strategy.evaluation.accounts.weights.reindex(sessions)
        is_held = (
            (weights != 0).any() if weights.to_numpy().any() else weights.columns[:1]
        )  # one column if nothing was held
        held_by_strategy.append(weights.loc[:, is_held])
        names.append(strategy.name)
    assets = [asset for weights in held_by_strategy for asset in weights.columns]
    counts = [weights.shape[1] for weights in held_by_strategy]
    columns = {  # built one by one, so that at most one of them is in memory twice
        "date": np.tile(sessions, len(assets)),
        "strategy": pd.Categorical(names, dtype=pd.CategoricalDtype(names)).repeat(np.multiply(counts, len(sessions))),
        "asset": pd.Categorical(assets, dtype=pd.CategoricalDtype(result.full_market.assets)).repeat(len(sessions)),
        "weight": np.concatenate([weights.to_numpy().ravel("F") for weights in held_by_strategy]),
    }
    return pd.DataFrame(columns, copy=False)


def weights_arrow(weights: pd.DataFrame) -> pa.Table:
    """The rows of `long_weights` as an arrow table, with the names of strategies and assets stored once each."""
    columns = {"date": pa.array(weights["date"], pa.timestamp("ns")).cast(pa.timestamp("ms")).cast(pa.date32())}
    for name in ("strategy", "asset"):
        codes, names = pd.factorize(weights[name])
        indices = pa.array(codes.astype(np.int32))
        columns[name] = pa.DictionaryArray.from_arrays(indices, pa.array([str(name) for name in names], pa.string()))
    return pa.table(columns | {"weight": pa.array(weights["weight"])})


def dated_arrow(table: pd.DataFrame) -> pa.Table:
    """The data frame as an arrow table, with its column `date` stored as days."""
    arrow = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata()
    column = arrow.schema.get_field_index("date")
    return arrow.set_column(column, "date", arrow["date"].cast(pa.timestamp("ms")).cast(pa.date32()))


def write_table(path: Path, table: pa.Table) -> Path:
    """Write a parquet file, renamed into place once it is complete, and return its path."""
    # dictionaries pay for names only: figures hardly ever repeat
    names = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
    return write_with(path, lambda beside: pq.write_table(table, beside, compression="zstd", use_dictionary=names))


def read_dated(path: Path) -> pd.DataFrame:
    """The table of a parquet file, indexed by its column `date`; raise OSError as `read_arrow` does."""
    return read_parquet_table(path).set_index("date")


def read_parquet_table(path: Path) -> pd.DataFrame:
    """The table of a parquet file; raise OSError as `read_arrow` does."""
    read = read_arrow(path)
    table: pd.DataFrame = read.to_pandas(date_as_object=False, split_blocks=True, self_destruct=True)
    return table


def read_arrow(path: Path) -> pa.Table:
    """The table of a parquet file as an arrow table; raise OSError if the path is no regular file."""
    with open_regular(path) as file:
        return pq.ParquetFile(file).read()  # read_table would also import the slow code that reads folders of files
