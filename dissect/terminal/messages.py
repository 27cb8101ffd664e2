"""What screens tell the program."""

from __future__ import annotations

from textual.message import Message

__all__ = ["Copied", "Said"]


class Copied(Message):
    """A text is to be copied; `what` says what it is, such as "the table"."""

    def __init__(self, text: str, what: str) -> None:
        super().__init__()
        self.text = text
        self.what = what


class Said(Message):
    """Something is to be told in the last line of the screen that is open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
