"""What sellers see."""
