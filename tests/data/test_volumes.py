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


def refused(*given, **said):
    with pytest.raises(ValueError) as caught:
        volumes(*given, **said)
    return str(caught.value)


@pytest.mark.parametrize("spacing", [0, -1, float("inf"), "2", (2, 2, 2)])
def test_a_spacing_is_a_length(home, spacing):
    home("a.nii", SCAN)
    assert refused(home.path / "scans", spacing=spacing).startswith(
        "volumes: spacing must be a length in mm above 0, or None, found spacing="
    )


def test_files_that_cannot_be_used_are_named(home, monkeypatch):
    from helpers.data import volumes as module

    (home.path / "scans").mkdir()
    assert refused(home.path / "scans").startswith("volumes: expected files (.nii, .nii.gz) in")
    with pytest.raises(FileNotFoundError, match="volumes: there is no folder"):
        volumes(home.path / "nowhere")
    home("a.nii", SCAN)
    home("a.nii.gz", SCAN)
    assert "a.nii and a.nii.gz have one name, remove one" in refused(home.path / "scans")
    (home.path / "scans" / "a.nii.gz").unlink()
    home("b.nii", SCAN[None] * np.ones((2, 1, 1, 1), np.float32))
    assert (
        "b.nii cannot be read as a volume (expected three dimensions, found (2, 2, 3, 4))"
        in refused(home.path / "scans")
    )
    home("b.nii", SCAN[:, :, :3].copy())
    assert refused(home.path / "scans").endswith(
        "b.nii has (2, 3, 3) voxels of (2.0, 2.0, 2.0) mm, the first (2, 3, 4) of (2.0, 2.0, 2.0); "
        "pass spacing= to resample, and cut them to one size"
    )
    home("b.nii", np.full_like(SCAN, np.nan))
    assert refused(home.path / "scans").endswith("b.nii holds NaN or infinite voxels")
    home("b.nii", SCAN)
    (home.path / "scans" / ".hidden.nii").write_bytes(b"")
    (home.path / "scans" / "notes.txt").write_text("x")
    assert "notes.txt" in str(volumes(home.path / "scans").report)
    monkeypatch.setattr(module, "MOST_VALUES", 48)
    assert len(volumes(home.path / "scans").x) == 2
    monkeypatch.setattr(module, "MOST_VALUES", 47)
    assert "2 volumes of (2, 3, 4) voxels exceed 2 GB, pass a larger spacing" in refused(
        home.path / "scans"
    )
    monkeypatch.setattr(module, "MOST_VALUES", 23)
    assert "(2, 3, 4) voxels are too many" in refused(home.path / "scans")


def test_masks_that_cannot_be_used_are_named(home):
    home("a.nii", SCAN)
    home("a.nii", SCAN.astype(np.int16), "masks")
    both = home.path / "scans", home.path / "masks"
    assert "expected at most 20 values in the masks in" in refused(*both)
    assert ", found 24; are they masks? If so raise most_classes" in refused(*both)
    assert len(volumes(*both, most_classes=24).values) == 24
    home("a.nii", (SCAN > 3).astype(np.uint8) * 4, "masks")
    assert refused(*both, values=(0, 1)).endswith("a.nii holds 4, expected one of [0, 1]")
    assert volumes(*both, values=(4, 0)).y.max() == 1
    home("a.nii", np.zeros_like(SCAN, np.uint8), "masks")
    assert refused(*both).endswith("hold only 0, nothing can be learned")
    home("a.nii", (SCAN > 3).astype(np.uint8), "masks", affine=(2, 2, 3, 1))
    assert "a.nii lies on another grid than its scan ((2, 3, 4) and (2, 3, 4) voxels" in refused(
        *both
    )
    home("b.nii", SCAN)
    assert "expected a mask for" in refused(*both)


def test_slices_carry_group_rows_and_report(home):
    for name in ("p1_a", "p2_a"):
        home(f"{name}.nii", SCAN, affine=(1, 2, 3, 1))
        home(f"{name}.nii", (SCAN > 11).astype(np.uint8), "masks", affine=(1, 2, 3, 1))
    both = home.path / "scans", home.path / "masks"
    data = volumes(*both, groups="(p.)")
    cut = data.slices()
    assert data.spacing == (1, 2, 3)
    assert cut.height.tolist() == [0, 3, 6, 9] * 2
    assert cut.block.tolist() == cut.groups.tolist() == [0] * 4 + [1] * 4
    assert cut.rows == ["p1_a.nii"] * 4 + ["p2_a.nii"] * 4
    assert (cut.path, cut.report, cut.classes) == (data.path, data.report, ["0", "1"])
    plain = volumes(both[0])
    assert plain.groups is None
    assert plain.slices().groups is None
    assert plain.slices().y is None
    assert plain.slices().block.tolist() == [0] * 4 + [1] * 4
    assert (plain.values, plain.classes, plain.names) == ([], [], ["p1_a", "p2_a"])
    assert plain.block.tolist() == [0, 1]


