import numpy as np
import torch
from skimage.filters import gabor_kernel

from helpers.interpret.gabor import blurred_noise, gabor_bank, likeness, roughness


def noise(count=400):
    return torch.randn(count, 7, 7, generator=torch.Generator().manual_seed(0))


def test_scikit_image_s_kernel_is_found_in_the_bank():
    kernel = np.real(gabor_kernel(1 / 4, theta=np.pi / 4, sigma_x=2, sigma_y=2, n_stds=1.5))
    assert kernel.shape == (7, 7)
    found = likeness(torch.from_numpy(kernel).float()[None], gabor_bank())
    assert float(found) > 0.999
    assert float(likeness(noise(1), gabor_bank())) < 0.8


def test_the_bank_has_unit_length_and_ignores_sign_and_size():
    bank = gabor_bank()
    assert bank.shape == (360, 49)
    assert torch.allclose(bank.norm(dim=1), torch.ones(360))
    filters = noise(5)
    assert torch.allclose(likeness(filters, bank), likeness(-3 * filters, bank))


def test_white_noise_has_roughness_two_and_a_plane_hardly_any():
    assert abs(roughness(noise()) - 2) < 0.05
    assert roughness(torch.ones(1, 7, 7)) == 0


def test_the_null_is_as_rough_as_each_filter_it_is_compared_with():
    smooth = torch.ones(7, 7) + 0.3 * noise(1)[0]
    pair = torch.stack([noise(1)[0], smooth])
    null = blurred_noise(pair, 300, torch.Generator().manual_seed(1))
    assert null.shape == (2, 300, 7, 7)
    for one, many in zip(pair, null):
        assert abs(roughness(many) - roughness(one[None])) < 0.15
    assert roughness(null[0]) > 3 * roughness(null[1])
