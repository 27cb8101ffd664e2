"""Makes the table of the display filters' grammar, with lark, and stores it: python -m tests.filters.parsing_table."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

from lark import Lark
from lark.grammar import Rule
from lark.parsers.lalr_analysis import Shift

from dissect.filters.grammar import BLANKS, RULES, TERMINALS
from dissect.filters.lalr import END

MODULE = Path(__file__).parents[2] / "dissect" / "filters" / "parsing_table.py"
_HEAD = '''"""The table that is made of the grammar of display filters: see `grammar`, and `lalr` for its notation."""

from __future__ import annotations

__all__ = ["REDUCTIONS", "STATES"]
'''


def source() -> str:
    """Return the module that holds the table of the grammar as it is now."""
    rules, states = _table()
    return f'{_HEAD}\nREDUCTIONS = """\n{_lines(rules)}\n"""\n\nSTATES = """\\\n{_lines(states)}\n"""\n'.replace(
        '= """\n', '= """\\\n'
    )


def _lines(lines: list[str]) -> str:
    return "\n".join(" \\\n".join(textwrap.wrap(line, 117, break_long_words=False)) for line in lines)


def _table() -> tuple[list[str], list[str]]:
    """Return the reductions and the states, the first one first, as lines."""
    priorities = range(len(TERMINALS), 0, -1)
    terminals = [
        f"{name}.{priority}: /{pattern.replace('/', chr(92) + '/')}/"
        for priority, (name, pattern) in zip(priorities, TERMINALS.items(), strict=True)
    ]
    grammar = Lark("\n".join([RULES, *terminals, f"%ignore /{BLANKS}/"]), parser="lalr", lexer="basic", debug=False)
    frontend: Any = grammar.parser
    table = frontend.parser._parse_table
    first, last = table.start_states["start"], table.end_states["start"]
    order = [first]
    for state in order:
        # As they are met, whatever lark's own numbers are.
        targets = (table.states[state][name] for name in sorted(table.states[state]))
        order += dict.fromkeys(target for action, target in targets if action is Shift and target not in (*order, last))
    numbers = {state: number for number, state in enumerate(order)}
    rules = {rule: number for number, rule in enumerate(grammar.rules)}
    states = []
    for state in order:
        words = []
        for name, (action, target) in sorted(table.states[state].items()):
            if action is not Shift:
                words.append(f"{name} r{rules[target]}")
            elif target == last:
                # The start rule was made: behind it the text ends.
                words.append(f"{name} {len(order)}")
            else:
                words.append(f"{name} {numbers[target]}")
        states.append(" ".join(words))
    return [_reduction(rule) for rule in grammar.rules], [*states, f"{END} accept"]


def _reduction(rule: Rule) -> str:
    name, empty = rule.origin.name, list(rule.options.empty_indices) or [False] * len(rule.expansion)
    parts: list[str] = []
    places = iter(enumerate(rule.expansion))
    for is_empty in empty:
        if is_empty:
            parts.append("none")
            continue
        place, symbol = next(places)
        if not (symbol.is_term and symbol.name.startswith("_")):
            parts.append(str(place))
    if name.startswith("__"):
        method = "*"
    elif rule.alias is None and rule.options.expand1 and len(parts) == 1:
        method = "-"
    else:
        method = rule.alias or name
    return " ".join([name, str(len(rule.expansion)), method, *parts])


if __name__ == "__main__":
    MODULE.write_text(source(), encoding="utf-8")
    print(f"{MODULE} is written")
