"""The display filter: typed with completion, told right, doubtful or wrong while it is typed, and run on Enter."""

from __future__ import annotations

from itertools import islice

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, Static

from dissect.errors import DissectError
from dissect.filters import saved
from dissect.filters.catalogue import facts_of
from dissect.filters.completion import begun_word, completed_names, named_values
from dissect.terminal.asked import Checked
from dissect.terminal.remembered import Memory
from dissect.terminal.visible import content, cut, fitted, segment
from dissect.terminal.widgets.typed import TypedLine

__all__ = ["FilterBar", "FilterHint"]

_MOST_CHOICES = 8
_MOST_LOOKED_AT = 200
_SIGNS = {"empty": "  filter ", "right": "✓ filter ", "doubt": "! filter ", "wrong": "✗ filter "}


class FilterLine(TypedLine):
    """The line that the filter is typed in."""

    BINDINGS = [
        ("tab", "complete", "Take the completion"),
        ("down", "down", "Next completion, or newer filter"),
        ("up", "up", "Completion before, or older filter"),
        ("escape", "leave", "Back to the list"),
    ]

    @property
    def bar(self) -> FilterBar:
        """The bar around the line."""
        bar = self.parent
        assert isinstance(bar, FilterBar)
        return bar

    def action_complete(self) -> None:
        """Take what is offered, or go to the list where nothing is."""
        if not self.bar.take():
            self.screen.focus_next()

    def action_down(self) -> None:
        """Go to the next of the completions; without any, to a newer filter."""
        if not self.bar.hint.move(1):
            self.action_newer()

    def action_up(self) -> None:
        """Go to the completion before; without any, to an older filter."""
        if not self.bar.hint.move(-1):
            self.action_older()

    def action_leave(self) -> None:
        """Close what is offered, or leave the line, which gets the filter that is in force."""
        if self.bar.hint.choices:
            self.bar.hint.offer([], 0)
        else:
            self.bar.leave()


