"""Service tags: fragments of two providers' VLANs don't belong together."""

from __future__ import annotations

from dissect.flows.learners.vlan import VLANLearner
from dissect.protocols.ieee8021ad import ServiceTag

__all__ = ["ServiceTagLearner"]


class ServiceTagLearner(VLANLearner, of=ServiceTag):
    """Notes the number as a customer's tag does, whose layout is the same."""
