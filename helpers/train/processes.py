"""Many GPUs and machines, through Hugging Face Accelerate (chapter 4-models/supervised-learning).

``accelerate launch``, ``torchrun`` and ``notebook_launcher`` start one process a device and
say so in the environment; the same chapter code then runs in each. A single process never
touches Accelerate, which would cost a fifth of a small step.
"""

import os

import torch


def join_processes(device):
    """Join the other processes of this launch, or stay alone."""
    world = int(os.environ.get("WORLD_SIZE", 1))
    return Together(device) if world > 1 else Alone()


class Alone:
    """One process: nothing to exchange."""

    rank, world, is_main = 0, 1, True

    def average(self, parameters):
        """Nothing to average with."""

    def mean(self, number):
        """This process's number."""
        return number

    def agree(self, value):
        """This process decides."""
        return value

    def wait(self):
        """Nobody to wait for."""


class Together(Alone):
    """Several processes that hold the same weights and see different batches.

    Gradients are averaged in one exchange a step, after the whole backward pass. That works for
    any step, two-player ones included; it does not overlap with the backward pass as
    DistributedDataParallel does, which matters from some hundred million weights on.
    """

    def __init__(self, device):
        from accelerate import Accelerator

        self.accelerator = Accelerator(cpu=str(device) == "cpu")
        self.device = self.accelerator.device
        self.rank, self.world = self.accelerator.process_index, self.accelerator.num_processes
        self.is_main = self.accelerator.is_main_process

    def start(self, model):
        """Give every process the main process's weights, and a random stream of its own."""
        from accelerate.utils import broadcast

        with torch.no_grad():
            for tensor in [*model.parameters(), *model.buffers()]:
                tensor.copy_(broadcast(tensor.detach().clone()))
        torch.manual_seed(torch.initial_seed() + self.rank)

    def average(self, parameters):
        """Replace each gradient by its mean over the processes."""
        gradients = [p.grad for p in parameters if p.grad is not None]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        flat = self.accelerator.reduce(flat, reduction="mean")
        for gradient, mean in zip(gradients, flat.split([g.numel() for g in gradients])):
            gradient.copy_(mean.view_as(gradient))

    def mean(self, number):
        """The mean of a number over the processes."""
        number = torch.tensor(number, dtype=torch.float32, device=self.device)
        return float(self.accelerator.reduce(number, reduction="mean"))

    def agree(self, value):
        """The main process's value, in every process."""
        from accelerate.utils import broadcast_object_list

        return broadcast_object_list([value])[0]

    def wait(self):
        """Until every process is here."""
        self.accelerator.wait_for_everyone()
