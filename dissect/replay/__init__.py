"""Captures played: to simulated hosts, to a wire, and held against what comes back."""
