"""Under which names a stack answers: the machine's own, of the address it listens on, and the user's."""

import socket

import pytest

from backsweep.stack.home import at
from backsweep.stack.lifetime import _settings
from backsweep.stack.options import StackOptions
from backsweep.stack.services import host_names

LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}


def test_on_loopback_the_names_are_those_of_loopback():
    assert set(host_names(StackOptions())) == LOOPBACK


@pytest.mark.parametrize(("host", "name"), [("sweeps.example.org", "sweeps.example.org"), ("fd00::7", "[fd00::7]")])
def test_the_host_that_it_listens_on_is_a_name(host, name):
    assert set(host_names(StackOptions(host=host))) == LOOPBACK | {name}


def test_on_every_address_the_machine_has_its_own_name():
    assert {socket.gethostname()} | LOOPBACK <= set(host_names(StackOptions(host="0.0.0.0")))


def test_the_api_is_told_these_and_what_the_user_allows(tmp_path, monkeypatch):
    monkeypatch.setenv("BACKSWEEP_ALLOWED_HOSTS", "Proxy.example.org, other")
    found = _settings(StackOptions(host="named"), at(tmp_path), "folder:///broker")
    assert {"proxy.example.org", "other", "named"} <= set(found.hosts())
