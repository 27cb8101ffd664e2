"""Simulated hosts, switches and routers, the links between them, and scenarios that describe them."""
