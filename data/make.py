"""Make the embedded histories' parquet files and their tables of the manifest from the figures in `facts/`.

Run from a checkout, after a figure or a blueprint has changed: `python data/make.py`. What a history is made of stands
in its blueprint: `us` in `blueprints/us.toml`, which also says where newer figures come from, `us_1962` in
`facts/us_1962.toml`; the small histories around a crisis have all that they need in the manifest.
"""

import sys
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from backtester.histories.blueprints.blueprint import Blueprint, SourceFile, read_blueprint  # noqa: E402 - no installation
from backtester.histories.blueprints.build import build_blueprint, file_reader  # noqa: E402 - the same
from backtester.histories.checks.calendars import HOLIDAY_YEARS, NEW_YORK, planned_holidays  # noqa: E402 - the same

CRISES = ("crisis_1987", "crisis_1997", "crisis_2001")
CHANGES = {"fed_target": "FED_TARGET.csv", "iorb": "IORB.csv"}
FACTS = {"stocks": "GSPC", "yield_10y": "DGS10", "gold": "GOLD", "dollar": "DTWEXM"}  # of a crisis


def us() -> Blueprint:
    """The blueprint of `us`, with the Fed's rates as they are carried: their changes alone."""
    blueprint = read_blueprint("us")[1]
    carried = {
        role: blueprint.series[role].model_copy(update={"sources": (SourceFile(provider="csv", file=file),)})
        for role, file in CHANGES.items()
    }
    return blueprint.model_copy(update={"series": blueprint.series | carried})


def crisis(name: str, table: dict[str, Any]) -> Blueprint:
    """The blueprint of a small history, from its table of the manifest."""
    series = {}
    for role, keys in table["series"].items():
        sources = [{"provider": "csv", "file": f"{name}_{FACTS[role]}.csv"}] if role in FACTS else []
        series[role] = {key: keys[key] for key in keys if key not in ("file", "column")} | {"from": sources}
    return Blueprint.model_validate(
        {key: table[key] for key in table if key not in ("series", "files")} | {"series": series}
    )


def main() -> None:
    """Make all of them, and the list of New York's holidays by rule."""
    closed, _ = planned_holidays(NEW_YORK, *HOLIDAY_YEARS)
    (HERE / "holidays_XNYS.txt").write_text("\n".join(closed) + "\n")
    tables = tomllib.loads((HERE / "manifest.toml").read_text())
    blueprints = {"us": us(), "us_1962": read_blueprint(str(HERE / "facts" / "us_1962.toml"))[1]}
    for name, blueprint in (blueprints | {name: crisis(name, tables[name]) for name in CRISES}).items():
        build_blueprint(name, blueprint, HERE, file_reader(HERE / "facts"))


if __name__ == "__main__":
    main()
