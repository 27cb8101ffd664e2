"""Simulated hosts and networks, and captures played to them."""
