"""A made-up study: rows by hand, with names that a page must not believe."""

import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from backtester.batch.grid import Grid
from backtester.batch.jobs import Job
from backtester.batch.page.index import StudyPage
from backtester.batch.rows import ROW_FIGURES, JobOutcome, table_of
from backtester.batch.search import Search
from backtester.batch.study import Study
from backtester.runs.settings import RunSettings

EVIL = "</script><img src=x onerror=alert(1)>"
GOLD, WINDOW = (0.0, 0.1, 0.2, 0.3), (21, 63, 126)
DATES = datetime.date(2007, 1, 3), datetime.date(2026, 5, 26)


def made_rows(payoffs: dict[tuple[float, int], float], failed: tuple[str, ...] = ()) -> pa.Table:
    """Rows of `r(gold, window)` with these payoffs, each with a loss of 0.10 less its gold / 2 and the reference's of
    0.10, then jobs that failed, in these words."""
    names, came = [], []
    for place, ((gold, window), payoff) in enumerate(payoffs.items()):
        figures = dict.fromkeys(ROW_FIGURES, 0.5) | {
            "beyond_mix_payoff_mean": payoff,
            "mean_loss_strategy": 0.10 - gold / 2,
            "mean_loss_reference": 0.10,
            "growth_annual_over_mix_rest": -gold / 10 + window / 1e6,
            "cagr": 0.05 + place / 1000,
        }
        names.append((f"{place:064x}", f"r(gold={gold}, window={window})", "r"))
        came.append(JobOutcome(None, *DATES, np.array([figures[name] for name in ROW_FIGURES]), np.zeros(60)))
    for place, error in enumerate(failed):
        names.append((f"{place + 900:064x}", f"broken {place} {EVIL}", "r"))
        came.append(JobOutcome(error, traceback=f"Traceback: line {place}"))
    table = table_of(names, came)
    points = [*payoffs, *[(None, None)] * len(failed)]
    table = table.add_column(3, "setting_gold", pa.array([gold for gold, _ in points]))
    return table.add_column(4, "setting_window", pa.array([window for _, window in points]))


def made_payoffs() -> dict[tuple[float, int], float]:
    """A payoff for each gold and window: a plateau at 0.2 and 63, and a peak that stands alone at 0 and 126."""
    found = {(gold, window): 0.01 - abs(gold - 0.2) / 10 - abs(window - 63) / 1e5 for gold in GOLD for window in WINDOW}
    return found | {(0.0, 126): 0.02}


def made_subject(folder: Path, table: pa.Table, search: Search | None = None) -> StudyPage:
    """The subject of a page of these rows."""
    settings = RunSettings()
    jobs = [
        Job(key, name, "r", {}, settings, settings.model_dump_json())
        for key, name in zip(table["key"].to_pylist(), table["name"].to_pylist(), strict=True)
    ]
    grid = Grid.model_validate({"recipe": "r(gold={gold}, window={window})", "gold": [*GOLD], "window": [*WINDOW]})
    return StudyPage(Study(name="made up", grid=[grid], top=3), jobs, table, search, folder)
