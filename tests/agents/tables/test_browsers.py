# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import hashlib
import json

import pytest

from agents.source import NotObservedError

PASSWD = {"/etc/passwd": "ann:x:1000:1000::/home/ann:/bin/sh\n"}
PROFILE = "/home/ann/.config/google-chrome/Default"
KNOWN, STRAY = "a" * 32, "b" * 32
MANIFEST = json.dumps({
    "name": "__MSG_appName__", "version": "1.2", "default_locale": "en", "permissions": ["tabs", {"socket": []}],
    "optional_permissions": ["history"], "background": {"persistent": True}, "author": {"email": "a@example.org"},
})  # fmt: skip
SETTING = {"path": f"{KNOWN}/1.2_0", "state": 1, "from_webstore": True, "install_time": "13300000000000000"}


def profile(**files: str) -> dict:
    """Lay a profile with one extension it knows."""
    return {
        **PASSWD,
        f"{PROFILE}/Preferences": json.dumps({"profile": {"name": "工作"}}),
        f"{PROFILE}/Secure Preferences": json.dumps({"extensions": {"settings": {KNOWN: SETTING, "gone": {"state": 0}}}}),
        f"{PROFILE}/Extensions/{KNOWN}/1.2_0/manifest.json": MANIFEST,
        f"{PROFILE}/Extensions/{KNOWN}/1.2_0/_locales/en/messages.json": json.dumps({"APPNAME": {"message": "Reader"}}),
        **files,
    }


def test_an_extension_is_told_with_its_profile_and_permissions(record, rows):
    """Names are taken from the locale, times from 1601, lists joined, the manifest hashed."""
    (row,) = rows("chrome_extensions", record(profile()))
    assert {
        "browser_type": "chrome", "uid": 1000, "profile": "工作", "profile_path": PROFILE, "name": "Reader", "version": "1.2",
        "identifier": KNOWN, "referenced": 1, "from_webstore": "true", "state": "1", "install_time": "13300000000000000",
        "install_timestamp": 1655526400, "permissions": 'tabs, {"socket": []}', "optional_permissions": "history", "persistent": 1,
        "manifest_hash": hashlib.sha256(MANIFEST.encode()).hexdigest(), "path": f"{PROFILE}/Extensions/{KNOWN}/1.2_0",
    }.items() <= row.items()  # fmt: skip


def test_an_extension_the_profile_does_not_know_is_told_too(record, rows):
    """What lies in the folder without being referred to may have been put there; a folder without a manifest is none."""
    stray = {f"{PROFILE}/Extensions/{STRAY}/9/manifest.json": '{"name": "x", "version": "9"}', f"{PROFILE}/Extensions/Temp/x": ""}
    found = rows("chrome_extensions", record(profile(**stray)))
    assert [(KNOWN, 1), (STRAY, 0)] == [(row["identifier"], row["referenced"]) for row in found]


def test_reasons_to_be_off_count_where_no_state_is_kept(record, rows):
    """Newer profiles keep only the reasons."""
    for reasons, state in (([], "1"), ([1], "0")):
        setting = {KNOWN: {"path": "/opt/unpacked", "disable_reasons": reasons, "manifest": {"name": "Dev"}}}
        files = profile(**{f"{PROFILE}/Secure Preferences": json.dumps({"extensions": {"settings": setting}})})
        assert [("Dev", "/opt/unpacked", state)] == [
            (row["name"], row["path"], row["state"]) for row in rows("chrome_extensions", record(files))
        ]


@pytest.mark.parametrize("text", ["{", "[]", "[" * 100_000, '"x"'], ids=["cut", "list", "deep", "text"])
def test_a_damaged_profile_is_not_observed(record, rows, text):
    """A profile that cannot be understood must not look like one without extensions."""
    with pytest.raises(NotObservedError, match="Preferences"):
        rows("chrome_extensions", record({**PASSWD, f"{PROFILE}/Preferences": text}))


def test_addons_of_firefox(record, rows):
    """Each add-on is a row; one that is odd has empty cells."""
    addon = {
        "id": "u@x",
        "version": "2",
        "type": "extension",
        "active": False,
        "userDisabled": True,
        "defaultLocale": {"name": "U"},
        "applyBackgroundUpdates": 1,
    }
    host = record(
        {
            **PASSWD,
            "/home/ann/.mozilla/firefox/p.default/extensions.json": json.dumps({"addons": [addon, 5]}),
            "/home/ann/.mozilla/firefox/profiles.ini": "",
        }
    )
    first, second = rows("firefox_addons", host)
    assert ("U", "u@x", "2", 0, 1, 1) == tuple(
        first[name] for name in ("name", "identifier", "version", "active", "disabled", "autoupdate")
    )
    assert ("", "") == (second["name"], second["identifier"])
