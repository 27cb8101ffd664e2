"""The Rapid Spanning Tree Protocol of simulated switches, a file for each machine (IEEE 802.1D-2004, clause 17)."""