class FilterBar(Horizontal):
    """The line of the filter, and a sign in front of it that says whether it is right."""

    class Entered(Message):
        """A filter is to be applied, "" for none."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Typed(Message):
        """A filter is being typed."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    DEFAULT_CSS = """
    FilterBar { height: 1; background: $surface; }
    FilterBar > #sign { width: 9; color: $secondary; }
    FilterBar > #sign.right { color: $success; text-style: bold; }
    FilterBar > #sign.doubt { color: $warning; text-style: bold; }
    FilterBar > #sign.wrong { color: $error; text-style: bold; }
    FilterBar > FilterLine { width: 1fr; }
    FilterBar > FilterLine.right { background: $success 18%; }
    FilterBar > FilterLine.doubt { background: $warning 22%; }
    FilterBar > FilterLine.wrong { background: $error 22%; }
    """

    def __init__(self, memory: Memory, *, id: str) -> None:
        super().__init__(id=id)
        self._memory = memory
        self.applied = ""
        """The filter that is in force."""
        self.state = "empty"
        """"empty", "right", "doubt" or "wrong"."""

    def compose(self) -> ComposeResult:
        """Lay out sign and line."""
        yield Static(_SIGNS["empty"], id="sign", markup=False)
        yield FilterLine(
            id="filter-line",
            placeholder="a display filter: / types one, Tab completes",
            history=self._memory.history("filter"),
        )

    @property
    def line(self) -> FilterLine:
        """The line that is typed in."""
        return self.query_one(FilterLine)

    @property
    def hint(self) -> FilterHint:
        """What is told and offered below the line."""
        return self.screen.query_one(FilterHint)

    def set_text(self, text: str) -> None:
        """Put a filter into the line."""
        self.line.value = text
        self.line.cursor_position = len(self.line.value)

    def leave(self) -> None:
        """Go to the list."""
        self.set_text(self.applied)
        self.screen.query_one("#packets").focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Have what was typed looked at, and offer what may stand there."""
        event.stop()
        self.post_message(self.Typed(event.value))
        if self.line.has_focus:
            self._offer()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Apply the filter, or take what was chosen of the completions."""
        event.stop()
        if self.hint.chosen is not None:
            self.take()
            return
        self.hint.offer([], 0)
        self.line.remember()
        self.post_message(self.Entered(event.value))

    def tell(self, checked: Checked) -> None:
        """Show what is known of the filter that is being typed; what is known of an older text is passed over."""
        if checked.text != self.line.value:
            return
        if not checked.text.strip():
            self.state = "empty"
        elif checked.passes is None:
            self.state = "wrong"
        else:
            self.state = "doubt" if checked.doubt else "right"
        sign = self.query_one("#sign", Static)
        sign.update(content(_SIGNS[self.state]))
        for state in _SIGNS:
            sign.set_class(state == self.state, state)
            self.line.set_class(state == self.state, state)
        words = checked.error or checked.doubt
        self.hint.tell(words if checked.text.strip() else "", checked.place, self.state)

    def _offer(self) -> None:
        """Offer what may stand at the cursor."""
        before = self.line.value[: self.line.cursor_position]
        word = begun_word(before)
        if before.startswith("@"):
            word, choices = before, _saved(before[1:])
        elif not word and named_values(before):
            choices = [(name, str(value)) for name, value in named_values(before).items() if " " not in name]
        else:
            names = islice(completed_names(word), _MOST_LOOKED_AT) if word else iter(())
            choices = [(name, _meaning(name)) for name in names if name != word]
        self.hint.offer(choices, len(word))

    def take(self) -> bool:
        """Put the chosen completion, or the first one, into the line; False where none is offered."""
        taken = self.hint.taken()
        if taken is None:
            return False
        name, typed = taken
        line, at = self.line, self.line.cursor_position
        line.value = line.value[: at - typed] + name + line.value[at:]
        line.cursor_position = at - typed + len(name)
        self.hint.offer([], 0)
        return True


def _saved(begin: str) -> list[tuple[str, str]]:
    try:
        return [(f"@{name}", text) for name, text in saved.load().items() if name.startswith(begin)]
    except (DissectError, OSError):
        return []


def _meaning(name: str) -> str:
    facts = facts_of(name)
    return facts.meaning if "." in name else f"{facts.meaning} (protocol)"


class FilterHint(Widget):
    """What stands below the line while it is typed in: the mistake, below its place, and completions."""

    DEFAULT_CSS = """
    FilterHint {
        layer: above; offset: 0 2; width: 100%; height: auto; background: $panel; color: $foreground; display: none;
    }
    FilterHint > .hint--wrong { color: $error; text-style: bold; }
    FilterHint > .hint--doubt { color: $warning; text-style: bold; }
    FilterHint > .hint--dim { color: $secondary; }
    FilterHint > .hint--chosen { background: $block-cursor-background; color: $foreground; text-style: bold; }
    """
    COMPONENT_CLASSES = {"hint--wrong", "hint--doubt", "hint--dim", "hint--chosen"}
    _INDENT = 9

    def __init__(self) -> None:
        super().__init__(id="hint")
        self.choices: list[tuple[str, str]] = []
        """What is offered: what it would put into the line, and what that means."""
        self.chosen: int | None = None
        self._typed = 0
        self._words = ""
        self._place: int | None = None
        self._state = "empty"

    def tell(self, words: str, place: int | None, state: str) -> None:
        """Say what is wrong or doubtful, and where."""
        self._words, self._place, self._state = words, place, state
        self._changed()

    def offer(self, choices: list[tuple[str, str]], typed: int) -> None:
        """Offer completions of a word of which so many characters are typed."""
        self.choices, self.chosen, self._typed = choices, None, typed
        self._changed()

    def move(self, by: int) -> bool:
        """Choose another completion; False where there are none, or where the way leads out of them."""
        if not self.choices:
            return False
        chosen = (-1 if self.chosen is None else self.chosen) + by
        if chosen < 0:
            was_chosen, self.chosen = self.chosen is not None, None
            self.refresh()
            return was_chosen
        self.chosen = min(chosen, len(self.choices) - 1)
        self.refresh()
        return True

    def taken(self) -> tuple[str, int] | None:
        """Return the completion that is chosen, or the first, and how many characters it replaces."""
        if not self.choices:
            return None
        return self.choices[self.chosen or 0][0], self._typed

    def set_shown(self, shown: bool) -> None:
        """Show it while somebody types, if there is something to say."""
        self.display = shown and bool(self._words or self.choices)

    def _changed(self) -> None:
        self.set_shown(self.screen.query_one(FilterLine).has_focus)
        self.refresh(layout=True)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return how many lines there are to show."""
        words = (2 if self._place is not None else 1) if self._words and not self.choices else 0
        return max(words + min(len(self.choices), _MOST_CHOICES), 1)

    def render_line(self, y: int) -> Strip:
        """Draw a line: the caret and the mistake, or a completion."""
        width = self.size.width
        if not self.choices:
            return self._told(y, width)
        first = max((self.chosen or 0) - _MOST_CHOICES + 1, 0)
        number = first + y
        if number >= len(self.choices):
            # The size of what was offered before has not changed yet.
            return Strip.blank(width, self.rich_style)
        name, meaning = self.choices[number]
        style = self.rich_style
        if number == self.chosen:
            style += self.get_component_rich_style("hint--chosen")
        dim = style if number == self.chosen else style + self.get_component_rich_style("hint--dim")
        names = max(len(name) for name, _ in self.choices[first : first + _MOST_CHOICES])
        left = len(self.choices) - first - _MOST_CHOICES
        more = f"  and {left} more" if y == _MOST_CHOICES - 1 and left > 0 else ""
        parts = [
            segment(f"{'':{self._INDENT}}{fitted(name, min(names, 40))}  ", style),
            segment(cut(meaning, max(width - self._INDENT - names - 3 - len(more), 0)) + more, dim),
        ]
        return Strip(parts).extend_cell_length(width, style).crop(0, width)

    def _told(self, y: int, width: int) -> Strip:
        style = self.rich_style
        if self._state in ("wrong", "doubt"):
            style += self.get_component_rich_style(f"hint--{self._state}")
        at = self._INDENT + (self._place or 0)
        if self._place is not None and y == 0:
            text = f"{'':{at}}^"
        else:
            text = f"{'':{min(at, max(width - len(self._words) - 1, 1))}}{self._words}"
        parts: list[Segment] = [segment(cut(text, width), style)]
        return Strip(parts).extend_cell_length(width, self.rich_style + Style())
