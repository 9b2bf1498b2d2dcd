"""`data build`: providers' files to a history in the user's folder."""

from pathlib import Path

from backtester.cli.actions.run_screen import shown_progress
from backtester.cli.actions.screen import note, say
from backtester.histories.blueprints.build import BuiltHistory, build_history, file_reader


def build_from_folders(history: str, sources: tuple[Path, ...], data: Path) -> None:
    """Build the history and say what it holds."""
    with shown_progress() as progress:
        built = build_history(history, data, file_reader(*sources), progress)
    print_built(built, data)


def print_built(built: BuiltHistory, data: Path) -> None:
    """Print what the history holds, where files of one series differ, and what to do next."""
    for text in built.notes:
        note(text)
    name, sessions = built.market.history.name, built.market.sessions
    say(f"{name}: {sessions[0].date()} to {sessions[-1].date()}, {len(sessions):,} sessions, in {data}")
    say(f"Next: backtester data check {name} --data {data}")
