"""The tables of a run's folder: as parquet, and read back."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from backtester.files import open_regular, write_with
from backtester.runs.result import Result


def long_weights(result: Result) -> pd.DataFrame:
    """The weights of all strategies at each close: date, strategy, asset, weight; of an asset never held no rows."""
    sessions, names, held = result.period.sessions, [], []
    for one in result.strategies:
        weights = one.evaluation.accounts.weights.reindex(sessions)
        ever = (weights != 0).any() if weights.to_numpy().any() else weights.columns[:1]  # cash has rows too
        held.append(weights.loc[:, ever])
        names.append(one.name)
    assets = [asset for weights in held for asset in weights.columns]
    counts = [weights.shape[1] for weights in held]
    columns = {  # one after another, so that no more than one is held twice
        "date": np.tile(sessions, len(assets)),
        "strategy": pd.Categorical(names, dtype=pd.CategoricalDtype(names)).repeat(np.multiply(counts, len(sessions))),
        "asset": pd.Categorical(assets, dtype=pd.CategoricalDtype(result.full_market.assets)).repeat(len(sessions)),
        "weight": np.concatenate([weights.to_numpy().ravel("F") for weights in held]),
    }
    return pd.DataFrame(columns, copy=False)


def weights_arrow(weights: pd.DataFrame) -> pa.Table:
    """Weights in long form, names of strategies and assets once each."""
    columns = {"date": pa.array(weights["date"], pa.timestamp("ns")).cast(pa.timestamp("ms")).cast(pa.date32())}
    for name in ("strategy", "asset"):
        codes, names = pd.factorize(weights[name])
        indices = pa.array(codes.astype(np.int32))
        columns[name] = pa.DictionaryArray.from_arrays(indices, pa.array([str(one) for one in names], pa.string()))
    return pa.table(columns | {"weight": pa.array(weights["weight"])})


def dated_arrow(table: pd.DataFrame) -> pa.Table:
    """The table with its `date` as days."""
    arrow = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata()
    place = arrow.schema.get_field_index("date")
    return arrow.set_column(place, "date", arrow["date"].cast(pa.timestamp("ms")).cast(pa.date32()))


def write_table(path: Path, table: pa.Table) -> Path:
    """Write a parquet file, renamed into place when it is whole; its path."""
    names = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]  # figures repeat too seldom
    return write_with(path, lambda beside: pq.write_table(table, beside, compression="zstd", use_dictionary=names))


def read_dated(path: Path) -> pd.DataFrame:
    """A table by its dates."""
    return read_parquet_table(path).set_index("date")


def read_parquet_table(path: Path) -> pd.DataFrame:
    """A table; raise OSError if there is no file but a folder, a pipe or a device."""
    read = read_arrow(path)
    table: pd.DataFrame = read.to_pandas(date_as_object=False, split_blocks=True, self_destruct=True)
    return table


def read_arrow(path: Path) -> pa.Table:
    """A table as it is kept; raise OSError if there is no file but a folder, a pipe or a device."""
    with open_regular(path) as file:
        return pq.ParquetFile(file).read()  # read_table would import what reads folders of files, too
