"""What programs may ask for, in JSON."""
