"""Questions to a trained model: any callable in, tensors out."""
