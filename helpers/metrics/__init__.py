"""Numbers that say how good a prediction is: tensors in, numbers out."""
