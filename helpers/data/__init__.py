"""Data: embedded in installed libraries, cited and fetched once, or your own."""
