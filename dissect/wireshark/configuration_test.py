"""The configuration test protocol as Wireshark sees it."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.protocols.configuration_test import ConfigurationTest, ConfigurationTestFunction
from dissect.wireshark.field_types import UINT16
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed

__all__ = ["ConfigurationTestSight"]


class ConfigurationTestSight(Sight, of=ConfigurationTest):
    """The function for the station that has the frame goes by a name of its own."""

    values = {"loop.relevant_function": "loop.function"}

    @computed("relevant_function", UINT16, title="Relevant function")
    def relevant_function(self, header: ConfigurationTest) -> int | None:
        """What the station that has the frame is to do."""
        step = header.relevant_step()
        return None if step is None else int(step.function)

    def protocol(self, header: ConfigurationTest) -> str:
        """Return the protocol's name."""
        return "LOOP"

    def words(self, header: ConfigurationTest) -> Iterator[str]:
        """Yield what the station that has the frame is to do, as far as there is a whole step."""
        if not header.is_cut and any(not isinstance(step, bytes) for step in header.steps):
            yield header.info()

    def stops_short(self, header: ConfigurationTest) -> bool:
        """Whether the header is cut, or its last step is, or another step is to come behind that."""
        if header.is_cut or not header.steps:
            return True
        last = header.steps[-1]
        return isinstance(last, bytes) or last.function == ConfigurationTestFunction.FORWARD_DATA
