"""Messages as files: each is taken once and whole, and waiting messages cost no more than their number."""

import multiprocessing
import os
from contextlib import contextmanager
from queue import Empty

import pytest
from kombu import Connection

from tests.services.waiting import eventually
from worker.broker import prepare_folder

QUEUE = "numbers"


@contextmanager
def channel_in(folder):
    with Connection("folder://", transport_options={"folder": str(folder)}) as connection:
        yield connection.default_channel


def put_all(folder, numbers):
    with channel_in(folder) as channel:
        for number in numbers:
            channel._put(QUEUE, {"number": number, "padding": "x" * 5000})


def take_all(folder, total, taken):
    with channel_in(folder) as channel:
        while len(taken) < total:
            try:
                message = channel._get(QUEUE)
            except Empty:
                continue
            assert len(message["padding"]) == 5000
            taken.append(message["number"])


@pytest.fixture
def folder(tmp_path):
    prepare_folder(tmp_path / "broker")
    return tmp_path / "broker"


def test_messages_come_in_the_order_in_which_they_were_sent(folder):
    put_all(folder, range(20))
    with channel_in(folder) as channel:
        assert [channel._get(QUEUE)["number"] for _ in range(20)] == list(range(20))
        with pytest.raises(Empty):
            channel._get(QUEUE)


def test_processes_that_send_and_take_at_once_have_each_message_once_and_whole(folder):
    context = multiprocessing.get_context("fork")
    with context.Manager() as manager:
        taken = manager.list()
        senders = [context.Process(target=put_all, args=(folder, range(n, 900, 3))) for n in range(3)]
        takers = [context.Process(target=take_all, args=(folder, 900, taken)) for _ in range(3)]
        for process in (*takers, *senders):
            process.start()
        for process in (*senders, *takers):
            process.join(400)
            assert process.exitcode == 0
        assert sorted(taken) == list(range(900))


def test_a_thousand_messages_are_listed_a_few_times_not_a_thousand_times(folder, monkeypatch):
    put_all(folder, range(1000))
    listings = []
    listdir = os.listdir
    monkeypatch.setattr(os, "listdir", lambda path: listings.append(path) or listdir(path))
    with channel_in(folder) as channel:
        for _ in range(1000):
            channel._get(QUEUE)
    assert len(listings) <= 2


def test_the_folder_may_be_emptied_at_any_time(folder):
    put_all(folder, range(3))
    with channel_in(folder) as channel:
        assert channel._get(QUEUE)["number"] == 0
        prepare_folder(folder)
        with pytest.raises(Empty):
            channel._get(QUEUE)
        assert channel._size(QUEUE) == 0
        channel._put(QUEUE, {"number": 7})
        assert channel._get(QUEUE) == {"number": 7}


def test_a_message_torn_by_a_power_failure_is_skipped_and_does_not_stay(folder):
    put_all(folder, range(2))
    first = sorted((folder / QUEUE).iterdir())[0]
    first.write_bytes(b"")
    with channel_in(folder) as channel:
        assert channel._get(QUEUE)["number"] == 1
        assert channel._size(QUEUE) == 0


def test_a_message_that_cannot_be_written_whole_is_not_sent_and_leaves_nothing(folder):
    resource = pytest.importorskip("resource")

    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        with channel_in(folder) as channel, pytest.raises(OSError, match="File too large"):
            channel._put(QUEUE, {"padding": "x" * 5000})

    put_all(folder, [])
    process = multiprocessing.get_context("fork").Process(target=fill)
    process.start()
    process.join(400)
    assert process.exitcode == 0
    assert eventually(lambda: [path for path in folder.rglob("*") if path.is_file()] == [])


def test_a_connection_to_what_is_no_folder_is_refused_with_its_path(tmp_path):
    (tmp_path / "file").touch()
    with (
        Connection("folder://", transport_options={"folder": str(tmp_path / "file")}) as connection,
        pytest.raises(OSError, match=str(tmp_path / "file")),
    ):
        connection.connect()
