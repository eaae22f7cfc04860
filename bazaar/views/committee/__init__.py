"""What the committee sees."""
