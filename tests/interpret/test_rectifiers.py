import pytest
import torch
from captum import attr
from torch import nn

from helpers.interpret.gradients import gradient
from helpers.interpret.lead import Lead
from helpers.interpret.rectifiers import deconvnet, guided, way_back
from helpers.models.plain_convnet import plain_convnet

SAID = torch.tensor([0, 2, 1, 0])


def example():
    """A small network in double precision and four inputs."""
    torch.manual_seed(0)
    net, x = plain_convnet(1, 3).double(), torch.randn(4, 1, 20, 20).double()
    return Lead(net, SAID), x.requires_grad_()


@pytest.mark.filterwarnings("ignore:Setting backward hooks")
@pytest.mark.parametrize(
    ("rule", "theirs"), [(deconvnet, attr.Deconvolution), (guided, attr.GuidedBackprop)]
)
def test_the_rules_agree_with_captum_and_leave_nothing_behind(rule, theirs):
    f, x = example()
    plain = gradient(f, x)
    with way_back(f, rule):
        ours = gradient(f, x)
    assert torch.allclose(ours, theirs(f).attribute(x))
    assert not torch.allclose(ours, plain)
    assert torch.equal(gradient(f, x), plain)


def test_the_rules_pass_what_they_say():
    h, g = torch.tensor([[2.0, -1.0, 3.0, -2.0]]), torch.tensor([1.0, 1.0, -1.0, -1.0])
    layer = nn.Sequential(nn.ReLU())
    with way_back(layer, deconvnet):
        assert gradient(lambda x: layer(x) @ g, h).tolist() == [[1, 1, 0, 0]]
    with way_back(layer, guided):
        assert gradient(lambda x: layer(x) @ g, h).tolist() == [[1, 0, 0, 0]]


def test_the_hooks_go_even_if_something_fails():
    f, x = example()
    plain = gradient(f, x)
    with pytest.raises(RuntimeError), way_back(f, deconvnet):
        raise RuntimeError
    assert torch.equal(gradient(f, x), plain)


def test_a_network_without_relu_is_refused():
    with (
        pytest.raises(ValueError, match="expected ReLUs that are modules, found none"),
        way_back(nn.Linear(2, 2), guided),
    ):
        pass
