"""The parts of the screen: each draws its lines itself, of what the session knows."""
