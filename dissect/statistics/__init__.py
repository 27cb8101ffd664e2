"""What a capture holds, counted or followed while it is read, each kind in a file of its own."""
