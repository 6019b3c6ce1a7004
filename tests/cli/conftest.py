"""The command line as a scheduler runs it."""

import json
import sys

import pytest

from churn_dash.cli import main


@pytest.fixture
def command(monkeypatch, capsys):
    """Run a verb with its words: the exit code, what it printed, and what it complained of."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["churn-dash", *map(str, words)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code or 0
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def run(command):
    """The same, where a module has no shorter way of its own."""
    return command


@pytest.fixture
def answer(command):
    """The answer of a verb as JSON, or its text; with another ``code`` the sentence of its refusal."""

    def answer(*words, workspace=None, code=0, as_json=True):
        where = ("--workspace", workspace) if workspace else ()
        found, out, err = command(*words, *where, *(["--json"] if as_json else []))
        assert found == code, err
        return err if code else json.loads(out) if as_json else out

    return answer
