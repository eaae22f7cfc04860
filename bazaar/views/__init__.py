"""What each audience sees: a view reads, calls one business function, answers."""
