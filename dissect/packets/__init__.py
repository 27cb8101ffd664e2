"""Frames as captures hold them: packets, link types, the clock of a capture, and checksums set right."""
