"""A browser, and a server of the built site, for the tests that look at pages."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import pytest

SITE = Path(__file__).resolve().parents[2] / "_build" / "html"
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
FLAGS += ["--disable-component-update", "--no-first-run", "--disable-default-apps"]
CONSOLE = [
    "Got invalid theme mode",  # the theme, at the first visit with empty storage
]


class Quiet(SimpleHTTPRequestHandler):
    """A server that says nothing."""

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address():
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chrome = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chrome
        chrome.close()


@pytest.fixture(scope="module")
def axe():
    folder = Path(find_spec("axe_core_python").submodule_search_locations[0])
    return (folder / "axe.min.js").read_text()


@pytest.fixture(scope="module")
def tab(browser, address):
    """One page that records what goes wrong; every address outside is refused."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.far, page.errors = [], []

    def gate(route):
        if urlsplit(route.request.url).hostname == "127.0.0.1":
            return route.continue_()
        page.far.append(route.request.url)
        return route.abort()

    context.route("**/*", gate)
    page.on("console", lambda m: page.errors.append(m.text) if ours(m) else None)
    page.on("pageerror", lambda e: page.errors.append(str(e)))
    yield page
    context.close()


def ours(message):
    """An error on the console that the theme does not cause."""
    return message.type == "error" and not any(part in message.text for part in CONSOLE)
