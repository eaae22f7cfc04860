"""Pages for couriers, each behind the link of one manifest."""
