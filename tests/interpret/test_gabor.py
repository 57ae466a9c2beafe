import numpy as np
import torch
from scipy.ndimage import correlate
from skimage.filters import gabor_kernel

from helpers.interpret.gabor import (
    blurred_noise,
    gabor_bank,
    likeness,
    random_phases,
    roughness,
)


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


def test_random_phases_keep_scipy_s_correlation_round_the_border_and_nothing_else():
    filters = noise(3)
    null = random_phases(filters, 20, torch.Generator().manual_seed(2))
    assert null.shape == (3, 20, 7, 7)

    def round_the_border(one):
        return correlate(one, one, mode="wrap")

    for one, many in zip(filters.numpy(), null.numpy()):
        for piece in many:
            assert np.allclose(round_the_border(piece), round_the_border(one), atol=1e-3)
    assert not np.allclose(
        round_the_border(filters[0].numpy()), round_the_border(filters[1].numpy())
    )
    assert null.std(1).mean() > 0.5  # the pieces of one filter differ


def test_a_bump_with_a_wave_loses_its_likeness_to_random_phases_but_a_wave_does_not():
    bank = gabor_bank()
    place = torch.arange(7)
    bump = bank.reshape(-1, 7, 7)[[4]]
    wave = (2 * np.pi * 2 * place / 7).cos().expand(1, 7, 7)
    draws = torch.Generator().manual_seed(3)
    loss = [
        likeness(one, bank).mean() - likeness(random_phases(one, 200, draws)[0], bank).mean()
        for one in (bump, wave)
    ]
    assert loss[0] > 0.2
    assert abs(loss[1]) < 0.1
