import os
import shutil
import socket
import subprocess
import sys

import pytest

from backsweep.stack.errors import PortTaken
from backsweep.stack.options import StackOptions
from backsweep.stack.ports import require_free
from tests.services.ports import free_port


def test_a_free_port_passes_and_is_left_free():
    port = free_port()
    require_free("127.0.0.1", port, "--port")
    require_free("127.0.0.1", port, "--port")


@pytest.mark.parametrize("bound", ["127.0.0.1", "0.0.0.0"])
def test_a_port_in_use_is_refused_with_the_option_that_names_another(bound):
    with socket.socket() as taken:
        taken.bind((bound, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=f"port {port} on 127.0.0.1 .*in use.*--mlflow-port") as raised:
            require_free("127.0.0.1", port, "--mlflow-port")
        assert "\n" not in str(raised.value)


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.7"])
def test_a_host_that_is_not_this_machine_is_refused(host):
    with pytest.raises(PortTaken):
        require_free(host, 8700, "--port")


def test_a_port_that_was_just_served_is_free_again():
    port = free_port()
    with socket.create_server(("127.0.0.1", port)) as server, socket.create_connection(("127.0.0.1", port)):
        server.accept()[0].close()
    require_free("127.0.0.1", port, "--port")


@pytest.mark.skipif(
    os.geteuid() != 0 or not (shutil.which("unshare") and shutil.which("ip")), reason="needs root, unshare and ip"
)
def test_where_loopback_has_no_ipv4_the_stack_listens_in_ipv6():
    python = f"{sys.executable} -c 'from backsweep.stack.options import StackOptions; print(StackOptions().api_url)'"
    without = ["unshare", "--net", "sh", "-c", f"ip link set lo up && ip -4 address flush dev lo && {python}"]
    answer = subprocess.run(without, capture_output=True, text=True, timeout=400)
    if "unshare failed" in answer.stderr:
        pytest.skip(answer.stderr.strip())
    assert answer.stdout == "http://[::1]:8700\n", answer.stderr


def test_where_it_has_the_stack_listens_on_that():
    assert StackOptions().host == "127.0.0.1"
