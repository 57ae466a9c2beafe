"""The sidebar: no caption above its only child, the chapters of the current part in sight."""

import functools

PARTS = "By the survey's sections"


def tidied(soup):
    """The theme's list of pages, with the parts of the survey under one caption."""
    first = True
    for caption in soup.select("p.caption"):
        pages = caption.find_next_sibling("ul")
        if len(pages.find_all("li", recursive=False)) > 1:
            continue
        if first:
            caption.select_one(".caption-text").string = PARTS
            first = False
        else:
            caption.decompose()
        pages["class"] = [*pages.get("class", []), "survey-part"]
    for link in soup.select('a[href$="404.html"]'):
        link.find_parent("li").decompose()
    show_chapters(soup)
    return soup


def show_chapters(soup):
    """Open every part on pages that belong to none; the theme opens the current one."""
    parts = soup.select(".survey-part > li")
    if not any("current" in part.get("class", []) for part in parts):
        for part in parts:
            if part.details:
                part.details["open"] = "open"


def add(app, pagename, templatename, context, doctree):
    """Let the theme's function pass through `tidied`."""
    plain = context.get("generate_toctree_html")
    if plain:

        @functools.wraps(plain)
        def made(*args, **options):
            """The list of pages."""
            soup = plain(*args, **options)
            return tidied(soup) if hasattr(soup, "select") else soup

        context["generate_toctree_html"] = made


def setup(app):
    """Register the event, after the theme's."""
    app.connect("html-page-context", add, priority=950)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
