"""Scores of a regression (survey 4.1; chapter 4-models/supervised-learning)."""


def rmse(prediction, target):
    """Root of the mean squared error, in the units of the target.

    Parameters
    ----------
    prediction, target : tensors of one shape, (N,) or (N, ...)

    Examples
    --------
    >>> import torch
    >>> float(rmse(torch.tensor([1.0, 5.0]), torch.tensor([1.0, 1.0]))) == 8**0.5
    True
    """
    refuse_other_shape("rmse", prediction, target)
    return (prediction - target).double().square().mean().sqrt()


def mae(prediction, target):
    """Mean absolute error, in the units of the target.

    Examples
    --------
    >>> import torch
    >>> float(mae(torch.tensor([1.0, 5.0]), torch.tensor([1.0, 1.0])))
    2.0
    """
    refuse_other_shape("mae", prediction, target)
    return (prediction - target).double().abs().mean()


def r2(prediction, target):
    """Share of the target's variance that is explained; 0 for predicting its mean.

    Raises
    ------
    ValueError
        If the shapes differ, or if the target is constant.

    Examples
    --------
    >>> import torch
    >>> target = torch.tensor([1.0, 2.0, 3.0])
    >>> float(r2(target, target)), float(r2(torch.full((3,), 2.0), target))
    (1.0, 0.0)
    """
    refuse_other_shape("r2", prediction, target)
    spread = (target - target.mean()).double().square().sum()
    if spread == 0:
        raise ValueError(f"r2(): expected a target that varies, found only {target.flatten()[0]}")
    return 1 - (prediction - target).double().square().sum() / spread


def refuse_other_shape(name, prediction, target):
    """Raise where broadcasting would compare everything with everything."""
    if prediction.shape != target.shape:
        raise ValueError(
            f"{name}(): expected prediction and target of one shape, "
            f"found {tuple(prediction.shape)} and {tuple(target.shape)}"
        )
