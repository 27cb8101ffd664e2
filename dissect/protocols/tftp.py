"""TFTP: one file, block by block, each acknowledged before the next one is sent."""

from __future__ import annotations

from dissect.declare import Code, Coding, Entry, Header, Listing, Variant, code, records, text, u16
from dissect.protocols.udp import UDP

__all__ = [
    "TFTP",
    "TFTPAcknowledgment",
    "TFTPData",
    "TFTPError",
    "TFTPErrorCode",
    "TFTPOperation",
    "TFTPOption",
    "TFTPOptionAcknowledgment",
    "TFTPReadRequest",
    "TFTPWriteRequest",
]


class TFTPOperation(Code):
    """What a packet is (RFC 1350, section 5; RFC 2347)."""

    READ_REQUEST = 1, "Read Request"
    WRITE_REQUEST = 2, "Write Request"
    DATA = 3, "Data Packet"
    ACKNOWLEDGMENT = 4, "Acknowledgement"
    ERROR = 5, "Error Code"
    OPTION_ACKNOWLEDGMENT = 6, "Option Acknowledgement"
    INFORMATION = 255, "Information (MSDP)"


class TFTPErrorCode(Code):
    """What went wrong (RFC 1350, appendix I; RFC 2347)."""

    NOT_DEFINED = 0, "Not defined"
    FILE_NOT_FOUND = 1, "File not found"
    ACCESS_VIOLATION = 2, "Access violation"
    DISK_FULL = 3, "Disk full or allocation exceeded"
    ILLEGAL_OPERATION = 4, "Illegal TFTP Operation"
    UNKNOWN_TRANSFER = 5, "Unknown transfer ID"
    FILE_EXISTS = 6, "File already exists"
    NO_SUCH_USER = 7, "No such user"
    OPTION_FAILED = 8, "Option negotiation failed"


class TFTPOption(Entry, name="tftp", ends_early=True, title="Option", source="RFC 2347"):
    """A name, in any case, and a value, which is text as well: blksize (RFC 2348), timeout and tsize (RFC 2349)."""

    option: str = text("option.name", terminated=True, default="", kw_only=False, title="Option name")
    value: str = text("option.value", terminated=True, default="", kw_only=False, title="Option value")


class TFTP(
    Header,
    name="tftp",
    title="Trivial File Transfer Protocol",
    source="RFC 1350, section 5",
    over={UDP: 69},
    opened=True,
    leaf=True,
):
    """A packet of a kind that has no class of its own.

    A request goes to port 69, and all that follows between the client's port and one that the server chooses.
    """

    operation: Coding[TFTPOperation] = code(16, TFTPOperation, "opcode", factory=Variant(), title="Opcode")

    def info(self) -> str:
        """Return what kind of packet it is, and what it says."""
        return ", ".join([self.operation.title, *self.says()])

    def says(self) -> list[str]:
        """Return what the packet says beside its kind."""
        return []


class TFTPReadRequest(TFTP, form_of=TFTP, variant=TFTPOperation.READ_REQUEST):
    r"""A client wants to have a file.

    >>> request = TFTPReadRequest("boot.img", options=[TFTPOption("blksize", "1428")])
    >>> bytes(request)
    b'\x00\x01boot.img\x00octet\x00blksize\x001428\x00'
    >>> request.info()
    'Read Request, File: boot.img, Transfer type: octet, blksize=1428'
    """

    file: str = text("source_file", terminated=True, default="", kw_only=False, title="Source File")
    mode: str = text("type", terminated=True, default="octet", title="Type", doc="netascii, octet or mail, in any case")
    options: Listing[TFTPOption] = records("", of=TFTPOption, default=(), title="Options")

    def says(self) -> list[str]:
        return [f"File: {self.file}", f"Transfer type: {self.mode}", *map(_told, self.options)]


class TFTPWriteRequest(TFTP, form_of=TFTP, variant=TFTPOperation.WRITE_REQUEST):
    """A client wants to leave a file."""

    file: str = text("destination_file", terminated=True, default="", kw_only=False, title="Destination File")
    mode: str = text("type", terminated=True, default="octet", title="Type", doc="netascii, octet or mail, in any case")
    options: Listing[TFTPOption] = records("", of=TFTPOption, default=(), title="Options")

    def says(self) -> list[str]:
        return [f"File: {self.file}", f"Transfer type: {self.mode}", *map(_told, self.options)]


class TFTPData(TFTP, form_of=TFTP, variant=TFTPOperation.DATA, leaf=False):
    """A block of the file, which is carried; one that is shorter than the others is the last."""

    block: int = u16("block", default=1, title="Block", doc="Counted from 1; behind 65535 follows 0, or 1")

    def says(self) -> list[str]:
        return [f"Block: {self.block}"]


class TFTPAcknowledgment(TFTP, form_of=TFTP, variant=TFTPOperation.ACKNOWLEDGMENT):
    """A block has come; block 0 stands for a request to write, or for an acknowledgment of options."""

    block: int = u16("block", default=0, title="Block")

    def says(self) -> list[str]:
        return [f"Block: {self.block}"]


class TFTPError(TFTP, form_of=TFTP, variant=TFTPOperation.ERROR):
    """Something went wrong, and the transfer ends."""

    code: Coding[TFTPErrorCode] = code(16, TFTPErrorCode, "error.code", default=0, title="Error code")
    message: str = text("error.message", terminated=True, default="", title="Error message")

    def says(self) -> list[str]:
        return [f"Code: {self.code}", f"Message: {self.message}"]


class TFTPOptionAcknowledgment(TFTP, form_of=TFTP, variant=TFTPOperation.OPTION_ACKNOWLEDGMENT):
    """The options of a request that a server takes, with values that may be less (RFC 2347)."""

    options: Listing[TFTPOption] = records("", of=TFTPOption, default=(), title="Options")

    def says(self) -> list[str]:
        return list(map(_told, self.options))


def _told(option: TFTPOption | bytes) -> str:
    return "" if isinstance(option, bytes) else f"{option.option}={option.value}"
