import numpy as np
import pytest
import torch

from helpers.data.volumes import volumes


@pytest.fixture
def home(tmp_path):
    import nibabel

    def put(name, values, folder="scans", affine=(2, 2, 2, 1)):
        (tmp_path / folder).mkdir(exist_ok=True)
        matrix = np.diag(affine).astype(float)
        nibabel.save(nibabel.Nifti1Image(values, matrix), tmp_path / folder / name)

    put.path = tmp_path
    return put


SCAN = np.arange(24, dtype=np.float32).reshape(2, 3, 4)


def test_scan_and_mask_are_turned_to_one_side(home):
    mask = (SCAN > 11).astype(np.uint8) * 5
    home("p1_a.nii.gz", SCAN)
    home("p1_a.nii", mask, "masks")
    home("p2_a.nii", SCAN[::-1].copy(), affine=(-2, 2, 2, 1))
    home("p2_a.nii", mask[::-1].copy(), "masks", affine=(-2, 2, 2, 1))
    data = volumes(home.path / "scans", home.path / "masks", groups="(p.)")
    assert torch.equal(data.x[0], data.x[1])
    assert data.x[0, 0].tolist() == SCAN.tolist()
    assert data.y[1].tolist() == (SCAN > 11).astype(int).tolist()
    assert (data.values, data.spacing, data.groups.tolist()) == ([0, 5], (2, 2, 2), [0, 1])


def test_slices_keep_pixels_and_classes_together(home):
    home("a.nii", SCAN)
    home("a.nii", (SCAN > 11).astype(np.uint8), "masks")
    cut = volumes(home.path / "scans", home.path / "masks").slices()
    assert cut.x.shape == (4, 1, 16, 16)
    assert torch.equal(cut.y[:, :3, :2].bool(), cut.x[:, 0, :3, :2] > 11)
    assert cut.x[1, 0, :3, :2].tolist() == SCAN[:, ::-1, 1].T.tolist()
    assert cut.height.tolist() == [0, 2, 4, 6]


def test_other_grids_are_refused_or_resampled(home):
    home("a.nii", np.ones((4, 4, 4), dtype=np.float32))
    home("b.nii", np.ones((8, 8, 8), dtype=np.float32), affine=(1, 1, 1, 1))
    with pytest.raises(ValueError, match=r"b.nii has \(8, 8, 8\) voxels of .* pass spacing="):
        volumes(home.path / "scans")
    home("b.nii", np.ones((4, 4, 4), dtype=np.float32))
    found = volumes(home.path / "scans", spacing=4)
    assert found.spacing == (4, 4, 4)
    assert (found.y, found.task) == (None, None)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (np.zeros((2, 3, 4, 5), dtype=np.float32), "expected three dimensions"),
        (np.full((2, 3, 4), np.nan, dtype=np.float32), "holds NaN"),
    ],
)
def test_volumes_that_are_none(home, values, sentence):
    home("a.nii", values)
    with pytest.raises(ValueError, match=f"a.nii .*{sentence}"):
        volumes(home.path / "scans")


def test_masks_that_do_not_fit(home):
    home("a.nii", SCAN)
    home("b.nii", SCAN)
    home("a.nii", (SCAN > 1).astype(np.uint8), "masks")
    with pytest.raises(ValueError, match="expected a mask for .*b.nii, found none"):
        volumes(home.path / "scans", home.path / "masks")
    home("b.nii", (SCAN > 1).astype(np.uint8)[..., :2], "masks")
    with pytest.raises(ValueError, match="masks/b.nii lies on another grid"):
        volumes(home.path / "scans", home.path / "masks")
    home("b.nii", SCAN, "masks")
    with pytest.raises(ValueError, match="expected at most 20 values .* found 24"):
        volumes(home.path / "scans", home.path / "masks")
    (home.path / "scans" / "b.nii").write_bytes(b"no scan")
    with pytest.raises(ValueError, match="b.nii cannot be read as a volume"):
        volumes(home.path / "scans")
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        volumes(home.path / "none")
