"""The book's data files, each parsed once a build and again when it changes."""

import functools

import yaml


@functools.cache
def parsed(path, changed):
    """The content of a YAML file as it was at the time `changed`."""
    return yaml.safe_load(path.read_text())


def read_yaml(path):
    """The content of a YAML file; callers must not change it."""
    return parsed(path, path.stat().st_mtime_ns)
