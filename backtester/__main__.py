"""`python -m backtester` is the command `backtester`."""

from backtester.cli.main import main

main()
