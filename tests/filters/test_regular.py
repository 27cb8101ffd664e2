"""Perl's regular expressions for Python's."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dissect.filters.regular import compile_pattern


@pytest.mark.parametrize(
    ("pattern", "found", "missed"),
    [
        (rb"get", b"GET /", b"PUT"),
        (rb"(?-i)get", b"get", b"GET"),
        (rb"x|(?-i)a|b", b"b", b"A"),
        (rb"a(?i)b|c", b"c", b"a"),
        (rb"(?s)a.b", b"a\nb", b"ab"),
        (rb"a.b", b"axb", b"a\nb"),
        (rb"(?<q>a)\k<q>", b"aa", b"ab"),
        (rb"(a)\g{1}", b"aa", b"ab"),
        (rb"end\z", b"the end", b"end\n"),
        (rb"end\Z", b"end\n", b"end\n\n"),
        (rb"a\hb", b"a\tb", b"a\nb"),
        (rb"^\R$", b"\r\n", b"x"),
        (rb"\x{ff}\x41", b"\xffA", b"A"),
        (rb"\Qa.b\E+", b"a.bb", b"axb"),
        (rb"^[[:digit:]_]+$", b"1_2", b"x"),
        (rb"^[]a]$", b"]", b"b"),
        (rb"^[^]a]$", b"b", b"]"),
        (rb"^[\h\x41[]$", b"[", b"h"),
        (rb"^\s$", b"\v", b"s"),
        (rb"a++b", b"aab", b"a"),
    ],
)
def test_patterns(pattern: bytes, found: bytes, missed: bytes) -> None:
    compiled = compile_pattern(pattern)
    assert compiled.search(found)
    assert not compiled.search(missed)


@pytest.mark.parametrize(
    "pattern",
    [
        b"(",
        b"[",
        b"*",
        b"a**",
        b"a{2,1}",
        rb"\1",
        rb"\K",
        rb"\p{L}",
        rb"\y",
        b"[[:foo:]]",
        b"\\",
        rb"\x{100}",
        b"(*ACCEPT)",
        b"(?R)",
    ],
)
def test_what_is_no_pattern_is_refused_in_words(pattern: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        compile_pattern(pattern)


PIECES = st.sampled_from(rb"( (? (?i) ) [ ] [[: :] \ \Q \E \x{ } | a * + ? { ^ $ (?< <".split())


@given(st.one_of(st.binary(max_size=30), st.lists(PIECES).map(b"".join)))
def test_any_bytes_compile_or_are_refused(pattern: bytes) -> None:
    try:
        compiled = compile_pattern(pattern)
    except ValueError:
        return
    compiled.search(b"abc")


@given(st.binary(max_size=20), st.binary(max_size=5), st.binary(max_size=5))
def test_what_is_quoted_is_found_as_it_is(quoted: bytes, before: bytes, behind: bytes) -> None:
    assume(b"\\E" not in quoted)
    assert compile_pattern(b"\\Q" + quoted + b"\\E").search(before + quoted + behind)
