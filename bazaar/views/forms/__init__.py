"""What people may send, and the sentence beside each wrong field."""
