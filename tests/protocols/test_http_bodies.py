from __future__ import annotations

from dissect import TCP, Data, Ethernet, FormItem, HTTPRequest, IPv4, Media, TextLines, URLEncodedForm, parse
from dissect.protocols.http_bodies import body_class


def test_classes_by_type() -> None:
    names = ["text/plain", "application/x-www-form-urlencoded", "image/png", "application/octet-stream", None]
    assert [body_class(name) for name in names] == [TextLines, URLEncodedForm, Media, Data, Data]


def test_forms() -> None:
    form = URLEncodedForm(items=[FormItem("name", "Fr%C3%A9d+X"), FormItem("empty", b"")])  # type: ignore[arg-type]
    assert bytes(form) == b"name=Fr%C3%A9d+X&empty="
    assert form.values() == [("name", "Fréd X"), ("empty", "")]
    said = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(bytes(form)))}
    frame = parse(bytes(Ethernet() / IPv4() / TCP(dport=80) / HTTPRequest("POST", "/", headers=said) / form))
    assert frame[URLEncodedForm] == form
