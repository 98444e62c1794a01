from typing import Any

import pytest

from coopclaims.errors import UserError
from coopclaims.inference.distributed.cluster import _worker_count, ray_session
from coopclaims.inference.distributed.job import Job


@pytest.mark.parametrize("address", ["127.0.0.1:1", "[::1]:1", "127.0.0.1:99999999"])
def test_a_cluster_that_is_not_there_is_told_in_one_line(address: str) -> None:
    with (
        pytest.raises(UserError, match="cannot be reached"),
        ray_session(Job("model", "out", "records", "/"), None, address),
    ):
        pass


def machine(alive: bool = True, **resources: float) -> dict[str, Any]:
    return {"Alive": alive, "Resources": resources}


@pytest.mark.parametrize("address", [None, "auto"])
@pytest.mark.parametrize(
    ("machines", "device", "message"),
    [
        ([machine(CPU=8)], "cuda", "device 'cuda': Ray finds no GPU .*; leave out --device"),
        ([machine(CPU=8), machine(alive=False, CPU=8, GPU=4)], "cuda", "Ray finds no GPU"),
        ([machine(CPU=8), machine(CPU=2, GPU=4)], "cuda", "no machine with the 4 cores and a GPU of a worker"),
        ([machine(CPU=3), machine(CPU=3)], "cpu", "no machine with the 4 cores of a worker .*--worker-cpus"),
        ([], "cpu", "no machine"),
    ],
)
def test_a_cluster_without_room_for_one_worker_is_told_instead_of_waited_for(
    machines: list[dict[str, Any]], device: str, message: str, address: str | None
) -> None:
    job = Job("model", "out", "records", "/", device=device, cpus=4)
    with pytest.raises(UserError, match=message):
        _worker_count(machines, job, 2, address)


def test_as_many_workers_as_there_is_room_for(capsys: pytest.CaptureFixture[str]) -> None:
    machines = [machine(CPU=9, GPU=1), machine(CPU=8, GPU=4), machine(CPU=3)]
    on_gpus, on_cpus = (Job("model", "out", "records", "/", device=device, cpus=4) for device in ("cuda", "cpu"))
    assert _worker_count(machines, on_gpus, None, "auto") == 3
    assert _worker_count(machines, on_cpus, None, "auto") == 4
    assert _worker_count(machines, on_cpus, 2, "auto") == 2
    assert capsys.readouterr().err == ""
    # Machines may join a cluster, but not our own.
    assert _worker_count(machines, on_cpus, 6, "auto") == 6
    assert "room for 4 of 6 workers" in capsys.readouterr().err
    assert _worker_count(machines, on_cpus, 6, None) == 4
    assert "left out" in capsys.readouterr().err
