"""Hosts that answer frames, and captures played to them."""
