"""Processor time of a study by what it went into."""

import time

import pytest

from backtester.batch.processor_time import ProcessorMeter


def test_seconds_go_where_they_were_spent(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process's since it began go into what was named when they passed, with what workers took meanwhile."""
    clock = iter([5.0, 7.0, 7.5])
    monkeypatch.setattr(time, "process_time", lambda: next(clock))
    meter = ProcessorMeter("jobs")
    meter.add(10.0)
    meter.start_stage("the contest")
    meter.add(1.0)
    meter.start_stage("the page")
    meter.start_stage("the end")
    assert meter.seconds == {"jobs": 15.0, "the contest": 3.0, "the page": 0.5}
