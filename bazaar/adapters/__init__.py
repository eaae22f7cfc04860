"""Outside systems in their own language, behind the ports."""
