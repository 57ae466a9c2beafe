"""Grids of small images (chapters 4-models/supervised-learning and 4-models/image-classification)."""


def image_grid(images, titles=None, columns=10, cmap="gray_r", scale=0.75):
    """Draw images side by side, each in its own frame.

    Parameters
    ----------
    images : array (N, H, W), or (N, H, W, 3) for colour in 0..1
    titles : sequence of N str, optional
    columns : int
    cmap : str
        Colours of single-channel images.
    scale : float
        Inches a frame.

    Returns
    -------
    matplotlib Figure
    """
    import matplotlib.pyplot as plt

    rows = -(-len(images) // columns)
    height = scale * (1.35 if titles else 1.05)
    figure, frames = plt.subplots(
        rows, columns, figsize=(columns * scale, rows * height), squeeze=False
    )
    for frame in frames.flat:
        frame.axis("off")
    for number, (frame, image) in enumerate(zip(frames.flat, images)):
        frame.imshow(image, cmap=cmap)
        if titles:
            frame.set_title(titles[number], fontsize=8, fontweight="normal", loc="center")
    return figure


def image_strips(rows, gap=1, cmap="gray_r", width=6.0):
    """Draw named rows of images, each row as one long picture: quick where there are many.

    Parameters
    ----------
    rows : dict of name -> array (N, H, W), all of one shape
    gap : int
        Empty pixels between two images.
    cmap : str
        Colours, from the least to the greatest value of a row.
    width : float
        Inches of the figure.

    Returns
    -------
    matplotlib Figure, one frame a row, its name above it

    Raises
    ------
    ValueError : for rows of other shapes.
    """
    import matplotlib.pyplot as plt
    import numpy as np

    rows = {name: np.asarray(images) for name, images in rows.items()}
    shapes = {images.shape for images in rows.values()}
    if len(shapes) != 1 or len(next(iter(shapes))) != 3:
        raise ValueError(f"image_strips: expected rows of one shape (N, H, W), found {shapes}")
    ((count, height, wide),) = shapes
    inches = width * height / (count * (wide + gap)) + 0.35  # and a line for the name
    figure, frames = plt.subplots(len(rows), figsize=(width, len(rows) * inches), squeeze=False)
    for frame, (name, images) in zip(frames.flat, rows.items()):
        padded = np.pad(images, ((0, 0), (0, 0), (0, gap)), constant_values=images.min())
        frame.imshow(np.hstack(list(padded)), cmap=cmap)
        frame.set_title(name, loc="left", fontsize=9)
        frame.axis("off")
    return figure
