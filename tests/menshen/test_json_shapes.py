# SPDX-License-Identifier: Apache-2.0
"""What `--json` prints is what docs/schemas says, on the real machine."""

from __future__ import annotations

import json

import jsonschema
import pytest
from commandline import ROOT, menshen


def checked(name, text):
    schema = json.loads((ROOT / "docs" / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    document = json.loads(text)
    jsonschema.validate(document, schema, cls=jsonschema.Draft202012Validator)
    return document


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("coverage", ["coverage"]),
        ("controls", ["controls"]),
        ("tables", ["tables"]),
        ("query", ["query", "SELECT uid, username, NULL AS absent FROM users"]),
    ],
)
def test_documents_have_their_shape(name, arguments):
    """Each command's document passes its schema, and is the only thing on stdout."""
    assert checked(name, menshen(*arguments, "--json").stdout)


def test_lint_of_a_clean_catalogue_is_an_empty_list():
    """Nothing wrong is an empty JSON list, not silence."""
    assert [] == checked("lint", menshen("lint", "--json").stdout)


def test_audit_and_drift(tmp_path):
    """An audit's document has its shape and enough Linux controls; a second audit makes drift speak of the same ledger."""
    ledger = str(tmp_path / "ledger.db")
    first = checked("audit", menshen("audit", "--json", "--ledger", ledger, expected=(1, 3)).stdout)
    menshen("audit", "--json", "--ledger", ledger, expected=(1, 3))
    drift = checked("drift", menshen("drift", "--json", "--ledger", ledger, expected=(0, 1, 3)).stdout)

    stands = checked("verify", menshen("verify", "--json", "--ledger", ledger).stdout)

    assert (2, []) == (stands["runs"], stands["problems"])
    linux = {finding["control"] for finding in first["findings"] if finding["kind"] == "linux"}
    assert len(linux) >= 60
    assert len(first["findings"]) == sum(first["summary"].values())
    assert drift["since"] < "9999"


def test_pack(tmp_path):
    """A pack's queries are told apart: right, wrong, and not served."""
    pack = tmp_path / "pack.conf"
    pack.write_text(
        json.dumps(
            {
                "queries": {
                    "good": {"query": "SELECT * FROM users;", "interval": 60},
                    "bad": {"query": "SELECT nothing FROM users", "interval": 60},
                    "unserved": {"query": "SELECT * FROM docker_images", "interval": 60},
                }
            }
        )
    )
    document = checked("pack", menshen("query", "--pack", str(pack), "--json", expected=(1,)).stdout)

    assert {"good": "ok", "bad": "error", "unserved": "unserved"} == {one["name"]: one["status"] for one in document["results"]}


def test_query_errors_are_one_line_and_code_two():
    """A wrong query prints nothing on stdout and one line on stderr."""
    done = menshen("query", "--json", "SELECT usename FROM users", expected=(2,))

    assert ("", 1) == (done.stdout, done.stderr.count("\n"))
    assert "username" in done.stderr
