"""What raises alarms, each kind in a file of its own."""
