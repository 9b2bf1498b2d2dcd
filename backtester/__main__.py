"""The command `backtester`, and `python -m backtester`: where Ctrl-C is a line from the first import on."""

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line and exit; 130 where it is stopped, even while it is still being loaded."""
    try:
        from backtester.cli.main import main as run  # takes a fifth of a second, in which it may be stopped

        run()
    except KeyboardInterrupt:
        sys.stderr.write("Error: stopped\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
