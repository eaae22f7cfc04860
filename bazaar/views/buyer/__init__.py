"""What buyers see."""
