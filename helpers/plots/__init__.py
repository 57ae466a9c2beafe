"""Figures: arrays in, matplotlib axes out, one style."""
