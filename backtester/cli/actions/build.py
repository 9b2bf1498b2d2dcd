"""Carrying out `data build`: a history in the user's folder, made from providers' files."""

from pathlib import Path

from backtester.cli.actions.run_screen import shown_progress
from backtester.cli.actions.screen import note, say
from backtester.histories.blueprints.build import BuiltHistory, build_history, file_reader


def build_from_folders(history: str, sources: tuple[Path, ...], data: Path) -> None:
    """Build the history, which a blueprint or a .toml file lists, from files in the sources, and print its span."""
    with shown_progress() as progress:
        built = build_history(history, data, file_reader(*sources), progress)
    print_built(built, data)


def print_built(built: BuiltHistory, data: Path) -> None:
    """Print the history's span, notes on files of the same series that differ, and what to do next."""
    for text in built.notes:
        note(text)
    name, sessions = built.market.history.name, built.market.sessions
    say(f"{name}: {sessions[0].date()} to {sessions[-1].date()}, {len(sessions):,} sessions, in {data}")
    say(f"Next: backtester data check {name} --data {data}")
