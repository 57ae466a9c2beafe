import torch

from helpers.interpret.reach import reach
from helpers.models.recurrent import Recurrent, keep_more


def test_a_rotation_shrinks_by_its_factor_at_every_step():
    torch.manual_seed(0)
    layer = Recurrent("linear", 2, 4).double()
    turn = torch.linalg.qr(torch.randn(4, 4).double())[0]
    layer.weight_hh_l0.data = 0.8 * turn
    found = reach(layer, torch.randn(3, 12, 2).double())
    assert torch.allclose(found, 0.8 ** torch.arange(12).double())


def test_an_lstm_is_followed_along_its_cell():
    torch.manual_seed(0)
    layer = keep_more(Recurrent("lstm", 2, 4).double(), 3.0)
    for name, weight in layer.named_parameters():
        if name.startswith("weight"):
            weight.data.zero_()
    layer.bias_ih_l0.data.zero_()
    layer.bias_hh_l0.data.zero_()
    keep_more(layer, 3.0)
    gate = torch.sigmoid(torch.tensor(3.0).double())
    assert torch.allclose(reach(layer, torch.randn(3, 9, 2).double()), gate ** torch.arange(9))
    assert reach(Recurrent("lstm", 2, 4).double(), torch.randn(3, 9, 2).double())[8] < 0.5


def test_beyond_a_cut_nothing_arrives():
    layer, x = Recurrent("gru", 2, 4).double(), torch.randn(3, 12, 2).double()
    cut = reach(layer, x, span=4)
    assert (cut[:4] > 0).all()
    assert (cut[4:] == 0).all()
    assert (reach(layer, x) > 0).all()
