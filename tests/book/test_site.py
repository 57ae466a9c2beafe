"""The built site as files: links, anchors, alt texts, weights, and settings that must agree."""

import re
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
sys.path += [str(ROOT / "book" / "_ext"), str(ROOT / "tools")]
import curriculum  # noqa: E402

CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text())
URL = CONFIG["repository"]["url"]

built = pytest.mark.skipif(
    not (SITE / "book" / "index.html").exists(), reason="the site is not built: run `make book`"
)


class Page(HTMLParser):
    """Ids, links, images and scripts of one page."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.images, self.loads, self.base = set(), [], [], [], None
        self.feed(path.read_text())

    def handle_starttag(self, tag, attrs):
        at = dict(attrs)
        self.ids.update(at[key] for key in ("id", "name") if at.get(key))
        if tag == "base":
            self.base = at.get("href")
        if tag == "a" and at.get("href"):
            self.links.append(at["href"])
        if tag == "img":
            self.images.append(at)
        if tag in ("script", "img", "iframe", "source") and at.get("src"):
            self.loads.append(at["src"])
        if tag == "link" and at.get("rel") in ("stylesheet", "icon", "preload", "shortcut icon"):
            self.loads.append(at["href"])


@cache
def page(path):
    return Page(path)


def pages():
    """Every page of the site; the root's 404 page is a copy with a base address."""
    return [path for path in sorted(SITE.rglob("*.html")) if "_static" not in path.parts]


def targets(path, addresses):
    """(address, file, fragment) of those addresses that stay on the site."""
    for address in addresses:
        split = urlsplit(address)
        if split.scheme or split.netloc or address.startswith(("javascript:", "mailto:")):
            continue
        file = (path.parent / unquote(split.path)).resolve() if split.path else path
        yield address, file / "index.html" if file.is_dir() else file, unquote(split.fragment)


def missing_targets(path):
    """What one page points to that is not there."""
    this, lost = page(path), []
    for address, file, fragment in targets(path, this.links + this.loads):
        if not file.exists():
            lost.append(f"{path.relative_to(SITE)} -> {address}: no such file")
        elif fragment and file.suffix == ".html" and fragment not in page(file).ids:
            lost.append(f"{path.relative_to(SITE)} -> {address}: no such anchor")
    return lost


def notebooks():
    return {f"notebooks/{chapter.name}" for chapter in curriculum.written()}


def test_every_notebook_has_its_yml():
    found = {f"{p.parent.name}/{p.stem}" for p in ROOT.glob("notebooks/*/*.ipynb")}
    lost = found - {chapter.name for chapter in curriculum.chapters()}
    assert not lost, f"no yml beside {sorted(lost)}: make new CHAPTER=part/name writes one"


def test_every_page_and_part_is_in_the_table_of_contents():
    text = (ROOT / "_toc.yml").read_text()
    lost = [p for p in (ROOT / "book").rglob("*.md") if str(p.relative_to(ROOT))[:-3] not in text]
    assert lost == []
    assert all(f"glob: notebooks/{part}/*" in text for part in curriculum.PARTS)


@built
def test_chapters_stand_in_the_order_of_the_curriculum():
    text = (SITE / "book" / "index.html").read_text()
    sidebar = text.split("bd-links", 1)[1].split("</nav>")[0]
    found = re.findall(r'href="\.\./(notebooks/[^"]+)\.html"', sidebar)
    assert found == [f"notebooks/{chapter.name}" for chapter in curriculum.written()]


@pytest.mark.parametrize("name", ["pyproject.toml", "CITATION.cff", "environment.yml", "README.md"])
def test_the_address_of_the_repository_is_the_same_everywhere(name):
    text = (ROOT / name).read_text()
    found = set(re.findall(r"https://github\.com/[\w.-]+/[\w.-]*survey[\w-]*", text))
    found = {address.removesuffix(".git") for address in found}
    assert found <= {URL}, f"{name} says {found - {URL}}, _config.yml says {URL}"


def test_the_theme_gets_the_same_address_and_buttons():
    options = CONFIG["sphinx"]["config"]["html_theme_options"]
    assert options["repository_url"] == URL
    assert options["launch_buttons"] == CONFIG["launch_buttons"]
    owner, name = URL.split("/")[-2:]
    assert CONFIG["html"]["baseurl"] == f"https://{owner}.github.io/{name}"


def test_workflows_and_issue_forms_name_no_other_repository():
    for path in (ROOT / ".github").rglob("*.yml"):
        for address in re.findall(
            r"https://github\.com/[\w-]+/[\w-]*survey[\w-]*", path.read_text()
        ):
            assert address == URL, f"{path.relative_to(ROOT)} says {address}"


def test_a_bibliography_key_means_one_work():
    from chapter import entries

    seen = {}
    for path in curriculum.bibliographies():
        for key, entry in entries(path.read_text()):
            title = re.search(r"\btitle\s*=\s*[{\"](.+?)[}\"],?\s*$", entry, re.M | re.I)
            assert title, f"{path.name}: {key} has no title"
            words = re.sub(r"[^a-z0-9]", "", title[1].lower())
            other, where = seen.setdefault(key, (words, path.name))
            assert words == other, f"{path.name} and {where} use {key} for different works"


