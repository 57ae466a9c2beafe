"""Ways to train that need more than a loss: one method a file."""
