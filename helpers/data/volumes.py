"""Your own volumes, such as scans in NIfTI files (survey 4.3.3; chapter 4-models/semantic-segmentation)."""

from dataclasses import dataclass
from numbers import Real
from pathlib import Path

import torch

from .arguments import distinct_of, path_of, shown
from .brain import Slices
from .keys import named_codes, named_parts
from .origin import Origin, Report, count_of, few

ENDINGS = (".nii", ".nii.gz")
TURN = 0.1  # largest difference of a direction cosine, about six degrees
MOST_VALUES = 500_000_000  # voxels in one tensor, 2 GB


@dataclass(frozen=True)
class Volumes(Origin):
    """Volumes on one grid, with a class for each voxel where there are masks.

    Attributes: ``x`` (N, 1, X, Y, Z) float32 in the file's unit, axes from left to right, back to
    front, bottom to top; ``y`` (N, X, Y, Z) int64 class numbers, or None; ``values`` what stands in
    the masks for each class; ``classes`` the same as text; ``spacing`` of a voxel in mm, three
    numbers; ``names`` N file names without endings; ``block`` (N,) int64, the group.
    """

    x: torch.Tensor
    y: torch.Tensor | None
    values: list
    classes: list[str]
    spacing: tuple
    names: list[str]
    block: torch.Tensor

    def slices(self):
        """All axial slices, padded to multiples of 16; ``block`` is the volume's, split by it.

        Returns
        -------
        Slices, x (N * Z, 1, Y, X), y (N * Z, Y, X) or None, front on top; ``height`` in mm from the lowest.
        """
        deep = self.x.shape[-1]
        x = self.x[:, 0].permute(0, 3, 2, 1).flatten(0, 1).flip(1)  # (N * Z, Y, X)
        y = None if self.y is None else self.y.permute(0, 3, 2, 1).flatten(0, 1).flip(1)
        room = (0, -x.shape[2] % 16, 0, -x.shape[1] % 16)
        x, y = (part if part is None else torch.nn.functional.pad(part, room) for part in (x, y))
        height = (torch.arange(deep) * self.spacing[2]).repeat(len(self.x)).float()
        block = self.block.repeat_interleave(deep)
        return Slices(
            x.unsqueeze(1), y, block, height, self.classes, groups=None if self.groups is None else block,
            rows=[row for row in self.rows for _ in range(deep)], path=self.path, report=self.report,
        )  # fmt: skip


def volumes(images, masks=None, *, spacing=None, values=None, most_classes=20, groups=None):
    """Read a folder of NIfTI volumes, and a folder of masks with the same names.

    Parameters
    ----------
    images, masks : folders of .nii or .nii.gz files; without masks ``y`` is None.
    spacing : float or None
        Side of a voxel in mm; volumes are resampled to it by nilearn, masks without mixing
        classes. None: all files must have one grid already.
    values : list or None
        What stands in the masks for each class, in order. None: the numbers that occur.
    most_classes : int
        More values than this are taken for a scan.
    groups : str or None
        A regular expression; what its first brackets find in a name is the patient.

    Returns
    -------
    Volumes, all turned to the axes left to right, back to front, bottom to top.

    Raises
    ------
    FileNotFoundError, ValueError : a missing folder or partner, a file that cannot be read, four
        dimensions, NaN, grids that differ, too many values; each names the file.
    """
    _check_spacing(spacing)
    values = distinct_of("volumes", "values", values)
    pictures, others = _by_name(images)
    drawn = _by_name(masks)[0] if masks is not None else {}
    for one, other, what in ((pictures, drawn, "a mask"), (drawn, pictures, "a volume")):
        lonely = sorted(set(one) - set(other)) if drawn else []
        if lonely:
            raise ValueError(f"volumes: expected {what} for {one[lonely[0]]}, found none")
    names, x, y, grids = sorted(pictures), [], [], {}
    for name in names:
        scan = _open(pictures[name], spacing)
        zooms = scan.header.get_zooms()
        turn = torch.tensor(scan.affine[:3, :3] / zooms)
        grids[name] = (scan.shape, tuple(round(float(s), 3) for s in zooms), turn)
        x.append(_array(pictures[name], scan).float())
        if drawn:
            mask = _open(drawn[name], spacing, like=scan)
            y.append(_array(drawn[name], mask))
        _check_grid(pictures[name], grids[names[0]], grids[name], len(names))
    known = _values(masks, y, drawn, names, values, most_classes) if drawn else []
    y = (
        torch.stack([sum(k * (m == v) for k, v in enumerate(known)) for m in y]).long()
        if drawn
        else None
    )
    block = torch.arange(len(names))
    if groups:
        block = named_codes(
            f"volumes: {images}, groups", named_parts("volumes", names, groups, "a group")
        )[0]
    lines = [
        (name, " x ".join(map(str, grids[name][0])), f"{scan.min():.4g} to {scan.max():.4g}")
        for name, scan in zip(names, x)
    ]
    notes = [count_of(len(names), "volume"), f"voxels of {grids[names[0]][1]} mm"]
    notes += [f"passed over: {few(others)}"] * (len(others) > 0)
    notes += [
        f"mask value {v} is class {k} ({100 * float((y == k).float().mean()):.2g} % of voxels)"
        for k, v in enumerate(known)
    ]
    return Volumes(
        torch.stack(x).unsqueeze(1), y, known, [str(v) for v in known], grids[names[0]][1], names, block,
        groups=block if groups else None, rows=[pictures[n].name for n in names], path=str(images),
        report=Report(Path(images).name, ("volume", "voxels", "range"), lines, notes),
        decisions={
            "reader": "volumes", "spacing": spacing, "values": known, "grid": grids[names[0]][1],
            "classes": [str(v) for v in known],
        },
    )  # fmt: skip


