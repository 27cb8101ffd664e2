"""What can be done in the list with three panes, and by which keys: keys, help and palette are made of this table."""

from __future__ import annotations

from dissect.declaration.named_tuples import NamedTuple

__all__ = ["ELSEWHERE", "KEYS", "Key"]


class Key(NamedTuple):
    """A key, as Textual calls it and as people read it; the action; what it does; and the heading it stands below."""

    key: str
    shown: str
    action: str
    words: str
    group: str


_MOVE, _FILTER, _LIST, _PACKET, _COUNT, _SCREEN = "Move", "Filter", "List", "Packet", "Whole capture", "Screen"

KEYS = (
    Key("tab", "Tab", "next_pane", "go to the next pane", _MOVE),
    Key("shift+tab", "Shift-Tab", "previous_pane", "go to the pane before", _MOVE),
    Key("full_stop,ctrl+down", ".", "packet(1)", "go to the next packet, from any pane", _MOVE),
    Key("comma,ctrl+up", ",", "packet(-1)", "go to the packet before, from any pane", _MOVE),
    Key("g,ctrl+g", "g", "go_to", "go to a packet by its number", _MOVE),
    Key("f,ctrl+f", "f", "find", "find a text, bytes or what passes a filter", _MOVE),
    Key("n", "n", "find_again(1)", "find the next one", _MOVE),
    Key("N", "N", "find_again(-1)", "find the one before", _MOVE),
    Key("apostrophe", "'", "next_mark", "go to the next marked packet", _MOVE),
    Key("slash", "/", "type_filter", "type a display filter", _FILTER),
    Key("equals_sign", "=", "field_filter('')", "filter by the field under the cursor", _FILTER),
    Key("ampersand", "&", "field_filter('&&')", "and the field under the cursor", _FILTER),
    Key("vertical_line", "|", "field_filter('||')", "or the field under the cursor", _FILTER),
    Key("exclamation_mark", "!", "field_filter('!')", "all but the field under the cursor", _FILTER),
    Key("at", "@", "saved_filters", "take a saved filter, or save this one", _FILTER),
    Key("backspace", "Backspace", "no_filter", "show all packets", _FILTER),
    Key("m,ctrl+o", "m", "mark", "mark the packet, or take the mark away", _LIST),
    Key("M", "M", "mark_all", "mark all packets that are listed, or none", _LIST),
    Key("t", "t", "time_format", "take the next format of the time column", _LIST),
    Key("o", "o", "sort", "order the list by a column", _LIST),
    Key("c", "c", "columns", "choose columns of any field", _LIST),
    Key("plus", "+", "add_column", "make a column of the field under the cursor", _LIST),
    Key("s", "s", "follow", "follow the stream of the packet", _PACKET),
    Key("e", "e", "edit", "edit the field or byte under the cursor, and see what follows", _PACKET),
    Key("b", "b", "next_source", "show the next source of bytes: what was put together", _PACKET),
    Key("y", "y", "copy", "copy something of the packet", _PACKET),
    Key("w", "w", "write", "write packets to a file", _PACKET),
    Key("v", "v", "statistic('conversations', 'ip')", "conversations", _COUNT),
    Key("V", "V", "statistic('endpoints', 'ip')", "endpoints", _COUNT),
    Key("h", "h", "statistic('hierarchy', '')", "protocol hierarchy", _COUNT),
    Key("i", "i", "graph", "packets and bytes over time", _COUNT),
    Key("x", "x", "statistic('expert', '')", "expert remarks", _COUNT),
    Key("l", "l", "ladder", "ladder: who sends what to whom", _COUNT),
    Key("a", "a", "trees", "other statistics: lengths, DNS, HTTP, addresses", _COUNT),
    Key("d", "d", "diff", "compare with a second capture", _COUNT),
    Key("E", "E", "app.stop_capture", "end a capture that goes on; what was captured stays", _COUNT),
    Key("z", "z", "zoom", "show one pane alone, or all three", _SCREEN),
    Key("left_curly_bracket", "{", "resize(-1)", "make the list smaller", _SCREEN),
    Key("right_curly_bracket", "}", "resize(1)", "make the list larger", _SCREEN),
    Key("T", "T", "app.toggle_colours", "dark or light", _SCREEN),
    Key("question_mark,f1", "?", "help", "the keys", _SCREEN),
    Key("colon", ":", "app.command_palette", "find a command by its name", _SCREEN),
    Key("q", "q", "app.quit", "quit", _SCREEN),
)

ELSEWHERE = (
    ("Everywhere", "↑ ↓ j k", "line up, line down"),
    ("Everywhere", "PgUp PgDn Home End", "page up, page down, first, last"),
    ("Everywhere", "Esc", "back"),
    ("Details", "→ ← Enter", "open, close, either"),
    ("Details", "* -", "open all, close all"),
    ("Filter", "Tab ↑ ↓", "take a completion, choose one; without any, older and newer filters"),
)
"""Keys of the panes themselves, for the help."""
