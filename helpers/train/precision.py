"""Number formats: autocast and loss scaling (chapter 4-models/supervised-learning)."""

import contextlib

import torch

FORMATS = {"fp32": None, "bf16": torch.bfloat16, "fp16": torch.float16}


class Precision:
    """How to run forward passes and how to scale losses.

    Parameters
    ----------
    name : "auto", "fp32", "bf16" or "fp16"
        "auto" is bf16 on a GPU that computes in it, fp16 with loss scaling on an older one (a
        T4 only emulates bf16, slowly), and fp32 on the CPU.
    device : torch.device

    Raises
    ------
    ValueError
        For an unknown name, or fp16 on the CPU (too narrow without a GPU's scaled kernels).
    """

    def __init__(self, name, device):
        if name == "auto":
            name = "fp32"
            if device.type == "cuda":
                real = torch.cuda.is_bf16_supported(including_emulation=False)
                name = "bf16" if real else "fp16"
        if not isinstance(name, str) or name not in FORMATS:
            raise ValueError(f"precision={name!r}: expected one of auto, {', '.join(FORMATS)}")
        if name == "fp16" and device.type == "cpu":
            raise ValueError(
                "precision='fp16': expected a GPU, found the CPU; use 'bf16' or 'fp32'"
            )
        self.name, self.device = name, device
        self.scaler = torch.amp.GradScaler(device.type) if name == "fp16" else None

    def autocast(self):
        """The context for forward passes; costs nothing in fp32."""
        if self.name == "fp32":
            return contextlib.nullcontext()
        return torch.autocast(self.device.type, dtype=FORMATS[self.name])

    def backward(self, loss):
        """Backpropagate, scaled where the format needs it."""
        (self.scaler.scale(loss) if self.scaler else loss).backward()

    def unscale(self, optimizer):
        """Bring gradients back to their own units (before clipping)."""
        if self.scaler:
            self.scaler.unscale_(optimizer)

    def step(self, optimizer):
        """Update the weights; a scaled step with overflowing gradients is skipped."""
        if self.scaler:
            self.scaler.step(optimizer)
            self.scaler.update()
        else:
            optimizer.step()

    def state_dict(self):
        """What a checkpoint needs."""
        return self.scaler.state_dict() if self.scaler else {}

    def load_state_dict(self, state):
        """Take over a checkpoint's state."""
        if self.scaler and state:
            self.scaler.load_state_dict(state)
