"""What a page tells other machines: previews of links, the sitemap, the page for lost readers."""

import re
from html import escape
from pathlib import Path

from docutils import nodes

NAME = "The executable survey"
ABOUT = "The methods of a survey of deep learning for science: run, checked, ready for your data."
APART = {"book/404"}  # built, but not to be found by a search engine


def first_paragraph(doctree):
    """What a page says first, as its description; its question where it has one."""
    for node in doctree.findall(nodes.paragraph) if doctree is not None else ():
        said = " ".join(node.astext().split())
        if len(said) > 30:
            return said if len(said) <= 200 else said[:197].rsplit(" ", 1)[0] + " ..."
    return ABOUT


def tags(base, page, title, about):
    """The lines of the head by which other sites show a link to a page."""
    said = {
        "og:title": title,
        "og:type": "website",
        "og:url": f"{base}/{page}.html",
        "og:site_name": NAME,
        "og:image": f"{base}/_static/social.png",
        "og:image:alt": "The executable survey: deep learning for science, run and checked",
        "og:description": about,
    }
    lines = [
        f'<meta property="{key}" content="{escape(text, True)}"/>' for key, text in said.items()
    ]
    lines.append(f'<meta name="description" content="{escape(about, True)}"/>')
    lines.append('<meta name="twitter:card" content="summary_large_image"/>')
    return "\n".join(lines)


def social_preview(app, pagename, templatename, context, doctree):
    """Add the lines to a page."""
    base = app.config.html_baseurl.rstrip("/")
    title = re.sub("<[^>]+>", "", context.get("title") or app.config.project)
    more = tags(base, pagename, title, first_paragraph(doctree))
    if pagename in APART:
        more += '\n<meta name="robots" content="noindex"/>'
    context["metatags"] = context.get("metatags", "") + more


def write_sitemap(app, error):
    """sitemap.xml, robots.txt, the root's page and a 404 page that works from any depth."""
    if error or app.builder.name != "html":
        return
    base, out = app.config.html_baseurl.rstrip("/"), Path(app.outdir)
    pages = sorted(set(app.env.found_docs) - APART)
    urls = "".join(f"<url><loc>{base}/{page}.html</loc></url>" for page in pages)
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    (out / "sitemap.xml").write_text(
        f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="{space}">{urls}</urlset>\n'
    )
    (out / "robots.txt").write_text(f"Sitemap: {base}/sitemap.xml\n")
    missing = out / "book" / "404.html"
    if missing.exists():
        (out / "404.html").write_text(
            missing.read_text().replace("<head>", f'<head><base href="{base}/book/">', 1)
        )
    root_page(out, base)


def root_page(site, base):
    """The page at the root, which leads to the first page and shows in a link what that shows."""
    head = tags(base, "book/index", NAME, ABOUT)
    text = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"/>\n'
        f'<title>{NAME}</title>\n<link rel="canonical" href="{base}/book/index.html"/>\n{head}\n'
        '<meta http-equiv="refresh" content="0; url=book/index.html"/></head>\n'
        f'<body><p><a href="book/index.html">{NAME}</a></p></body></html>\n'
    )
    (site / "index.html").write_text(text)


def setup(app):
    """Register the events."""
    app.connect("build-finished", write_sitemap)
    app.connect("html-page-context", social_preview)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
