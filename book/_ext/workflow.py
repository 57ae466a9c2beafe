"""The workflow of a project (survey figure 1, redrawn) as an inline SVG that leads to chapters."""

from html import escape

# stage, what the box says, chapter that shows it
BOXES = [
    ("Data", "Collect and explore", "9-practice/explore-data"),
    ("Data", "Label, and check labels", "3-libraries/labelling"),
    ("Data", "See structure", "2-considerations/dimensionality-reduction"),
    ("Data", "Augment", "6-less-data/image-augmentation"),
    ("Learning", "Task and loss", "4-models/supervised-learning"),
    ("Learning", "Model", "4-models/image-classification"),
    ("Learning", "Method: transfer", "5-methods/transfer-learning"),
    ("Learning", "Method: fewer labels", "6-less-data/self-training"),
    ("Validation", "Beat a simple model", "2-considerations/simple-models"),
    ("Validation", "Test thoroughly", "9-practice/validate-thoroughly"),
    ("Validation", "Which inputs mattered", "7-interpretability/shapley-values"),
    ("Validation", "What was learned", "7-interpretability/hidden-representations"),
]
STAGES = ["Data", "Learning", "Validation"]
# number, from where to where (heights), side
ARROWS = [
    (1, "M392 52c34 0 34 68 4 68", 428, 90),
    (2, "M392 212c34 0 34 68 4 68", 428, 250),
    (3, "M48 222C20 222 20 112 44 112", 14, 172),
    (4, "M392 392C432 392 432 302 396 302", 434, 352),
    (5, "M48 412C-14 412 -14 72 44 72", 8, 300),
]


def box(number, label, href, runs):
    """One linked box; two boxes a row, two rows a stage."""
    stage, place = divmod(number, 4)
    x, y = 60 + 164 * (place % 2), 68 + 160 * stage + 38 * (place // 2)
    state = "runs" if runs else "planned"
    said = escape(f"{label} ({'chapter' if runs else 'planned chapter'})")
    return (
        f'<a href="{href}" aria-label="{said}"><rect class="{state}" x="{x}" y="{y}" width="156" '
        f'height="30" rx="6"/><text x="{x + 78}" y="{y + 20}" text-anchor="middle">'
        f"{escape(label)}</text></a>"
    )


def draw(link):
    """The whole figure; `link(chapter)` gives (address, whether the chapter runs)."""
    parts = [
        '<svg class="workflow" viewBox="-16 0 470 500" role="group" '
        'aria-label="Three stages in a column, data, learning and validation, joined by arrows '
        "down, and five numbered arrows back: 1 within data, 2 within learning, 3 from learning "
        'to data, 4 from validation to learning, 5 from validation to data.">',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="6" '
        'markerHeight="6" orient="auto-start-reverse"><path d="M0 0l8 4-8 4z"/></marker></defs>',
    ]
    for number, stage in enumerate(STAGES):
        y = 32 + 160 * number
        parts.append(
            f'<rect class="stage stage-{number}" x="48" y="{y}" width="344" height="118" rx="10"/>'
        )
        parts.append(f'<text class="name" x="60" y="{y + 24}">{number + 1}. {stage}</text>')
    for y in (152, 312):
        parts.append(f'<path class="on" d="M220 {y}v34" marker-end="url(#tip)"/>')
    for number, path, x, y in ARROWS:
        parts.append(f'<path class="back" d="{path}" marker-end="url(#tip)"/>')
        parts.append(f'<circle class="tag" cx="{x}" cy="{y}" r="11"/>')
        parts.append(
            f'<text class="digit" x="{x}" y="{y + 5}" text-anchor="middle">{number}</text>'
        )
    for number, (_, label, chapter) in enumerate(BOXES):
        parts.append(box(number, label, *link(chapter)))
    return "".join(parts) + "</svg>"
