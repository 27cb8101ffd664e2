"""Services of simulated hosts, and their clients: addresses, names, pages, files and talk over declared protocols."""
