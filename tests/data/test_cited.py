import errno
import hashlib
import http.server
import os
import subprocess
import sys
import threading

import pytest

from helpers.data import cited

CONTENT = b"0123456789" * 5000
CHILD = """
import sys
from helpers.data import cited
source = cited.Source("demo", "demo/a.bin", int(sys.argv[2]), sys.argv[3], sys.argv[1], "", "", "")
cited.registry = lambda: {"demo/a.bin": source}
sys.stdout.write(str(cited.fetch_file("demo/a.bin").stat().st_size))
"""


class Handler(http.server.BaseHTTPRequestHandler):
    hits = 0

    def do_GET(self):
        Handler.hits += 1
        if self.path == "/gone":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT[:1000] if self.path == "/cut" else CONTENT)

    def log_message(self, *_):
        pass


@pytest.fixture
def address(monkeypatch, tmp_path):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    Handler.hits = 0
    monkeypatch.setenv("HELPERS_DATA", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def register(monkeypatch):
    def put(url, size=50_000, content=CONTENT):
        digest = hashlib.sha256(content).hexdigest()
        source = cited.Source("demo", "demo/a.bin", size, digest, url, "", "", "")
        monkeypatch.setattr(cited, "registry", lambda: {"demo/a.bin": source})
        return source

    return put


def leftovers(tmp_path):
    return [f for f in (tmp_path / "cache").rglob("*") if f.is_file()]


def test_a_file_is_fetched_once_and_then_found(address, register, capfd):
    register(address + "/a")
    folder = cited.fetch("demo")
    assert (folder / "a.bin").read_bytes() == CONTENT
    assert cited.fetch("demo") == folder
    assert Handler.hits == 1
    assert capfd.readouterr() == ("", "")


def test_wrong_checksum_of_a_download_leaves_nothing(address, register, tmp_path):
    register(address + "/a", content=b"something else")
    with pytest.raises(cited.DataDamaged, match="wrong checksum .* nothing was stored"):
        cited.fetch_file("demo/a.bin")
    assert leftovers(tmp_path) == []


def test_truncated_download_leaves_nothing(address, register, tmp_path):
    register(address + "/cut")
    with pytest.raises(cited.DataUnavailable, match="/cut"):
        cited.fetch_file("demo/a.bin")
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize(("size", "found"), [(10, "more than 10"), (60_000, "50000")])
def test_a_download_of_another_size_is_refused(address, register, tmp_path, size, found):
    register(address + "/a", size=size)
    with pytest.raises(cited.DataDamaged, match=f"sent {found} bytes, expected {size}"):
        cited.fetch_file("demo/a.bin")
    assert leftovers(tmp_path) == []


def test_no_network_says_what_to_do(address, register):
    register("http://127.0.0.1:9/nobody-listens")
    with pytest.raises(
        cited.DataUnavailable, match="connect to the network .* or set HELPERS_DATA"
    ):
        cited.fetch_file("demo/a.bin")
    register(address + "/gone")
    with pytest.raises(cited.DataUnavailable, match="HTTP status 404"):
        cited.fetch_file("demo/a.bin")


def test_no_space_left(address, register, monkeypatch):
    import pooch

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    register(address + "/a")
    monkeypatch.setattr(pooch, "retrieve", full)
    with pytest.raises(cited.DataUnavailable, match=r"no space left in .* \(50000 bytes\)"):
        cited.fetch_file("demo/a.bin")


def test_a_folder_that_cannot_be_written(address, register, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("HELPERS_DATA", str(tmp_path / "file"))
    register(address + "/a")
    with pytest.raises(cited.DataUnavailable, match="HELPERS_DATA to a folder you may write to"):
        cited.fetch_file("demo/a.bin")


def test_two_processes_at_once_both_succeed(address, register):
    source = register(address + "/a")
    command = [sys.executable, "-c", CHILD, source.url, str(source.bytes), source.sha256]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ) for _ in range(2)]
    assert [p.communicate(timeout=60)[0] for p in both] == [b"50000", b"50000"]
    assert [p.returncode for p in both] == [0, 0]
    assert cited.fetch_file("demo/a.bin").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("content", "message"),
    [(CONTENT[:-1], "expected 50000 bytes, found 49999"), (b"x" * 50_000, "expected SHA-256")],
)
def test_a_bad_copy_in_the_folder_is_refused_and_kept(
    address, register, tmp_path, content, message
):
    register(address + "/a")
    file = tmp_path / "cache" / "demo" / "a.bin"
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    with pytest.raises(cited.DataDamaged, match=f"{message}.*delete it and run again"):
        cited.fetch_file("demo/a.bin")
    assert file.read_bytes() == content
    assert Handler.hits == 0


def test_unknown_names_list_the_known_ones():
    with pytest.raises(ValueError, match="unknown data set 'corra', registered are .*cora"):
        cited.fetch("corra")
    with pytest.raises(ValueError, match="unknown file '../../etc/passwd'"):
        cited.fetch_file("../../etc/passwd")


def test_the_registry_is_complete():
    for name, source in cited.registry().items():
        assert name == source.file
        assert name.split("/")[0] == source.dataset
        assert len(source.sha256) == 64
        assert source.bytes > 0
        assert source.url.startswith("https://")
        assert source.licence
        assert source.cite


def test_without_the_variable_the_cache_is_the_user_s(monkeypatch):
    monkeypatch.delenv("HELPERS_DATA", raising=False)
    assert "executable-survey" in str(cited.cache_folder())


def test_every_registered_file_of_a_set_is_verified(cited_data):
    assert cited.fetch("citeseer") == cited_data / "citeseer"
    assert cited.fetch("mouse-openfield").is_dir()


def test_a_home_folder_may_be_written_with_a_tilde(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HELPERS_DATA", "~/data")
    assert cited.cache_folder() == tmp_path / "data"