def test_what_was_read_is_reported(home):
    home("a.nii", SCAN)
    home("a.nii", (SCAN > 17).astype(np.uint8), "masks")
    data = volumes(home.path / "scans", home.path / "masks")
    assert data.report.lines == [("a", "2 x 3 x 4", "0 to 23")]
    assert data.report.notes == [
        "1 volume", "voxels of (2.0, 2.0, 2.0) mm", "mask value 0 is class 0 (75 % of voxels)",
        "mask value 1 is class 1 (25 % of voxels)",
    ]  # fmt: skip
    assert data.decisions == {
        "reader": "volumes", "spacing": None, "values": [0, 1], "grid": (2, 2, 2), "classes": ["0", "1"],
    }  # fmt: skip
    assert data.y.dtype == torch.int64
    (home.path / "scans" / "x.txt").write_text("")
    assert "passed over: x.txt" in volumes(home.path / "scans").report.notes


def test_values_between_whole_numbers_stay_and_order_is_the_caller_s(home):
    home("a.nii", SCAN)
    home("a.nii", np.where(SCAN > 11, 0.5, 2.0).astype(np.float32), "masks")
    both = home.path / "scans", home.path / "masks"
    data = volumes(*both)
    assert (data.values, data.classes) == ([0.5, 2], ["0.5", "2"])
    assert [type(v) for v in data.values] == [float, int]
    turned = volumes(*both, values=[2, 0.5, 7])
    assert torch.equal(turned.y, 1 - data.y)
    assert turned.values == [2, 0.5, 7]


def test_resampling_lays_masks_on_their_scans_without_new_classes(home):
    big = np.zeros((6, 6, 6), dtype=np.float32)
    big[3:] = 10
    home("a.nii", big)
    home("a.nii", (big > 5).astype(np.uint8) * 4, "masks")
    data = volumes(home.path / "scans", home.path / "masks", spacing=1.5)
    assert data.spacing == (1.5, 1.5, 1.5)
    assert data.values == [0, 4]
    assert data.x.shape[1:] == (1, *data.y.shape[1:])
    assert data.x.shape[2] > 6
    assert (data.x[0, 0][data.y[0] == 1] >= 5).float().mean() > 0.95
    fine = volumes(home.path / "scans", home.path / "masks")
    assert torch.equal(fine.x[0, 0], torch.from_numpy(big))


def test_a_mask_may_lie_a_hundredth_of_a_millimetre_off(home):
    import nibabel

    home("a.nii", SCAN)
    (home.path / "masks").mkdir()
    for shift, fits in ((0.009, True), (0.02, False)):
        matrix = np.diag((2.0, 2, 2, 1))
        matrix[0, 3] = shift
        mask = nibabel.Nifti1Image((SCAN > 3).astype(np.uint8), matrix)
        nibabel.save(mask, home.path / "masks" / "a.nii")
        if fits:
            assert len(volumes(home.path / "scans", home.path / "masks").x) == 1
        else:
            said = refused(home.path / "scans", home.path / "masks")
            assert said.endswith("voxels, or another place); pass spacing= to resample both")


def test_a_volume_that_is_turned_is_refused(home):
    import nibabel

    home("a.nii", SCAN)
    for angle, fits in ((0.09, True), (0.12, False)):
        turn = np.eye(4) * 2
        turn[:2, :2] = 2 * np.array(
            [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
        )
        nibabel.save(nibabel.Nifti1Image(SCAN, turn), home.path / "scans" / "b.nii")
        if fits:
            assert len(volumes(home.path / "scans").x) == 2
        else:
            assert refused(home.path / "scans").endswith(
                "b.nii lies turned against the first volume; pass spacing= to resample all to straight axes"
            )


def test_volumes_without_a_partner_and_no_files(home):
    home("a.nii", SCAN)
    home("a.nii", (SCAN > 3).astype(np.uint8), "masks")
    home("b.nii", (SCAN > 3).astype(np.uint8), "masks")
    said = refused(home.path / "scans", home.path / "masks")
    assert said == f"volumes: expected a volume for {home.path / 'masks' / 'b.nii'}, found none"
    (home.path / "scans" / "c.nii").mkdir()
    assert "c.nii cannot be read as a volume (it is not an ordinary file)" in refused(
        home.path / "scans"
    )
