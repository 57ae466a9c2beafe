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
