"""Warps as bent grids (chapter 4-models/image-registration)."""


def bent_grid(frame, field, every=5, colour="white"):
    """Draw where the lines of a square grid come from, over an image of the same size.

    Parameters
    ----------
    frame : matplotlib Axes
    field : array (2, H, W), pixels: down, then right
    every : int
        Pixels between lines.
    colour : str

    Returns
    -------
    the same Axes
    """
    down, right = field.shape[1:]
    for row in range(0, down, every):
        frame.plot(field[1, row] + range(right), field[0, row] + row, color=colour, lw=0.6)
    for column in range(0, right, every):
        frame.plot(
            field[1, :, column] + column, field[0, :, column] + range(down), color=colour, lw=0.6
        )
    frame.set(xlim=(-0.5, right - 0.5), ylim=(down - 0.5, -0.5))
    return frame
