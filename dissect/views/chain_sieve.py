"""Which frames of a known chain a filter may let through, as their bytes tell, whatever is learnt of them.

That of the usual chains tells `dissect.flows.shortcut` by itself. Here it is for all others in which ports, behind
headers without options, say what is carried: tags, tunnels and labels are in front of them, messages behind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from dissect.declaration.automatic import Ports
from dissect.declaration.decoder import field_of_role
from dissect.flows.known_chain import SIFTED, KnownChain
from dissect.flows.usual import Sieve, Usual

__all__ = ["likely"]

_WORD = r"(?<![\w.])[A-Za-z_]\w*"


def likely(
    known: KnownChain,
    sieve: Callable[[Usual], Sieve | None],
    may_pass: Callable[[Collection[str]], bool] | None = None,
) -> Sieve | None:
    """Return which frames of the chain may pass, as `ChainPrinter` takes it; None where nobody can tell.

    `may_pass` tells whether a frame may that has headers of classes with these names, where somebody knows.
    """
    if known.goes_on:
        return None
    if not known.learnt:
        # Their headers are all that there is to such frames.
        is_possible = may_pass is None or may_pass({each.name for each in known.headers})
        return None if is_possible else Sieve({}, "False", "False", {})
    usual = _up_to_ports(known)
    found = None if usual is None else sieve(usual)
    if found is None or found.test == "True":
        return None
    places = {SIFTED + name: place for name, place in found.places.items()}
    # The lines of a chain have names of their own for the same places.
    test = re.sub(_WORD, lambda word: SIFTED + word[0] if word[0] in found.places else word[0], found.test)
    return found._replace(places=places, test=test)


def _up_to_ports(known: KnownChain) -> Usual | None:
    """Return the headers up to the first that has ports; None where there is none, or one in front has options."""
    # Those in front of the first one that something is learnt of are silent: they are no parts of anything.
    last = known.learnt[0]
    headers = known.headers[: last + 1]
    if any(header.depends or header.quotes for header in headers):
        # That is told without their classes, which need not be imported.
        return None
    body, cls = headers[-1].body, headers[-1].cls
    if len(headers) < 2 or field_of_role(cls, Ports) is None:
        return None
    if body is None or body < headers[-1].start + cls.least_size:
        return None
    for header in headers[:-1]:
        cls = header.cls
        if header.body != header.start + cls.least_size or not (cls.is_network or cls.has_fixed_size()):
            return None
    return Usual(tuple(each.cls for each in headers), tuple(each.start for each in headers), None, frozenset())
