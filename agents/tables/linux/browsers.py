# SPDX-License-Identifier: Apache-2.0
"""Extensions in the web browsers of each account."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, Final

from agents.tables.linux import text_files
from agents.tables.linux.homes import document, homes, inside, names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agents.host import Host
    from agents.source import Ask, Row

CHROMIUM: Final = {
    "chrome": (".config/google-chrome",),
    "chrome_beta": (".config/google-chrome-beta",),
    "chromium": (".config/chromium", "snap/chromium/common/chromium"),
    "edge": (".config/microsoft-edge",),
    "brave": (".config/BraveSoftware/Brave-Browser",),
    "vivaldi": (".config/vivaldi",),
    "opera": (".config/opera",),
}
FIREFOX: Final = (".mozilla/firefox", "snap/firefox/common/.mozilla/firefox")
# Chromium counts microseconds from the year 1601.
EPOCH: Final = 11_644_473_600
MESSAGE: Final = re.compile(r"__MSG_(\w+)__")


def chrome_extensions(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the extensions of every profile of Chrome, Chromium, Edge and their like, those only referred to as well.

    `referenced` tells whether the profile knows the extension, `state` is 1 or 0 for enabled or not; lists are divided by
    `, `. `identifier` is the name of its folder.

    Raises:
        NotObservedError: a home cannot be read (root may), or a profile is damaged.
    """
    for uid, _, home in homes(host, ask):
        for browser, folders in CHROMIUM.items():
            for folder in (f"{home}/{place}" for place in folders):
                for profile in names(host, folder):
                    path = f"{folder}/{profile}"
                    if text_files.is_file(host, f"{path}/Preferences"):
                        rows = _profile(host, path)
                        yield from ({"browser_type": browser, "uid": uid, **row} for row in rows)


def _profile(host: Host, path: str) -> Iterator[Row]:
    preferences = document(host, f"{path}/Preferences")
    settings: dict[str, Any] = {}
    for source in (preferences, document(host, f"{path}/Secure Preferences")):
        known = inside(source, "extensions", "settings")
        settings.update(known if isinstance(known, dict) else {})
    profile = {"profile": _text(inside(preferences, "profile", "name")), "profile_path": path}
    for identifier, setting in settings.items():
        place = _text(inside(setting, "path"))
        if place:
            yield {**profile, **_referenced(setting), **_extension(host, path, identifier, place, setting)}
    for identifier in names(host, f"{path}/Extensions"):
        for version in names(host, f"{path}/Extensions/{identifier}") if identifier not in settings else ():
            found = _extension(host, path, identifier, f"{identifier}/{version}", {})
            if found["manifest_hash"]:
                yield {**profile, "referenced": 0, **found}


def _referenced(setting: Mapping[str, Any]) -> dict[str, str | int | None]:
    moment = _text(inside(setting, "install_time"))
    given = inside(setting, "state")
    # Newer profiles keep no state: an extension is off for the reasons listed, if any.
    enabled = given == 1 if given is not None else not inside(setting, "disable_reasons")
    return {
        "referenced": 1,
        "from_webstore": _text(inside(setting, "from_webstore")),
        "state": str(int(enabled)),
        "install_time": moment,
        "install_timestamp": int(moment) // 1_000_000 - EPOCH if re.fullmatch("[0-9]{1,18}", moment) else None,
    }


def _extension(host: Host, profile: str, identifier: str, place: str, setting: Mapping[str, Any]) -> dict[str, str | int | None]:
    path = place if place.startswith("/") else f"{profile}/Extensions/{place}"
    text = text_files.read(host, f"{path}/manifest.json")
    manifest = document(host, f"{path}/manifest.json") if text is not None else inside(setting, "manifest")
    locale = _text(inside(manifest, "default_locale"))
    messages = document(host, f"{path}/_locales/{locale}/messages.json") if re.fullmatch(r"\w+", locale) else {}
    return {
        "identifier": identifier,
        "referenced_identifier": identifier,
        "path": path,
        "name": _localized(inside(manifest, "name"), messages),
        "description": _localized(inside(manifest, "description"), messages),
        "version": _text(inside(manifest, "version")),
        "author": _text(inside(manifest, "author")),
        "default_locale": locale,
        "update_url": _text(inside(manifest, "update_url")),
        "key": _text(inside(manifest, "key")),
        "persistent": int(inside(manifest, "background", "persistent") is True),
        "permissions": _list(inside(manifest, "permissions")),
        "optional_permissions": _list(inside(manifest, "optional_permissions")),
        "manifest_hash": hashlib.sha256(text.encode("utf-8", "replace")).hexdigest() if text is not None else "",
        "manifest_json": json.dumps(manifest, ensure_ascii=False) if manifest else "",
    }


def _localized(value: object, messages: Mapping[str, Any]) -> str:
    texts = {name.lower(): inside(message, "message") for name, message in messages.items()}
    return MESSAGE.sub(lambda found: _text(texts.get(found[1].lower())) or found[0], _text(value))


def _list(value: object) -> str:
    return ", ".join(map(_text, value)) if isinstance(value, list) else ""


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def firefox_addons(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the add-ons of every Firefox profile, built-in ones too (`location` app-builtin or app-system-defaults).

    Raises as `chrome_extensions`.
    """
    for uid, _, home in homes(host, ask):
        for folder in (f"{home}/{place}" for place in FIREFOX):
            for profile in names(host, folder):
                addons = document(host, f"{folder}/{profile}/extensions.json").get("addons")
                for addon in addons if isinstance(addons, list) else ():
                    yield {"uid": uid, **_addon(addon)}


def _addon(addon: object) -> Row:
    disabled = any(inside(addon, key) is True for key in ("userDisabled", "appDisabled", "softDisabled"))
    return {
        "name": _text(inside(addon, "defaultLocale", "name")),
        "description": _text(inside(addon, "defaultLocale", "description")),
        "creator": _text(inside(addon, "defaultLocale", "creator")),
        "identifier": _text(inside(addon, "id")),
        "type": _text(inside(addon, "type")),
        "version": _text(inside(addon, "version")),
        "source_url": _text(inside(addon, "sourceURI")),
        "visible": int(inside(addon, "visible") is True),
        "active": int(inside(addon, "active") is True),
        "disabled": int(disabled),
        "autoupdate": int(inside(addon, "applyBackgroundUpdates") in {1, 2}),
        "location": _text(inside(addon, "location")),
        "path": _text(inside(addon, "path")),
    }
