"""What a checkpoint of a run holds, and how a run takes it over (chapter 4-models/supervised-learning)."""

from helpers.train.checkpoint import load_weights, random_states, restore_random_states
from helpers.train.steps import Remembering


def save(run):
    """Write everything that a bit-for-bit continuation needs."""
    if run.together.is_main:
        run.checkpoint.save(
            {
                "model": run.model.state_dict(),
                "optimizers": {name: o.state_dict() for name, o in run.optimizers.items()},
                "precision": run.precision.state_dict(),
                "average": run.average.state_dict() if run.average else None,
                "stop": run.stop.state_dict() if run.stop else None,
                "step": run.step.state_dict() if isinstance(run.step, Remembering) else None,
                "best": run.best,
                "best_epoch": run.history.best_epoch,
                "rows": run.history.rows,
                "epoch": run.epoch,
                "window": run.window,
                "losses": [(n, float(v), detached(logged)) for n, v, logged in run.losses],
                "opening": run.opening,
                "random": random_states(),
            }
        )
    run.together.wait()


def detached(logged):
    """Logged entries as plain numbers."""
    return logged and {name: float(value) for name, value in logged.items()}


def resume(run):
    """Take over a checkpoint, if there is one."""
    state = run.checkpoint and run.checkpoint.load(run.precision.device)
    if not state:
        return
    load_weights(run.model, state["model"], run.checkpoint.path)
    if set(state["optimizers"]) != set(run.optimizers):
        raise ValueError(
            f"{run.checkpoint.path}: expected optimisers for {sorted(run.optimizers)}, "
            f"found {sorted(state['optimizers'])}"
        )
    for name, optimizer in run.optimizers.items():
        optimizer.load_state_dict(state["optimizers"][name])
    run.precision.load_state_dict(state["precision"])
    for name in ("average", "stop", "step"):
        part = getattr(run, name)
        if part and state[name]:
            part.load_state_dict(state[name])
    run.best, run.opening = state["best"], state["opening"]
    run.history.rows, run.history.best_epoch = state["rows"], state["best_epoch"]
    run.epoch, run.window, run.losses = state["epoch"], state["window"], state["losses"]
    restore_random_states(state["random"])
