"""Many GPUs and machines, through Hugging Face Accelerate (chapter 4-models/supervised-learning).

``accelerate launch``, ``torchrun`` and ``notebook_launcher`` start one process a device and
say so in the environment; the same chapter code then runs in each. A single process never
touches Accelerate, which would cost a fifth of a small step.
"""

import os

import torch


def join_processes(device):
    """Join the other processes of this launch, or stay alone."""
    world = int(os.environ.get("WORLD_SIZE") or 1)
    return Together(device) if world > 1 else Alone()


class Alone:
    """One process: nothing to exchange."""

    rank, world, is_main = 0, 1, True

    def start(self, model):
        """Nobody to agree with."""

    def average(self, parameters, size):
        """Nothing to average with.

        Parameters
        ----------
        parameters : list of tensors
        size : int
            Examples that this process saw.
        """

    def mean(self, total, weight):
        """A total over its weight.

        Parameters
        ----------
        total : float
        weight : float > 0
        """
        return total / weight

    def agree(self, value):
        """This process decides."""
        return value

    def any(self, flag, now=False):
        """This process's flag.

        Parameters
        ----------
        flag : bool
        now : bool
            Not used: nobody is asked.
        """
        return flag

    def gather(self, value):
        """A list of this process's value alone."""
        return [value]

    def share_buffers(self, model):
        """Nobody to share with."""

    def refuse_different(self, value):
        """Nobody to differ from."""

    def wait(self):
        """Nobody to wait for."""


class Together(Alone):
    """Several processes that hold the same weights and see different batches.

    Gradients are averaged in one exchange a step, after the whole backward pass, weighted by the
    examples that each process saw. That works for any step, two-player ones included; it does not
    overlap with the backward pass as DistributedDataParallel does, which matters from some
    hundred million weights on. Batch norm standardises each process's share by itself.
    """

    def __init__(self, device):
        from accelerate import Accelerator

        self.accelerator = Accelerator(cpu=str(device) == "cpu")
        self.device = self.accelerator.device
        self.rank, self.world = self.accelerator.process_index, self.accelerator.num_processes
        self.is_main, self.asked = self.accelerator.is_main_process, 0

    def start(self, model):
        """Give every process the main process's weights, and a random stream of its own."""
        self.share([*model.parameters(), *model.buffers()])
        if not self.is_main:
            torch.manual_seed(torch.initial_seed() + 7919 * self.rank)

    def share(self, tensors):
        """The main process's numbers, in every process."""
        from accelerate.utils import broadcast

        with torch.no_grad():
            for tensor in tensors:
                tensor.copy_(broadcast(tensor))

    def share_buffers(self, model):
        """The main process's batch-norm statistics, in every process."""
        self.share(model.buffers())

    def sum(self, numbers):
        """The sum of a tensor over the processes."""
        return self.accelerator.reduce(numbers, reduction="sum")

    def average(self, parameters, size):
        """Replace each gradient by its mean over the processes, weighted by their examples.

        Parameters
        ----------
        parameters : list of tensors
            Those without a gradient are passed over.
        size : int
            Examples that this process saw.
        """
        gradients = [p.grad for p in parameters if p.grad is not None]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        flat = self.sum(torch.cat([flat * size, flat.new_full((1,), size)]))
        flat, total = flat[:-1], flat[-1]
        for gradient, part in zip(gradients, flat.split([g.numel() for g in gradients])):
            gradient.copy_(part.view_as(gradient) / total)

    def mean(self, total, weight):
        """The sum of totals over the sum of weights.

        Parameters
        ----------
        total, weight : float
            Of this process; the weights of all must not be 0 together.
        """
        kind = torch.float32 if self.device.type == "mps" else torch.float64
        total, weight = self.sum(torch.tensor([total, weight], dtype=kind, device=self.device))
        return float(total / weight)

    def agree(self, value):
        """The main process's value, in every process."""
        from accelerate.utils import broadcast_object_list

        return broadcast_object_list([value])[0]

    def any(self, flag, now=False):
        """True in every process if it is true in one; GPUs, which would wait, ask now and then.

        Parameters
        ----------
        flag : bool
            Of this process.
        now : bool
            True: ask at once. False: on a GPU, only every 50th call asks; the others say False.
        """
        self.asked += 1
        if not now and self.device.type != "cpu" and self.asked % 50:
            return False
        return bool(self.sum(torch.tensor(float(flag), device=self.device)))

    def gather(self, value):
        """Every process's value, in a list, in every process."""
        from accelerate.utils import gather_object

        return gather_object([value])

    def refuse_different(self, value):
        """Raise if the processes hold different values: they read different data."""
        if len(set(self.gather(value))) > 1:
            raise ValueError(
                "the processes read different batches: expected the same data in the same order in "
                "each, found others (a DataLoader that shuffles by itself?). Give the Dataset or "
                "the tensors, or a loader with a generator of a fixed seed"
            )

    def wait(self):
        """Until every process is here."""
        self.accelerator.wait_for_everyone()
