"""The few icons that the pages show, cut out of the theme's fonts: 4 kB in place of 2 MB."""

import base64
import io
import re

from fontTools import subset
from fontTools.ttLib import TTFont

FONTS = ("fa-solid-900.ttf", "fa-brands-400.ttf")
NAMES = re.compile(r"\bfa-[a-z0-9-]+")
RULE = re.compile(r'((?:\.fa-[a-z0-9-]+:before,?)+)\{content:"\\([0-9a-f]+)"\}')
STYLE = """
:root { --fa-font-solid: normal 400 1em/1 "Font Awesome 6 Free"; --fa-font-brands: var(--fa-font-solid); }
.fa, .fas, .far, .fab, .fa-solid, .fa-regular, .fa-brands { font: var(--fa-font-solid); display: inline-block; }
.fa-lg { font-size: 1.25em; line-height: 0.05em; vertical-align: -0.075em; }
"""


def names(texts):
    """The icons that pages or scripts name."""
    return {name for text in texts for name in NAMES.findall(text)}


def codes(style):
    """Icon to code point, from the theme's style sheet."""
    found = {}
    for selectors, code in RULE.findall(style):
        found |= dict.fromkeys(NAMES.findall(selectors), int(code, 16))
    return found


def private(style):
    """Code points of icons that a style sheet holds itself, as letters or as escapes."""
    escaped = {int(code, 16) for code in re.findall(r"\\(f[0-9a-f]{3})\b", style)}
    return escaped | {ord(letter) for letter in style if 0xE000 <= ord(letter) <= 0xF8FF}


def cut(path, wanted):
    """A font with the wanted code points only, as a style rule, and which of them it has."""
    font = TTFont(path)
    here = wanted & set(font.getBestCmap())
    cutter = subset.Subsetter(subset.Options(layout_features=[], notdef_outline=False))
    cutter.populate(unicodes=here)
    cutter.subset(font)
    font.flavor = "woff"
    file = io.BytesIO()
    font.save(file)
    data = base64.b64encode(file.getvalue()).decode()
    span = ",".join(f"U+{code:X}" for code in sorted(here))
    return here, "".join(
        f'@font-face {{ font-family: "Font Awesome {version} Free"; font-display: block; '
        f"unicode-range: {span}; src: url(data:font/woff;base64,{data}); }}\n"
        for version in (5, 6)
        if version == 6 or 0xF107 in here  # the book theme still asks for version 5's arrow
    )


def icon_style(folder, texts, styles):
    """Style sheet of the icons used in `texts` (by name) and `styles` (by code point)."""
    known = codes(next(folder.glob("css/all.min.css")).read_text())
    used = {name: known[name] for name in sorted(names(texts)) if name in known}
    wanted = set(used.values()).union(*map(private, styles))
    rules = "".join(
        f'.{name}::before {{ content: "\\{code:x}"; }}\n' for name, code in used.items()
    )
    faces = ""
    for font in FONTS:
        here, face = cut(folder / "webfonts" / font, wanted)
        wanted, faces = wanted - here, faces + face
    return faces + STYLE + rules
