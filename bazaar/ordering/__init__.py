"""The parts of `bazaar.orders`, which is their face: everything else goes through it."""
