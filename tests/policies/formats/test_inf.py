# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.formats import inf
from policies.formats.registry import FormatError

EXPORT = """[Unicode]
Unicode=yes
[System Access]
MinimumPasswordAge = 0
LockoutBadCount = 5
NewAdministratorName = "{admin}"
[Event Audit]
AuditSystemEvents = 0
[Registry Values]
MACHINE\\System\\CurrentControlSet\\Control\\Lsa\\RestrictAnonymous=4,1
[Privilege Rights]
SeNetworkLogonRight = *S-1-1-0,*S-1-5-32-544
SeDebugPrivilege = *S-1-5-32-544
SeTcbPrivilege =
[Version]
signature="$CHICAGO$"
Revision=1
"""


def test_an_export_gives_numbers_and_sids():
    """Sections, names and values come out as secedit wrote them, quotes taken off."""
    found = inf.load(EXPORT.format(admin="管理员").replace("\n", "\r\n").encode("utf-16"))

    assert {"MinimumPasswordAge": "0", "LockoutBadCount": "5", "NewAdministratorName": "管理员"} == found["System Access"]
    assert {"S-1-1-0", "S-1-5-32-544"} == inf.members(found["Privilege Rights"]["SeNetworkLogonRight"])
    assert set() == inf.members(found["Privilege Rights"]["SeTcbPrivilege"])
    assert "4,1" == found["Registry Values"]["MACHINE\\System\\CurrentControlSet\\Control\\Lsa\\RestrictAnonymous"]


def test_languages_give_the_same_rows():
    """The same state exported by a Chinese and an English Windows differs in the name of an account alone."""
    one, other = (inf.load(EXPORT.format(admin=name).encode("utf-16")) for name in ("管理员", "Administrator"))
    for found in (one, other):
        del found["System Access"]["NewAdministratorName"]

    assert one == other


def test_what_is_written_is_read_again():
    """A template for `secedit /configure` is framed, in UTF-16, and says what it was made of."""
    wanted = {"System Access": {"LockoutBadCount": "5"}, "Privilege Rights": {"SeTcbPrivilege": ""}}
    found = inf.load(inf.dump(wanted))

    assert wanted == {section: found[section] for section in wanted}
    assert ["Unicode", "System Access", "Privilege Rights", "Version"] == list(found)


@pytest.mark.parametrize("value", ["1\r\n[Registry Values]\r\nMACHINE\\x=4,0", "a\0b"])
def test_no_value_brings_lines_of_its_own(value):
    """A value with a line break is refused: it would become another setting."""
    with pytest.raises(FormatError):
        inf.dump({"System Access": {"NewAdministratorName": value}})


@pytest.mark.parametrize("name", ["", "[x", "a=b", ";a", "a\nb"])
def test_names_are_names(name):
    """A name that would be read as something else is refused."""
    with pytest.raises(FormatError):
        inf.dump({"System Access": {name: "1"}})


@pytest.mark.parametrize("text", ["A = 1\n", "[S]\nA = 1\na = 2\n", "[S]\n= 1\n", "[S]\nÄ = 1\n".encode("latin-1")])
def test_ambiguous_templates_are_refused(text):
    """A setting outside a section, one that stands twice, one without a name, and bytes of an unknown code page are refused."""
    with pytest.raises(FormatError):
        inf.load(text if isinstance(text, bytes) else text.encode("utf-16"))


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode("utf-16")))
def test_rubbish_is_refused_and_nothing_else(content):
    """Input of any kind is read or refused with a FormatError."""
    try:
        inf.load(content)
    except FormatError:
        return
