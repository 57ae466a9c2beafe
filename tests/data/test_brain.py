import pytest
import torch

from helpers.data.brain import brain_slices, mni152


def test_mni152_equals_nilearn():
    from nilearn.datasets import load_mni152_gm_template

    found = mni152(4)
    wanted = torch.tensor(load_mni152_gm_template(resolution=4).get_fdata()).float()
    assert torch.equal(found.grey, wanted.clamp(0, 1))
    assert found.t1.shape == found.grey.shape == found.white.shape


def test_slices_white_matter_is_brighter_than_grey_and_padding_is_other():
    data = brain_slices(4)
    assert data.x[:, 0][data.y == 2].mean() > data.x[:, 0][data.y == 1].mean()
    assert data.x.shape[2] % 16 == data.x.shape[3] % 16 == 0
    assert int(data.y[:, -1].max()) == 0


def test_blocks_are_neighbouring_slices():
    data = brain_slices(4, blocks=4)
    assert data.block.tolist() == sorted(data.block.tolist())
    assert data.block.unique().tolist() == [0, 1, 2, 3]
    assert (data.height.diff() == 4).all()


def test_heights_follow_the_affine_of_nilearn():
    from nilearn.datasets import load_mni152_template

    image = load_mni152_template(resolution=4)
    data = brain_slices(4, low=-72, high=-68, blocks=1)
    assert data.height[0] == image.affine[2, 3]


def test_complaints():
    with pytest.raises(ValueError, match="whole 1 to 8 mm, found 0.5"):
        mni152(0.5)
    with pytest.raises(ValueError, match="slices, expected at least 8"):
        brain_slices(4, low=0, high=5)


def test_slices_are_those_that_the_stored_pages_rest_on(told):
    data = brain_slices()
    assert told(data.x) == [0.21074, 0.33081, 0.10211]
    assert told(data.y) == [0.39656, 0.67731, 0.19575]
    assert told(data.height) == [15.0, 26.84524, 15.33333]
    assert told(data.block) == [3.43478, 2.30605, 2.38502]
    assert (data.height.min(), data.height.max()) == (-30, 60)
    assert data.classes == ["other", "grey matter", "white matter"]
    head = mni152(8)
    assert (head.t1.shape, head.spacing) == ((26, 30, 25), 8.0)
    assert told(head.t1) == [0.13104, 0.27858, 0.06412]
    assert told(head.white) == [0.0676, 0.21346, 0.03315]
