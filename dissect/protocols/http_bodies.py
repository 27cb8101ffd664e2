"""What HTTP messages carry, by its media type: lines of text, forms, and whatever else has a type."""

from __future__ import annotations

from dissect.declare import Data, Entry, Header, Listing, octets, records, word

__all__ = ["FORM", "FormItem", "Media", "TextLines", "URLEncodedForm", "body_class"]

_LINES = frozenset(
    """
    text/plain text/html text/css text/javascript text/richtext text/enriched text/parameters text/x-ref-list
    text/x-ref-simple text/xml-external-parsed-entity text/vnd.sun.j2me.app-descriptor application/x-javascript
    application/x-ns-proxy-autoconfig application/xml-external-parsed-entity
    """.split()
)
FORM = "application/x-www-form-urlencoded"


def body_class(media_type: str | None) -> type[Header]:
    """Return what reads a body of this type, given without parameters; bytes that mean nothing where none is given."""
    if media_type is None or media_type == "application/octet-stream":
        return Data
    return TextLines if media_type in _LINES else URLEncodedForm if media_type == FORM else Media


class TextLines(Header, name="data-text-lines", title="Line-based text data", source="RFC 2046, section 4.1"):
    """Text in lines."""

    data: bytes = octets("", length="rest", kw_only=False, title="Text")

    def info(self) -> str:
        """Return nothing: the header around it has the line."""
        return ""


class Media(Header, name="media", title="Media Type", source="RFC 2046"):
    """A body of a type that nothing here reads."""

    data: bytes = octets("type", length="rest", kw_only=False, title="Media type")

    def info(self) -> str:
        """Return nothing: the header around it has the line."""
        return ""


class FormItem(Entry, name="urlencoded-form", title="Form item", source="URL Standard, section 5"):
    """A key and a value, as they stand there."""

    key: str = word("", end="=", of="[^=&]", apart=False, kw_only=False, title="Key")
    value: str = word("", end="&", of="[^&]", apart=False, kw_only=False, title="Value")


class URLEncodedForm(Header, name="urlencoded-form", title="HTML Form URL Encoded", source="URL Standard, section 5"):
    """The fields of a form, as browsers send them."""

    items: Listing[FormItem] = records("", default=(), of=FormItem, kw_only=False, title="Form items")

    def values(self) -> list[tuple[str, str]]:
        """Return keys and values with blanks for "+" and characters for what "%" writes."""
        from urllib.parse import unquote_plus

        return [(unquote_plus(item.key), unquote_plus(item.value)) for item in self.items]

    def info(self) -> str:
        """Return nothing: the header around it has the line."""
        return ""
