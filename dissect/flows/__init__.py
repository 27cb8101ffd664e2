"""What takes more than one frame to see: fragments put together, datagrams on their way."""
