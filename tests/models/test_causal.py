import torch

from helpers.models.causal import CausalConvolutions


def test_the_last_step_sees_as_far_as_promised_and_no_farther():
    torch.manual_seed(0)
    net = CausalConvolutions(2, 8, 3, layers=3).double()
    x = torch.randn(4, 30, 2, requires_grad=True, dtype=torch.double)
    net(x).sum().backward()
    seen = x.grad.abs().amax((0, 2)) > 0
    assert seen[-15:].all()
    assert not seen[:-15].any()


def test_the_first_layer_is_a_convolution_over_the_past():
    torch.manual_seed(0)
    net = CausalConvolutions(2, 2, 1, layers=1)
    x, kernel, shift = torch.randn(1, 5, 2), net.layers[0].weight, net.layers[0].bias
    last = sum(kernel[:, :, k] @ x[0, 2 + k] for k in range(3)) + shift
    assert torch.allclose(net(x), net.head((x[0, -1] + last.relu())[None]), atol=1e-6)


def test_a_mean_over_steps_sees_everything():
    torch.manual_seed(0)
    net = CausalConvolutions(2, 8, 3, layers=1, pool=True)
    x = torch.randn(1, 30, 2)
    changed = x.clone()
    changed[:, 0] += 1
    assert not torch.allclose(net(x), net(changed), atol=1e-4)
    assert net(x).shape == (1, 3)
