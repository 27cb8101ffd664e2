"""What finds the files that protocols transfer, one module for each."""