def _check_spacing(spacing):
    """Refuse what is no length."""
    if spacing is not None and not (isinstance(spacing, Real) and 0 < spacing < float("inf")):
        raise ValueError(
            f"volumes: spacing must be a length in mm above 0, or None, found spacing={shown(spacing)}"
        )


def _by_name(folder):
    """NIfTI files of a folder by their names without endings, and what else lies there."""
    folder, files, others = path_of("volumes", folder), {}, []
    if not folder.is_dir():
        raise FileNotFoundError(f"volumes: there is no folder {shown(folder)}")
    for file in sorted(folder.iterdir()):
        if file.name[0] != "." and not file.name.endswith(ENDINGS):
            others.append(file)
        elif file.name[0] != ".":
            name = file.name.removesuffix(".gz").removesuffix(".nii")
            if name in files:
                raise ValueError(
                    f"volumes: {files[name]} and {file.name} have one name, remove one"
                )
            files[name] = file
    if not files:
        raise ValueError(f"volumes: expected files ({', '.join(ENDINGS)}) in {folder}, found none")
    return files, others


def _open(file, spacing, like=None):
    """Open a scan or, ``like`` its scan, a mask: turned to the common axes, and resampled."""
    import nibabel
    import numpy as np
    from nilearn.image import resample_img

    try:
        if not file.is_file():
            raise ValueError("it is not an ordinary file")
        scan = nibabel.load(file)
        if len(scan.shape) != 3:
            raise ValueError(f"expected three dimensions, found {scan.shape}")
        if np.prod(scan.shape, dtype=float) > MOST_VALUES:
            raise ValueError(f"{scan.shape} voxels are too many")
        scan = nibabel.as_closest_canonical(scan)
        if spacing and like is None:
            scan = resample_img(scan, np.eye(3) * spacing, copy_header=True, force_resample=True)
        elif spacing:
            scan = resample_img(
                scan,
                like.affine,
                like.shape,
                interpolation="nearest",
                copy_header=True,
                force_resample=True,
            )
    except Exception as error:  # damaged files raise whatever they like
        raise ValueError(f"volumes: {file} cannot be read as a volume ({error})") from None
    if like is not None and (
        scan.shape != like.shape or not np.allclose(scan.affine, like.affine, atol=1e-2)
    ):
        raise ValueError(
            f"volumes: {file} lies on another grid than its scan ({scan.shape} and {like.shape} voxels, or "
            "another place); pass spacing= to resample both"
        )
    return scan


def _array(file, scan):
    """The numbers of a volume."""
    import numpy as np

    try:
        values = torch.from_numpy(np.asarray(scan.dataobj, dtype=np.float64))
    except Exception as error:
        raise ValueError(f"volumes: {file} cannot be read as a volume ({error})") from None
    if not bool(values.isfinite().all()):
        raise ValueError(f"volumes: {file} holds NaN or infinite voxels")
    return values


def _check_grid(file, first, found, many):
    """Refuse volumes that cannot lie in one tensor."""
    if bool(((first[2] - found[2]).abs() > TURN).any()):
        raise ValueError(
            f"volumes: {file} lies turned against the first volume; pass spacing= to resample all to straight axes"
        )
    if first[:2] != found[:2]:
        raise ValueError(
            f"volumes: {file} has {found[0]} voxels of {found[1]} mm, the first {first[0]} of {first[1]}; "
            "pass spacing= to resample, and cut them to one size"
        )
    if many * float(torch.tensor(first[0]).prod()) > MOST_VALUES:
        raise ValueError(
            f"volumes: {many} volumes of {first[0]} voxels exceed 2 GB, pass a larger spacing"
        )


def _values(folder, masks, files, names, values, most):
    """What stands in the masks for each class."""
    seen = sorted({v for mask in masks for v in mask.unique().tolist()})
    if len(seen) > most and values is None:
        raise ValueError(
            f"volumes: expected at most {most} values in the masks in {folder}, found {len(seen)}; are they masks? "
            "If so raise most_classes"
        )
    for name, mask in zip(names, masks):
        wrong = sorted(set(mask.unique().tolist()) - set(values or seen))
        if wrong:
            raise ValueError(f"volumes: {files[name]} holds {wrong[0]:g}, expected one of {values}")
    known = list(values or seen)
    if len(seen) < 2:
        raise ValueError(
            f"volumes: the masks in {folder} hold only {seen[0]:g}, nothing can be learned"
        )
    return [int(v) if float(v).is_integer() else v for v in known]
