# SPDX-License-Identifier: Apache-2.0
"""WS-Management envelopes: what a client asks, and the answers and faults it is given (MS-WSMV)."""

from __future__ import annotations

import base64
import re
import uuid
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
CMD = f"{SHELL}/cmd"
SPACES = (
    'xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
    f'xmlns:a="{ADDRESSING}" xmlns:x="{TRANSFER}" xmlns:rsp="{SHELL}" '
    'xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" '
    'xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"'
)

# WSManFault codes that clients know.
TIMED_OUT = 2150858793
UNKNOWN_SHELL = 2150858843
UNKNOWN_ACTION = 2150858752
ACCESS_DENIED = 5


class FaultError(Exception):
    """What the service answers instead of doing what it was asked."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass
class Request:
    """One message: `action` is the last word of the action, `seconds` the operation's time limit."""

    action: str
    message: str
    shell: str
    seconds: float
    command: str = ""
    arguments: str = ""
    command_id: str = ""
    stream: bytes = b""
    end: bool = False
    options: dict[str, str] = field(default_factory=dict)


def read(body: bytes) -> Request:
    """Read a message; raises ET.ParseError where it is none."""
    root = ET.fromstring(body)  # noqa: S314 - our own test client sent it

    def find(name):
        return next((node for node in root.iter() if node.tag.rpartition("}")[2] == name), None)

    def text(name):
        node = find(name)
        return (node.text or "") if node is not None else ""

    stream, receive, signal = find("Stream"), find("DesiredStream"), find("Signal")
    holder = next((node for node in (stream, receive, signal) if node is not None), None)
    seconds = re.fullmatch(r"PT(\d+(?:\.\d+)?)S", text("OperationTimeout"))
    return Request(
        action=text("Action").rpartition("/")[2],
        message=text("MessageID"),
        shell=next((node.text or "" for node in root.iter() if node.get("Name") == "ShellId"), ""),
        seconds=float(seconds[1]) if seconds else 60.0,
        command=text("Command"),
        arguments=text("Arguments"),
        command_id=holder.get("CommandId", "") if holder is not None else "",
        stream=base64.b64decode(stream.text or "") if stream is not None else b"",
        end=stream is not None and stream.get("End") == "true",
        options={node.get("Name", ""): node.text or "" for node in root.iter() if node.tag.endswith("}Option")},
    )


def answer(request: Request, action: str, body: str) -> bytes:
    """Wrap an answer's body."""
    return (
        f"<s:Envelope {SPACES}><s:Header><a:Action>{action}</a:Action><a:MessageID>uuid:{uuid.uuid4()}</a:MessageID>"
        f"<a:To>{ADDRESSING}/role/anonymous</a:To><a:RelatesTo>{escape(request.message)}</a:RelatesTo></s:Header>"
        f"<s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def fault(request: Request, error: FaultError) -> bytes:
    """Say why not, as the service does."""
    return answer(
        request,
        f"{ADDRESSING}/fault",
        "<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>w:InternalError</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en-US">{escape(str(error))}</s:Text></s:Reason>'
        f'<s:Detail><f:WSManFault Code="{error.code}"><f:Message>{escape(str(error))}</f:Message></f:WSManFault></s:Detail>'
        "</s:Fault>",
    )


def created(shell: str) -> str:
    """Name the shell that was made."""
    return (
        f"<x:ResourceCreated><a:Address>http://localhost/wsman</a:Address><a:ReferenceParameters><w:ResourceURI>{CMD}"
        f'</w:ResourceURI><w:SelectorSet><w:Selector Name="ShellId">{shell}</w:Selector></w:SelectorSet>'
        "</a:ReferenceParameters></x:ResourceCreated>"
    )


def received(command: str, out: bytes, err: bytes, code: int | None) -> str:
    """Give what a command has printed since the last time, and its exit code where it is done."""
    streams = "".join(
        f'<rsp:Stream Name="{name}" CommandId="{command}">{base64.b64encode(data).decode()}</rsp:Stream>'
        for name, data in (("stdout", out), ("stderr", err))
        if data
    )
    state = "Running" if code is None else "Done"
    exit_code = "" if code is None else f"<rsp:ExitCode>{code}</rsp:ExitCode>"
    return (
        f'<rsp:ReceiveResponse>{streams}<rsp:CommandState CommandId="{command}" State="{SHELL}/CommandState/{state}">'
        f"{exit_code}</rsp:CommandState></rsp:ReceiveResponse>"
    )
