"""Stained tiles, the planted mark, and tables that are asked the same questions."""

import dataclasses

import pytest
import torch
from skimage.color import rgb2hed

from helpers.data.embedded import Table, breast_cancer, diabetes, tiles
from helpers.data.scanner import clinic, places, scanners, stained_tiles


@pytest.fixture(scope="module")
def tissue():
    return stained_tiles()


def test_the_amount_is_the_library_s_brown_stain(tissue):
    cut = tiles(16, classes=("immunohistochemistry",))
    brown = rgb2hed(cut.x[7].permute(1, 2, 0).numpy())[..., 2].mean()
    assert float(tissue.amount[7]) == pytest.approx(100 * brown, rel=1e-5)
    assert bool(((tissue.amount > tissue.amount.median()).long() == tissue.y).all())


def test_places_are_means_and_standard_deviations():
    image = torch.rand(2, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    corner = image[1, 0, 4:, 4:]
    found = places(image)[1]
    assert found.shape == (8,)
    assert float(found[3]) == pytest.approx(float(corner.mean()), abs=1e-6)
    assert float(found[7]) == pytest.approx(float(corner.std(correction=0)), abs=1e-6)


def test_the_columns_do_not_know_the_brightness_of_a_tile(tissue):
    assert float(tissue.x[:, :16].mean(1).abs().max()) < 1e-6
    assert float(tissue.brightness.std()) > 0.05


def test_the_mark_is_one_vector_strongest_in_its_corner(tissue):
    gap = stained_tiles(ink=0.2).x - tissue.x
    assert float(gap.std(0).max()) < 1e-6
    assert int(gap[0].abs().argmax()) == 15
    assert float(gap[0, 15]) == pytest.approx(0.2 * 15 / 16, abs=1e-6)
    assert float(gap[0, 0]) == pytest.approx(-0.2 / 16, abs=1e-6)


def test_scanners_agree_as_often_as_they_are_told():
    sick = torch.arange(20000) % 2
    for agreement in (0.05, 0.5, 0.95):
        same = (scanners(sick, agreement, 3) == sick).double().mean()
        assert abs(float(same) - agreement) < 0.01
    assert not torch.equal(scanners(sick, 0.5, 3), scanners(sick, 0.5, 4))


def test_a_clinic_of_tiles_has_the_brightness_as_one_more_column(tissue):
    here = clinic(tissue, ink=0.2, dimming=0.1)
    assert torch.equal(here.inputs[:, 0], tissue.brightness)
    assert here.drift.nonzero().flatten().tolist() == [0]
    assert float(here.drift[0]) == pytest.approx(-0.1)
    assert torch.equal(here.mark, stained_tiles(0.2).x[0] - tissue.x[0])


def test_a_table_of_classes_asks_for_the_most_frequent_class():
    data = breast_cancer()
    here = clinic(data)
    assert torch.equal(here.sick, data.y)  # benign is class 1 and the larger one
    assert here.names == ["another class", "benign"]
    assert torch.equal(here.amount, data.x[:, 0])
    assert here.inputs.shape == (569, 30)
    assert float(here.mark[0]) == pytest.approx(2 * float(data.x[:, 0].std()), rel=1e-5)
    assert len(here.groups.unique()) == 569


def test_a_table_with_a_number_asks_whether_it_is_high():
    data = dataclasses.replace(diabetes(), groups=torch.arange(442) // 2)
    here = clinic(data)
    assert torch.equal(here.sick.bool(), data.y > data.y.median())
    assert torch.equal(here.amount, data.y)
    assert len(here.groups.unique()) == 221


def test_what_cannot_be_asked_is_refused():
    with pytest.raises(ValueError, match="ink must be between 0 and 1, found 2"):
        stained_tiles(ink=2)
    with pytest.raises(ValueError, match="agreement must be between 0 and 1, found 1.5"):
        scanners(torch.zeros(3).long(), 1.5)
    rows = torch.rand(4, 2)
    for y in (None, torch.tensor([0, 1, -1, 0])):
        with pytest.raises(ValueError, match="expected a target in every row"):
            clinic(Table(rows, y, ["a", "b"], ["no", "yes"]))
    with pytest.raises(ValueError, match="found only 'yes'"):
        clinic(Table(rows, torch.ones(4).long(), ["a", "b"], ["no", "yes"]))


@pytest.mark.parametrize(
    ("columns", "groups", "rows", "few", "found"),
    [
        (1, 8, 200, 100, "found 1, 8, 200 and 100"),
        (2, 3, 200, 100, "found 2, 3, 200 and 100"),
        (2, 8, 149, 70, "found 2, 8, 149 and 70"),
        (2, 8, 200, 14, "found 2, 8, 200 and 14"),
    ],
)
def test_a_table_that_is_too_small_is_told_what_is_missing(columns, groups, rows, few, found):
    order = torch.arange(rows)
    data = Table(
        torch.rand(rows, columns), (order < few).long(), ["a", "b"][:columns], ["no", "yes"]
    )
    with pytest.raises(ValueError, match=found):
        clinic(dataclasses.replace(data, groups=order % groups))


def test_each_answer_must_stand_in_four_groups():
    order = torch.arange(200)
    data = Table(torch.rand(200, 2), order // 100, ["a", "b"], ["no", "yes"], groups=order // 50)
    with pytest.raises(ValueError, match="4 groups with each answer .* found 2, 2, 200 and 100"):
        clinic(data)
    assert len(clinic(dataclasses.replace(data, groups=order // 25)).x) == 200


def test_the_smallest_table_is_taken():
    order = torch.arange(150)
    data = Table(torch.rand(150, 2), (order < 15).long(), ["a", "b"], ["no", "yes"])
    assert len(clinic(dataclasses.replace(data, groups=order % 4)).x) == 150


def test_tiles_are_those_that_the_stored_pages_rest_on(told):
    data = stained_tiles(0.2)
    assert told(data.x) == [0.02227, 0.06703, 0.01066]
    assert told(data.amount) == [5.81824, 4.17243, 2.24383]
    assert told(data.brightness) == [0.64123, 0.17351, 0.34837]
    assert told(data.images) == [0.64123, 0.20013, 0.34834]
    assert told(data.groups) == [7.5, 4.61202, 5.07942]
    assert data.features[0] == "brightness, row 1 column 1"
    assert data.features[-1] == "spread, row 4 column 4"
    assert (len(data.features), data.classes) == (32, ["little stain", "much stain"])
    assert told(scanners(torch.arange(50) % 2, 0.9, seed=2)) == [0.46, 0.50346, 0.24204]
    for ink in (-0.01, 1.01):
        with pytest.raises(ValueError, match=f"ink must be between 0 and 1, found {ink}"):
            stained_tiles(ink)


def test_faults_of_a_clinic_of_tiles_have_these_sizes(tissue):
    found = clinic(tissue)
    again = clinic(tissue, 0.3, 0.08)
    for name, value in vars(found).items():
        if torch.is_tensor(value):
            assert torch.equal(value, getattr(again, name)), name
    assert torch.allclose(found.mark, stained_tiles(0.3).x[0] - tissue.x[0])
    assert not torch.allclose(clinic(tissue, ink=0.2).mark, found.mark)
