"""Processes of our own."""

import os

import pytest

from backtester.processes import ProcessEnded, ready, start_call


def test_nothing_that_a_worker_writes_is_an_answer(capfd: pytest.CaptureFixture[str]) -> None:
    """What it writes to the descriptor of standard output goes to standard error; what it returns is the answer."""
    call = start_call(os.write, 1, b"words")
    assert ready([call]) == [call]
    assert call.answer() == 5
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "words")


@pytest.mark.parametrize("status", [0, 3])
def test_a_worker_that_ends_itself_gives_no_answer(status: int) -> None:
    """os._exit, with 0 too, is no answer but the end, with the code that was given."""
    call = start_call(os._exit, status)
    answer = call.answer()
    assert isinstance(answer, ProcessEnded)
    assert answer.exit_code == status
