"""How a run says what it is doing."""

from typing import Protocol


class Tell(Protocol):
    """Hears what is being done, and where it is known how much of it is, a share from 0 to 1."""

    def __call__(self, message: str, share: float | None = None, /) -> None:
        """Take it in."""


def tell_nobody(message: str, share: float | None = None, /) -> None:
    """Nothing, for a run that nobody watches."""
