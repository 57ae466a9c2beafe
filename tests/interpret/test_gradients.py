import torch
from captum import attr

from helpers.ground.random import generator
from helpers.interpret.gradients import gradient, integrated_gradients, smooth_grad
from helpers.interpret.lead import Lead
from helpers.models.plain_convnet import plain_convnet


def example():
    """A small network in double precision, four inputs, and its score."""
    torch.manual_seed(0)
    net, x = plain_convnet(1, 3).double(), torch.randn(4, 1, 20, 20).double()
    return Lead(net, torch.tensor([0, 2, 1, 0])), x.requires_grad_()


def test_the_gradient_agrees_with_captum():
    f, x = example()
    assert torch.allclose(gradient(f, x), attr.Saliency(f).attribute(x, abs=False))


def test_smooth_grad_agrees_with_captum_and_differs_without_noise():
    f, x = example()
    ours = smooth_grad(f, x, spread=0.2, draws=4, seed=3)
    torch.manual_seed(generator(3).initial_seed())
    noisy = {"nt_samples": 4, "nt_samples_batch_size": 1, "stdevs": 0.2, "abs": False}
    theirs = attr.NoiseTunnel(attr.Saliency(f)).attribute(x, **noisy)
    assert torch.allclose(ours, theirs)
    assert not torch.allclose(ours, gradient(f, x))
    assert torch.allclose(smooth_grad(f, x, spread=0.0, draws=2), gradient(f, x))


def test_integrated_gradients_agree_with_captum():
    f, x = example()
    ours = integrated_gradients(f, x, torch.full((1,), 0.3), steps=7)
    middle = attr.IntegratedGradients(f)
    theirs = middle.attribute(x, baselines=0.3, n_steps=7, method="riemann_middle")
    assert torch.allclose(ours, theirs)
    assert not torch.allclose(ours, integrated_gradients(f, x, torch.zeros(1), steps=7))


def test_integrated_gradients_are_complete_and_the_gradient_is_not():
    f, x = example()
    blank = torch.zeros(1).double()
    way = (f(x) - f(blank.expand_as(x))).detach()
    shares = integrated_gradients(f, x, blank, steps=200)
    assert torch.allclose(shares.flatten(1).sum(1), way, atol=1e-3)
    assert not torch.allclose((gradient(f, x) * x).flatten(1).sum(1), way, atol=1e-3)
