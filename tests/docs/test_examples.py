from __future__ import annotations

import doctest
import re
from importlib import import_module

import dissect
from docs.site.examples import example_of
from docs.site.protocols import every_protocol


def test_what_is_shown_is_what_happens() -> None:
    said: list[str] = []
    public = {each: getattr(dissect, each) for each in dissect.__all__}
    for protocol in every_protocol().values():
        blocks = re.findall(r"```pycon\n(.*?)```", example_of(protocol), re.DOTALL)
        names = dict(public)
        for cls in protocol.headers:
            # The example of a docstring sees what its file sees.
            names = vars(import_module(cls.__module__)) | names
        test = doctest.DocTestParser().get_doctest("\n".join(blocks), names, protocol.name, None, 0)
        outcome = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=said.append)
        assert outcome.attempted or not protocol.headers, protocol.name
    assert said == []


def test_samples_come_first() -> None:
    assert "Ethernet(" in example_of(every_protocol()["arp"])
    assert "src='02:00:00:00:00:0" in example_of(every_protocol()["arp"])
