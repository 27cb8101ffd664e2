"""What people read of a packet: functions from packets to text, and nothing is printed here."""
