"""Questions in SQL, to captures that are named like tables; DuckDB answers them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import DissectError, FieldError, MissingExtraError
from dissect.tables.reading import scan
from dissect.wireshark.fields import compile_field
from dissect.wireshark.types import has_field, protocols

if TYPE_CHECKING:
    import duckdb

__all__ = ["USUAL_COLUMNS", "sql"]

USUAL_COLUMNS = (
    "frame.number",
    "frame.time_epoch",
    "frame.len",
    "eth.src",
    "eth.dst",
    "ip.src",
    "ip.dst",
    "ip.proto",
    "ip.ttl",
    "ipv6.src",
    "ipv6.dst",
    "tcp.srcport",
    "tcp.dstport",
    "tcp.flags",
    "udp.srcport",
    "udp.dstport",
)
"""The columns of a question that names none, such as one with an asterisk."""

_TOKENS = re.compile(
    r"(?P<comment>--[^\n]*|/\*.*?\*/)|(?P<text>'(?:[^']|'')*')|(?P<quoted>\"(?:[^\"]|\"\")*\")"
    r"|(?P<name>[A-Za-z_]\w*(?:\.\w+)*)|(?P<other>\s+|.)",
    re.DOTALL,
)
_BEFORE_TABLES = frozenset({"from", "join"})
_BEHIND_TABLES = frozenset({"where", "group", "order", "having", "limit", "select", "on", "using", "union"})


class _Question(NamedTuple):
    """A question as DuckDB takes it: the captures under names of tables, and the fields that it asks for."""

    text: str
    captures: dict[str, str]
    """The captures by the names of their tables."""
    fields: tuple[str, ...]


def sql(query: str) -> duckdb.DuckDBPyRelation:
    """Return the answer to a question in DuckDB's SQL, with captures in quotes as its tables, and fields as columns.

    Fields are written as in display filters, with or without double quotes: `select ip.src, count(*) from 'web*.pcap'
    where tcp.flags.syn = 1 group by 1 order by 2 desc`. Only those that the question names are read; one that names
    none has the usual ones (`USUAL_COLUMNS`). The answer prints itself, and has `fetchall()`, `df()`, `pl()` and more.

    Raises MissingExtraError where DuckDB is not installed, FieldError for a field that does not exist, DissectError
    with DuckDB's words for SQL that is wrong, and what `dissect.captures.read` raises.

    >>> sql("select ip.src, count(*) from 'capture_samples/first_ping.pcap' group by 1 order by 1").fetchall()
    [('10.0.0.1', 3), ('10.0.0.2', 3), (None, 2)]
    """
    try:
        import duckdb
    except ImportError:
        raise MissingExtraError(
            "SQL takes duckdb, which is not installed: pip install 'dissect-workbench[queries]'"
        ) from None
    question = _understood(query)
    connection = duckdb.connect()
    for name, source in question.captures.items():
        scan(source, question.fields or USUAL_COLUMNS).to_duckdb(connection, name)
    try:
        answer = connection.sql(question.text)
    except duckdb.Error as error:
        raise DissectError(f"the question is not understood: {' '.join(str(error).split())}") from None
    if answer is None:
        raise DissectError("the question has no answer: begin it with select")
    return answer


def _understood(query: str) -> _Question:
    """Return the question with captures as tables, and fields in double quotes."""
    captures: dict[str, str] = {}
    fields: dict[str, None] = {}
    words: list[str] = []
    in_tables = may_name = False
    tokens = list(_tokens(query))
    # What stands by itself may be the name of a table or of a part of the question, and that of a protocol as well.
    named = {token.lower() for kind, token in tokens if kind == "name" and "." not in token}
    for kind, token in tokens:
        if kind == "text" and in_tables and may_name:
            name = f"capture{len(captures) + 1}"
            captures[name] = token[1:-1].replace("''", "'")
            token = name
            may_name = False
        elif kind == "quoted":
            name = token[1:-1].replace('""', '"')
            if "." in name and has_field(name):
                fields[name] = None
        elif kind == "name":
            lowered = token.lower()
            if lowered in _BEFORE_TABLES:
                in_tables = may_name = True
            elif lowered in _BEHIND_TABLES:
                in_tables = False
            elif "." in token:
                token = _column(token, fields, named)
        elif token == ",":
            may_name = in_tables
        words.append(token)
    return _Question("".join(words), captures, tuple(fields))


def _tokens(query: str) -> Iterator[tuple[str, str]]:
    for found in _TOKENS.finditer(query):
        yield found.lastgroup or "other", found.group()


def _column(token: str, fields: dict[str, None], named: set[str]) -> str:
    """Return a name with dots as SQL has it: a field in double quotes, which another name may stand in front of."""
    if has_field(token):
        fields[token] = None
        return f'"{token}"'
    front, _, rest = token.partition(".")
    if "." in rest and has_field(rest):
        fields[rest] = None
        return f'{front}."{rest}"'
    if front in protocols() and front.lower() not in named:
        compile_field(token)
        raise FieldError(f"{token} is no field")
    return token
