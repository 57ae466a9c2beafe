"""Devices and random numbers."""
