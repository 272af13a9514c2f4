# SPDX-License-Identifier: Apache-2.0
"""Start sushy-tools' emulator with TLS: `redfish_emulator.py PORT CERTIFICATE KEY FOLDER [basic]`.

Served by the emulator itself: root, systems, BIOS resource, its settings object, registry. It has no driver for BIOS without
libvirt, no sessions and no password action; those three are added here as DSP0266 and the Bios schema describe them.
"""

from __future__ import annotations

import copy
import secrets
import ssl
import sys

import flask
from sushy_tools.emulator import main
from sushy_tools.emulator.resources.systems.fakedriver import FakeDriver
from sushy_tools.error import NotSupportedError
from werkzeug.serving import make_server

USER, PASSWORD = "auditor", "Redfish-Pass-1"
NOW = {"ProcTurboMode": "Enabled", "BootMode": "Uefi", "SerialPort1": "Enabled", "SecureBoot": "Enabled"}
STATE: dict = {"now": dict(NOW), "coming": dict(NOW), "password": "", "set": False}
SESSIONS: dict[str, str] = {}


def get_bios(_self, _identity):
    """Give what counts now, or, to the settings object, what will."""
    return STATE["coming"] if flask.request.path.endswith("/Settings") else STATE["now"]


def set_bios(_self, _identity, attributes):
    """Take attributes for the next restart; one that does not exist is refused."""
    if any(name not in STATE["now"] for name in attributes):
        raise NotSupportedError("no such attribute")
    STATE["coming"] = {**STATE["coming"], **attributes}


def get_versions(_self, _identity):
    """Give the version of the BIOS."""
    return {"BiosVersion": "2.19.1"}


FakeDriver.get_bios, FakeDriver.set_bios, FakeDriver.get_versions = get_bios, set_bios, get_versions
app = main.app


def _error(status, message):
    answer = flask.jsonify({"error": {"code": "Base.1.0.GeneralError", "message": message}})
    answer.status_code = status
    return answer


def guarded():
    """Ask for a session, but at the root and where one is made."""
    path = flask.request.path.rstrip("/")
    if path in {"/redfish", "/redfish/v1"} or path.startswith("/tests/"):
        return None
    if path.endswith("/SessionService/Sessions") and flask.request.method == "POST":
        return None
    given = flask.request.authorization
    if given and (given.username, given.password) == (USER, PASSWORD):
        return None
    return None if flask.request.headers.get("X-Auth-Token") in SESSIONS else _error(401, "no session")


def sessions():
    """Make a session."""
    if "basic" in sys.argv:
        return _error(404, "no sessions here")
    given = flask.request.get_json()
    if (given.get("UserName"), given.get("Password")) != (USER, PASSWORD):
        return _error(401, "wrong name or password")
    token, number = secrets.token_hex(16), str(len(SESSIONS) + 1)
    SESSIONS[token] = number
    answer = flask.jsonify({"Id": number})
    answer.status_code = 201
    answer.headers["X-Auth-Token"] = token
    answer.headers["Location"] = f"/redfish/v1/SessionService/Sessions/{number}"
    return answer


def end(number):
    """End a session."""
    for token in [token for token, one in SESSIONS.items() if one == number]:
        del SESSIONS[token]
    return "", 204


def change_password(identity):  # noqa: ARG001 - the shape of the route
    """Change the administrator's password, the old one being right."""
    given = flask.request.get_json()
    if given.get("PasswordName") != "AdminPassword" or given.get("OldPassword") != STATE["password"]:
        return _error(400, "the old password is wrong")
    STATE["password"] = given["NewPassword"]
    return "", 204


def look():
    """Show the tests what the emulated server holds."""
    return flask.jsonify({**STATE, "sessions": len(SESSIONS)})


def restart():
    """Let what is pending count."""
    STATE["now"] = copy.deepcopy(STATE["coming"])
    return "", 204


def serve() -> None:
    """Serve until killed."""
    port, certificate, key, folder = sys.argv[1:5]
    app.config.update(SUSHY_EMULATOR_FAKE_DRIVER=True, SUSHY_EMULATOR_STATE_DIR=folder)
    app.before_request(guarded)
    app.add_url_rule("/redfish/v1/SessionService/Sessions", "sessions", sessions, methods=["POST"])
    app.add_url_rule("/redfish/v1/SessionService/Sessions/<number>", "end", end, methods=["DELETE"])
    app.add_url_rule(
        "/redfish/v1/Systems/<identity>/BIOS/Actions/Bios.ChangePassword", "password", change_password, methods=["POST"]
    )
    app.add_url_rule("/tests/look", "look", look)
    app.add_url_rule("/tests/restart", "restart", restart, methods=["POST"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    make_server("127.0.0.1", int(port), app, threaded=True, ssl_context=context).serve_forever()


if __name__ == "__main__":
    serve()
