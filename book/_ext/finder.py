"""The method finder's page: questions, every piece of a plan as readable text, one script."""

import json
from html import escape

import yaml
from citations import survey_numbers
from curriculum import sources
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from helpers.notebook.finder import HERE as RULES
from helpers.notebook.finder import PARTS, SECOND, SHALLOW, SHOWN, base_plans, rules

TITLES = {"split": "Split", "change": "Change", "validate": "Validate", "fools": "Beware"}


def choose(name, question, first):
    """A question with one answer, as a list to choose from."""
    rows, opened = "", False
    for value, row in question["options"].items():
        if "under" in row:
            rows += "</optgroup>" * opened + f'<optgroup label="{escape(row["under"])}">'
            opened = True
        rows += f'<option value="{value}">{escape(row["says"])}</option>'
    rows += "</optgroup>" * opened
    empty = f'<option value="">{first}</option>' if first else ""
    rows = rows.replace('value="medium"', 'value="medium" selected')
    hint = f"<small>{escape(question['hint'])}</small>" if "hint" in question else ""
    box = f'<select name="{name}">{empty}{rows}</select>'
    return f"<label><span>{escape(question['ask'])}</span>{box}</label>{hint}"


def form(asked):
    """The questions: three that are needed, and the rest folded away."""
    needed = [choose(name, asked[name], "choose ...") for name in ("task", "data", "labelled")]
    goals = {"ask": asked["also"]["ask"], "options": asked["task"]["options"]}
    boxes = "".join(
        f'<label class="chip"><input type="checkbox" name="conditions" value="{value}"> '
        f"{escape(row['says'])}</label>"
        for value, row in asked["conditions"]["options"].items()
    )
    return (
        f'<form class="finder" id="finder"><div class="needed">{"".join(needed)}</div>'
        '<details open id="finder-more"><summary>What else holds?</summary>'
        f"<fieldset><legend>{escape(asked['conditions']['ask'])}</legend>{boxes}</fieldset>"
        f'<div class="needed">{choose("amount", asked["amount"], "")}'
        f"{choose('also', goals, 'no')}</div></details></form>"
        '<p id="finder-summary" role="status" aria-live="polite">Without JavaScript this page '
        "shows every part of every plan: by task and data, what each condition adds, and the "
        "approaches.</p>"
    )


def part(name, text, label=""):
    """A piece of a plan in Markdown; its label is for reading without the script."""
    said = f'<strong class="label">{label}:</strong> ' if label else ""
    return f'<div data-part="{name}">\n\n{said}{text}\n\n</div>'


def article(kind, name, title, parts):
    """Pieces that belong together, under a heading."""
    opening = f'<article class="finder-{kind}" data-name="{name}">'
    return "\n\n".join([opening, f"## {title}", *parts, "</article>"])


def sentences(piece):
    """The parts that a task or a condition adds."""
    return [part(p, piece[p], TITLES[p]) for p in PARTS if p in piece]


def linked(names):
    """Tools, what they are for where that is special, and their licence where it is known."""
    rows = [rules()["tools"][name] for name in names]
    known = [", ".join(row[key] for key in ("for", "licence") if key in row) for row in rows]
    both = zip(rows, (f" ({said})" * bool(said) for said in known), strict=True)
    return [f"[{row['name']}]({row['url']}){said}" for row, said in both]


def chapters(names):
    """Links to chapters; those that are planned become plain text where the book resolves them."""
    return ", ".join(f"{{doc}}`/notebooks/{name}`" for name in names)


def approach(name, row):
    """One approach."""
    outside = f"[{row['outside']['title']}]({row['outside']['url']})"
    tools = zip(row["tools"], linked(row["tools"]), strict=True)
    parts = [
        part("says", row["says"]),
        part("why", row["why"]),
        *([part("beat", f"{row['beat']}.", "Beat this first")] if "beat" in row else []),
        *(part(f"tool-{tool}", said, "Use today") for tool, said in tools),
        part("read", chapters(row["read"]), "Read"),
        part("near", chapters([row["near"]]), "The nearest chapter that is written"),
        part("outside", outside, "A living source"),
        part("survey", f"section {', '.join(row['survey'])}", "Survey"),
    ]
    return article("approach", name, row["name"], parts)


def choice(name, when):
    """An approach and when it is open."""
    asked = rules()["questions"]
    said = [
        " or ".join(asked[q]["options"][a]["short"] for a in asked[q]["options"] if a in answers)
        for q, answers in when.items()
    ]
    return rules()["approaches"][name]["name"] + f" *({', '.join(said)})*" * bool(said)


