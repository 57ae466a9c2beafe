"""The method finder's page: questions as radio buttons, every rule as an article, one script."""

import inspect
import json
from html import escape

import yaml
from citations import survey_numbers
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from helpers.notebook.finder import covered, recommend, rules

ASKED = inspect.signature(recommend).parameters  # what Python assumes, the page assumes too


def question(row):
    """One question as a group of radio buttons."""
    assumed = ASKED[row["id"]].default
    buttons = "".join(
        f'<label><input type="radio" name="{row["id"]}" value="{value}"'
        f"{' checked' * (value == assumed)}> {escape(text)}</label>"
        for value, text in row["options"].items()
    )
    return f"<fieldset><legend>{escape(row['ask'])}</legend>{buttons}</fieldset>"


def article(rule, keys):
    """One rule in Markdown between the tags of an article that carries its conditions."""
    when = escape(json.dumps(rule["when"]), quote=True)
    done = "; ".join(
        f"{row['what']} {{cite:p}}`{','.join(keys[number] for number in row['refs'])}`"
        for row in rule["precedents"]
    )
    lines = [
        f'<article class="rule" data-rule="{rule["id"]}" data-covered="{covered(rule["when"])}" '
        f'data-when="{when}">',
        "",
        f"## {rule['asks']}",
        "",
        f"**{rule['first']}.** {rule['why']}",
        "",
        f"- *Beat this first:* {rule['beat']}.",
        f"- *If it fails:* {rule['fails']}",
        f"- *Chapters:* {chapters(rule['chapters'])}",
        f"- *Then:* {chapters(rule['next'])}",
        f"- *Survey:* section {', '.join(map(str, rule['survey']))}",
    ]
    return "\n".join(
        [*lines, *([f"- *Done in science:* {done}"] if done else []), "", "</article>"]
    )


def chapters(names):
    """Links to chapters; those that are planned become plain text where the book resolves them."""
    return ", ".join(f"{{doc}}`/notebooks/{name}`" for name in names)


class Finder(SphinxDirective):
    """The whole page below its introduction."""

    def run(self):
        """Questions and script as they are, rules through the Markdown parser."""
        self.env.note_reread()
        known = rules()
        keys = {number: key for key, number in survey_numbers().items()}
        ordered = sorted(known["rules"], key=lambda rule: covered(rule["when"]))
        form = "".join(map(question, known["questions"]))
        opening = (
            f'<form class="finder" id="finder">{form}'
            '<p><button type="reset">Start again</button></p></form>'
            '<p id="finder-summary" role="status" aria-live="polite">Without JavaScript this page '
            "shows every answer, from the most specific question to the most general.</p>"
        )
        text = "\n\n".join(article(rule, keys) for rule in ordered)
        return [
            nodes.raw("", opening, format="html"),
            *self.parse_text_to_nodes(text, allow_section_headings=False),
        ]


def setup(app):
    """Register the directive and the page's own script and style."""
    rules.cache_clear()
    app.add_directive("finder", Finder)
    app.add_js_file("finder.js", loading_method="defer")
    app.add_css_file("finder.css")
    return {"version": yaml.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
