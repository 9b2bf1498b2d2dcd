"""The command line: declarations and, in `actions`, what they do.

The declarations import next to nothing, so that `--help` answers at once; `actions` is imported when a command is
called.
"""
