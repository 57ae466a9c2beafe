"""Loss, metrics and predictions on held-out data (survey 4.1; chapter 4-models/supervised-learning)."""

import torch

from helpers.train.batches import TensorBatches, make_batches, size_of
from helpers.train.precision import Precision


def validate(model, batches, step, metrics=None, precision=None):
    """Validation loss and metrics of `model` as a dict of floats."""
    model.eval()
    total = seen = 0.0
    predictions, targets = [], []
    with torch.inference_mode(), (precision or Precision("fp32", torch.device("cpu"))).autocast():
        for batch in batches.epoch(0):
            loss, prediction, target = judge(model, step, batch)
            size = size_of(batch)
            total, seen = (total if loss is None else total + loss.float() * size), seen + size
            predictions.append(prediction)
            targets.append(target)
        row = {"valid_loss": float(total / seen)} if isinstance(total, torch.Tensor) else {}
        if metrics:
            prediction, target = torch.cat(predictions), torch.cat(targets)
            row |= {name: float(metric(prediction, target)) for name, metric in metrics.items()}
    return row


def judge(model, step, batch):
    """(loss, prediction, target) of one validation batch, None for what the step cannot say."""
    if hasattr(step, "validate"):
        return step.validate(model, batch)
    result = step(model, batch)
    if hasattr(result, "__next__"):
        result.close()
        return None, None, None
    return (result["loss"] if isinstance(result, dict) else result), None, None


def evaluate(model, data, *, step, metrics=None, batch_size=512):
    """Loss and metrics on held-out data: a dict with "valid_loss" and each metric's name.

    Parameters are those of `fit`. The model is evaluated where it is, in eval mode.
    """
    device = next(model.parameters()).device
    batches = make_batches(data, batch_size, seed=0, device=device, shuffle=False)
    return validate(model, batches, step, metrics)


def predict(model, x, *, batch_size=512):
    """The model's outputs for every example, on the CPU, in eval mode.

    Parameters
    ----------
    model : nn.Module
    x : tensor (N, ...) or iterable of batches
        Batches are passed whole to the model (graphs, for example).
    """
    device = next(model.parameters()).device
    model.eval()
    batches = make_batches(x, batch_size, seed=0, device=device, shuffle=False)
    with torch.inference_mode():
        outputs = [
            model(*batch) if isinstance(batches, TensorBatches) else model(batch)
            for batch in batches.epoch(0)
        ]
    return torch.cat([output.cpu() for output in outputs])
