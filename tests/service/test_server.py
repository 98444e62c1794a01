from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from coopclaims import cli
from coopclaims.errors import UserError
from coopclaims.model.folder import save_model_folder
from coopclaims.service.server import address_of, bind

SERVER = Path(__file__).with_name("held_server.py")
READY = str(SERVER)  # A file that exists: a text that the model of SERVER is done with at once.


class Process:
    """A process that serves, and its address."""

    def __init__(self, *command: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().split()[0].rstrip("/")

    def post(self, text: str) -> httpx2.Response:
        # The texts are mostly paths, which may look like any language.
        return httpx2.post(f"{self.url}/extract", json={"text": text, "lang": "en"}, timeout=60)

    def health(self) -> dict[str, object]:
        return httpx2.get(f"{self.url}/health", timeout=60).json()

    def wait_for(self, **state: object) -> None:
        deadline = time.monotonic() + 60
        while state.items() - self.health().items():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def end(self) -> tuple[int, str]:
        _, error = self.process.communicate(timeout=30)
        return self.process.returncode, error


@pytest.fixture
def start():
    processes = []

    def make(*command: str) -> Process:
        processes.append(Process(*command))
        return processes[-1]

    yield make
    for process in processes:
        process.process.kill()
        process.process.communicate()


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_the_process_when_what_is_in_work_is_answered(start, tmp_path, sent, code):
    server = start(str(SERVER))
    with ThreadPoolExecutor() as pool:
        in_work = [pool.submit(server.post, str(tmp_path / "release")) for _ in range(2)]
        server.wait_for(requests=2)
        server.process.send_signal(sent)
        server.wait_for(status="stopping")
        refused = server.post(READY)
        assert (refused.status_code, "retry-after" in refused.headers) == (503, True)
        (tmp_path / "release").touch()
        assert [answer.result().status_code for answer in in_work] == [200, 200]
    assert server.end()[0] == code
    with pytest.raises(httpx2.ConnectError):
        server.health()


def test_an_idle_process_ends_at_once_and_quietly(start):
    server = start(str(SERVER))
    server.wait_for(status="ok")
    server.process.send_signal(signal.SIGTERM)
    code, error = server.end()
    assert (code, error) == (143, "coopclaims: terminated\n")


def test_a_second_signal_does_not_wait(start, tmp_path):
    server = start(str(SERVER))
    with ThreadPoolExecutor() as pool:
        in_work = pool.submit(server.post, str(tmp_path / "never"))
        server.wait_for(requests=1)
        server.process.send_signal(signal.SIGTERM)
        server.wait_for(status="stopping")
        server.process.send_signal(signal.SIGTERM)
        assert server.end() == (143, "coopclaims: stopped during a run of the model\n")
        assert isinstance(in_work.exception(), httpx2.TransportError)


def test_who_hangs_up_is_dropped_from_the_queue(start, tmp_path):
    server = start(str(SERVER))
    host, port = server.url.removeprefix("http://").split(":")
    body = json.dumps({"texts": [{"text": str(tmp_path / "release"), "lang": "en"}] * 60})
    with socket.create_connection((host, int(port))) as connection:
        head = (
            f"POST /extract HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        )
        connection.sendall(f"{head}\r\n\r\n{body}".encode())
        server.wait_for(requests=1)
    server.wait_for(requests=0, waiting_characters=0)
    (tmp_path / "release").touch()
    assert server.post(READY).status_code == 200
    assert 'coopclaims_requests_total{status="499"} 1.0' in httpx2.get(f"{server.url}/metrics").text


def test_a_body_too_large_is_answered_whatever_the_client_still_sends(start):
    server = start(str(SERVER))
    answer = server.post("x" * 20_000_000)
    assert answer.status_code == 413
    assert server.post(READY).status_code == 200


def test_bytes_that_are_not_http_leave_the_service_alive(start):
    server = start(str(SERVER))
    host, port = server.url.removeprefix("http://").split(":")
    for garbage in (b"\x16\x03\x01\x02\0\x01\0", b"GET / HTTP/9.9\r\n\r\n", b"\0" * 100_000, b"POST /extract"):
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(garbage)
    server.wait_for(status="ok")


@pytest.mark.slow
def test_the_command_serves_a_model_folder(start, tmp_path, model, tiny_encoder):
    save_model_folder(tmp_path / "model", model, tiny_encoder.tokenizer)
    server = start("-m", "coopclaims.cli", "serve", "--model", str(tmp_path / "model"), "--port", "0")
    text = "Việt Nam und Dänemark unterzeichneten ein Abkommen. 🌊\0"
    [record] = server.post(text).json()["records"]
    assert record["text"] == text
    server.process.send_signal(signal.SIGTERM)
    assert server.end()[0] == 143


def test_an_address_in_use_is_a_user_error():
    with bind("127.0.0.1", 0) as first:
        first.listen()
        port = first.getsockname()[1]
        assert address_of(first) == f"127.0.0.1:{port}"
        with pytest.raises(UserError, match=f"127.0.0.1:{port}: Address already in use; choose another"):
            bind("127.0.0.1", port)


@pytest.mark.parametrize(("host", "port"), [("no host", 0), ("192.0.2.1", 0), ("a" * 99, 0)])
def test_an_address_that_is_none_is_a_user_error(host, port):
    with pytest.raises(UserError, match="choose another --host or --port"):
        bind(host, port)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--max-texts", "0"], "--max-texts 0: must be a number above 0"),
        (["--port", "99999"], "--port 99999: must be"),
        (["--time-limit", "nan"], "--time-limit nan"),
        (["--batch-milliseconds", "-1"], "--batch-milliseconds -1"),
        ([], "nowhere: no such model folder"),
    ],
)
def test_bad_use_is_one_line_and_exit_code_2(options, message, capsys):
    assert cli.main(["serve", "--model", "nowhere", "--port", "0", *options]) == 2
    assert message in capsys.readouterr().err