def test_the_parser_of_bibliographies_sees_every_entry():
    from chapter import entries

    text = "@book{a2020b,\n title={x}\n}\n@article{c2021d,\n title={y}}\n"
    assert [key for key, _ in entries(text)] == ["a2020b", "c2021d"]


@built
def test_every_link_and_anchor_of_the_site_resolves():
    lost = [line for path in pages() if page(path).base is None for line in missing_targets(path)]
    assert not lost, "\n".join(sorted(set(lost))[:40])


@built
def test_a_broken_link_is_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "SITE", tmp_path)
    (tmp_path / "a.html").write_text('<p id="x"></p><a href="b.html">1</a><a href="#y">2</a>')
    assert len(missing_targets(tmp_path / "a.html")) == 2


@built
def test_images_say_what_they_show():
    for path in pages():
        for image in page(path).images:
            alt, where = image.get("alt"), f"{path.relative_to(SITE)}: {image.get('src', '')[:60]}"
            assert alt is not None, f"{where} has no alt text"
            assert not re.search(r"\.(png|jpe?g|svg)$", alt), f"{where} has a file name as alt text"
            assert alt or "_static" in image.get("src", ""), f"{where} has an empty alt text"


@built
def test_nothing_is_loaded_from_another_machine():
    for path in pages():
        if page(path).base is None:
            far = [src for src in page(path).loads if urlsplit(src).netloc]
            assert not far, f"{path.relative_to(SITE)} loads {far}"


@built
@pytest.mark.parametrize("name", sorted(notebooks()))
def test_a_chapter_weighs_less_than_a_megabyte(name):
    path = SITE / f"{name}.html"
    if not path.exists():
        pytest.skip("the chapter is newer than the site: run `make book`")
    images = {(path.parent / i["src"]).resolve() for i in page(path).images if "src" in i}
    weight = path.stat().st_size + sum(p.stat().st_size for p in images if p.exists())
    assert weight < 1_000_000, f"{name} weighs {weight / 1e6:.2f} MB"


@built
def test_there_is_a_sitemap_a_404_page_and_a_preview():
    sitemap = (SITE / "sitemap.xml").read_text()
    assert sitemap.count("<loc>") >= 20
    assert "/book/index.html" in sitemap
    assert "404" not in sitemap
    assert "noindex" in (SITE / "book" / "404.html").read_text()
    assert page(SITE / "404.html").base.startswith(CONFIG["html"]["baseurl"])
    assert (SITE / "_static" / "social.png").stat().st_size < 300_000
    for name in ("index.html", "book/index.html"):
        assert 'property="og:description"' in (SITE / name).read_text(), name


@built
def test_links_to_notebooks_have_no_dot_in_their_path():
    for path in (SITE / "notebooks").rglob("*.html"):
        text = path.read_text()
        assert "/./" not in text.split("<article")[0]
        name = path.relative_to(SITE).with_suffix(".ipynb").as_posix()
        assert f"colab.research.google.com/github/{URL.split('/', 3)[3]}/blob/main/{name}" in text
        assert f"urlpath=lab/tree/{name}" in text


@built
def test_ids_are_unique_on_every_page():
    for path in pages():
        ids = re.findall(r'<[^>]+\sid="([^"]+)"', path.read_text())
        twice = {name for name in ids if ids.count(name) > 1}
        assert not twice, f"{path.relative_to(SITE)}: {sorted(twice)[:5]}"


@pytest.mark.parametrize("stamp", [None, "sources older"])
def test_a_halved_build_and_that_of_an_older_builder_are_dropped(stamp, tmp_path, monkeypatch):
    import build

    monkeypatch.setattr(build, "SITE", tmp_path / "html")
    monkeypatch.setattr(build, "STAMP", tmp_path / "stamp")
    for folder in ("html", ".doctrees"):
        (tmp_path / folder).mkdir()
    (tmp_path / "stamp").write_text("sources builders")
    build.drop("builders")
    assert (tmp_path / "html").exists(), "a finished build is kept"
    (tmp_path / "stamp").write_text(stamp) if stamp else (tmp_path / "stamp").unlink()
    build.drop("builders")
    assert not (tmp_path / "html").exists()
    assert not (tmp_path / ".doctrees").exists()


def test_what_is_proved_ages_with_the_code_it_rests_on():
    behind = {path.relative_to(ROOT).as_posix() for path in curriculum.evidence()}
    chapter = "notebooks/4-models/supervised-learning"
    assert {f"{chapter}.{kind}" for kind in ("yml", "ipynb", "proofs.json")} <= behind
    assert {"helpers/train/loop.py", "constraints.txt"} <= behind


@built
@pytest.mark.parametrize("part", sorted(p.stem for p in ROOT.glob("book/parts/*.md")))
def test_a_part_page_links_what_runs_and_marks_what_is_planned(part):
    text = (SITE / "book" / "parts" / f"{part}.html").read_text().split("<article", 1)[1]
    for chapter in curriculum.chapters():
        if chapter.part == part:
            linked = f'href="../../notebooks/{chapter.name}.html"' in text.split("</article>")[0]
            assert linked == chapter.written, f"{chapter.name}: linked {linked}"
