"""Cited data sets, fetched once and verified (survey 2.2; every chapter marked "cited").

The table ``sources.csv`` beside this file names each file, its address pinned to a commit, its
size and SHA-256, its licence and whom to cite. Files go to a cache folder of your user account;
the environment variable ``HELPERS_DATA`` names another one, which may be read-only. This is the
only module of the package that touches the network.
"""

import csv
import errno
import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path

TABLES = ("sources.csv", "blood-cells.csv")  # a set of hundreds of files has one of its own


class DataUnavailable(RuntimeError):
    """A cited file is not at hand and cannot be fetched; the message says what to do."""


class DataDamaged(DataUnavailable):
    """A file is there, or arrived, but is not the registered one: wrong size or checksum."""


@dataclass(frozen=True)
class Source:
    """One registered file: where it comes from, how long it is, what it is used for."""

    dataset: str
    file: str
    bytes: int
    sha256: str
    url: str
    licence: str
    cite: str
    use: str


@lru_cache(maxsize=1)
def registry():
    """Read the table of cited files.

    Returns
    -------
    dict from file name ("esol/delaney-processed.csv") to Source.

    Examples
    --------
    >>> registry()["cora/ind.cora.x"].licence
    'MIT (repository)'
    """
    home, rows = resources.files("helpers.data"), []
    for table in TABLES:
        rows += csv.DictReader((home / table).read_text(encoding="utf-8").splitlines())
    return {r["file"]: Source(**{**r, "bytes": int(r["bytes"])}) for r in rows}


def cache_folder():
    """Say where cited files are kept: ``HELPERS_DATA``, or a cache of your user account."""
    import pooch

    return Path(os.environ.get("HELPERS_DATA") or pooch.os_cache("executable-survey")).expanduser()


def fetch(dataset):
    """Fetch all files of a cited data set, or find them in the cache.

    Parameters
    ----------
    dataset : a name of the registry, for example "cora".

    Returns
    -------
    pathlib.Path of the folder that holds the files; each one's size and SHA-256 were verified.

    Raises
    ------
    ValueError : for a name that is not registered (the message lists those that are).
    DataUnavailable : absent and no network, no room, or a folder that cannot be written to.
    DataDamaged : a file has the wrong size or checksum.
    """
    files = [s.file for s in registry().values() if s.dataset == dataset]
    if not files:
        known = ", ".join(sorted({s.dataset for s in registry().values()}))
        raise ValueError(f"fetch: unknown data set {dataset!r}, registered are {known}")
    return [fetch_file(name) for name in files][0].parent


def fetch_file(name):
    """Fetch one cited file, or find it in the cache.

    Parameters
    ----------
    name : a file of the registry, for example "esol/delaney-processed.csv".

    Returns
    -------
    pathlib.Path of the verified file. A download goes to a temporary name, is verified there and
    then renamed, so an interrupted one leaves nothing and two processes do not disturb each other.

    Raises
    ------
    ValueError, DataUnavailable, DataDamaged : as in ``fetch``.
    """
    if name not in registry():
        raise ValueError(
            f"fetch_file: unknown file {name!r}, expected one of helpers/data/sources.csv"
        )
    source = registry()[name]
    path = cache_folder() / source.file
    if path.is_file():
        _verify(source, path)
    else:
        _download(source, path)
    return path


def _verify(source, path):
    """Compare size and SHA-256 of a file with the registered ones."""
    size = path.stat().st_size
    if size != source.bytes:
        raise DataDamaged(
            f"{path} is damaged: expected {source.bytes} bytes, found {size}; "
            "delete it and run again to fetch a fresh copy"
        )
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != source.sha256:
        raise DataDamaged(
            f"{path} is not the registered file: expected SHA-256 {source.sha256[:12]}..., "
            f"found {found[:12]}...; delete it and run again to fetch a fresh copy"
        )


def _download(source, path):
    """Fetch a file with pooch and turn every failure into one sentence."""
    import pooch
    import requests

    pooch.get_logger().setLevel("WARNING")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        pooch.retrieve(
            source.url,
            f"sha256:{source.sha256}",
            fname=path.name,
            path=path.parent,
            downloader=_bounded(source),
        )
    except requests.RequestException as error:
        raise DataUnavailable(
            f"{source.file} is not in {cache_folder()} and {source.url} could not be fetched "
            f"({_reason(error)}); connect to the network and run again, or set HELPERS_DATA "
            "to a folder that holds it"
        ) from error
    except OSError as error:
        raise DataUnavailable(_disk(source, path, error)) from error
    except ValueError as error:  # pooch's word for a wrong checksum
        raise DataDamaged(
            f"{source.url} sent a file with a wrong checksum (expected SHA-256 "
            f"{source.sha256[:12]}...), nothing was stored; run again, and report it if it persists"
        ) from error


def _bounded(source):
    """Build pooch's downloader: stream to a file, never more than the registered bytes."""

    def download(url, output, _pooch):
        import requests

        size = 0
        with requests.get(url, stream=True, timeout=30) as reply, open(output, "wb") as file:
            reply.raise_for_status()
            for chunk in reply.iter_content(1 << 16):
                size += len(chunk)
                if size > source.bytes:
                    break
                file.write(chunk)
        if size != source.bytes:
            found = f"more than {source.bytes}" if size > source.bytes else str(size)
            raise DataDamaged(
                f"{url} sent {found} bytes, expected {source.bytes}, nothing was stored; "
                "run again, and report it if it persists"
            )

    return download


def _reason(error):
    """Say in two or three words why a request failed."""
    reply = getattr(error, "response", None)
    return f"HTTP status {reply.status_code}" if reply is not None else type(error).__name__


def _disk(source, path, error):
    """Say in one sentence why a file could not be stored."""
    if error.errno == errno.ENOSPC:
        return (
            f"no space left in {path.parent} for {source.file} ({source.bytes} bytes): "
            "free some, or set HELPERS_DATA to a folder on another disk"
        )
    return (
        f"{source.file} is not in {cache_folder()} and cannot be stored there "
        f"({error.strerror or error}): set HELPERS_DATA to a folder you may write to"
    )