def plan(row, keys):
    """What is particular to a task on some kinds of data."""
    asked = rules()["questions"]
    data = ", ".join(asked["data"]["options"][d]["short"] for d in row["data"])
    does = asked["task"]["options"][row["task"]]["says"]
    tried = "; ".join(
        choice(*each) for each in base_plans()[row["task"], row["data"][0]]["choices"]
    )
    tools = zip(row.get("tools", ()), linked(row.get("tools", ())), strict=True)
    parts = [
        part("beat", f"{row['beat']}.", "Beat this first"),
        part("order", f"{tried}.", "Try, in this order"),
        part("fools", row["fools"], TITLES["fools"]),
        *(part(f"tool-{tool}", said, "Use today") for tool, said in tools),
    ]
    if "precedents" in row:
        done = "; ".join(precedent(p, keys) for p in row["precedents"])
        parts.append(part("precedents", f"{done}.", "Done in science"))
    return article("plan", f"{row['task']} {' '.join(row['data'])}", f"{does}: {data}", parts)


def precedent(row, keys):
    """What was done, and where it can be read."""
    if "refs" in row:
        return f"{row['what']} {{cite:p}}`{','.join(keys[number] for number in row['refs'])}`"
    return f"{row['what']} ([{row['by']}](https://doi.org/{row['doi']}))"


def task(name, row):
    """What holds for a task whatever the data."""
    title = rules()["questions"]["task"]["options"][name]["says"]
    floor = part("floor", f"{row['floor']}.", "If the cheap method comes first, beat")
    fails = part("fails", row["fails"], "If it fails")
    return article("task", name, title, [*sentences(row), fails, floor])


def condition(name, row):
    """What a condition adds, one article for each family of tasks."""
    asked = rules()["questions"]
    known = {**asked["conditions"]["options"], **asked["labelled"]["options"]}
    title = (known | asked["amount"]["options"])[name]
    title = title["says"] if name in asked["conditions"]["options"] else title["short"]
    for number, piece in enumerate(row["pieces"]):
        which = f" ({', '.join(piece['for'])})" if "for" in piece else ""
        heading = title[0].upper() + title[1:] + which
        yield article("condition", f"{name} {number}", heading, sentences(piece))


def machine():
    """What the script needs to rank as Python does."""
    known = rules()
    choices = {
        f"{task} {data}": [[name, {q: sorted(a) for q, a in when.items()}] for name, when in rows]
        for (task, data), rows in ((key, plan["choices"]) for key, plan in base_plans().items())
    }
    cheap = {f"{task} {data}": plan.get("cheap") for (task, data), plan in base_plans().items()}
    conditions = {
        name: {
            "light": row.get("light", False),
            "test": row.get("test", ""),
            "untested": row.get("untested", []),
            "first": row.get("first", []),
            "next": row.get("next", []),
            "for": [piece.get("for", []) for piece in row["pieces"]],
        }
        for name, row in known["conditions"].items()
    }
    approaches = {
        name: {key: row.get(key, False) for key in ("name", "deep", "heavy", "tools")}
        for name, row in known["approaches"].items()
    }
    said = {"shallow": SHALLOW, "second": SECOND, "shown": SHOWN}
    asked = {
        name: {value: row["short"] for value, row in question["options"].items()}
        for name, question in known["questions"].items()
        if "options" in question
    }
    everything = {"choices": choices, "cheap": cheap, "conditions": conditions}
    everything["random"] = [
        name for name, row in known["plans"]["tasks"].items() if row.get("random")
    ]
    everything |= {"approaches": approaches, "asked": asked, "said": said}
    return json.dumps(everything).replace("</", "<\\/")


class Finder(SphinxDirective):
    """The whole page below its introduction."""

    def run(self):
        """Questions and script as they are, all pieces through the Markdown parser."""
        for path in (*sources(), *sorted(RULES.glob("finder*"))):
            self.env.note_dependency(str(path))
        known = rules()
        keys = {number: key for key, number in survey_numbers().items()}
        pieces = [plan(row, keys) for row in known["plans"]["plans"]]
        pieces += [task(name, row) for name, row in known["plans"]["tasks"].items()]
        for name, row in known["conditions"].items():
            pieces += condition(name, row)
        pieces += [approach(name, row) for name, row in known["approaches"].items()]
        data = f'<script type="application/json" id="finder-rules">{machine()}</script>'
        text = "\n\n".join(['<div id="finder-parts">', *pieces, "</div>"])
        return [
            nodes.raw("", form(known["questions"]) + data, format="html"),
            *self.parse_text_to_nodes(text, allow_section_headings=False),
        ]


def setup(app):
    """Register the directive and the page's own script and style."""
    rules.cache_clear()
    base_plans.cache_clear()
    app.add_directive("finder", Finder)
    app.add_js_file("finder.js", loading_method="defer")
    app.add_css_file("finder.css")
    return {"version": yaml.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
