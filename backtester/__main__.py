"""The entry point of the command `backtester` and of `python -m backtester`."""

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line and exit; with status 130 on Ctrl-C, even while modules are still imported."""
    try:
        from backtester.cli.main import main as run  # takes a fifth of a second, in which it may be stopped

        run()
    except KeyboardInterrupt:
        sys.stderr.write("Error: stopped\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
