"""What attackers do, as scenes to learn from and to try alarms with: in a lab, or on networks that are yours."""
