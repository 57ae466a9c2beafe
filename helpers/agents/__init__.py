"""Reinforcement learning: playing, learning from play, and small worlds solved exactly."""
