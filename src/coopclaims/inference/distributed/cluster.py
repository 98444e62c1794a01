"""Ray: joined or started, quiet, and handed the shards through a pool of actors of Ray Data.

An actor holds one model and is given one shard at a time: that is the back pressure, as neither texts nor claims pass
through Ray's object store. What becomes of an actor that dies is Ray's doing: it is started again, where there is
room, and its shard is tried again.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import secrets
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from coopclaims.errors import UserError
from coopclaims.inference.distributed.job import Job
from coopclaims.inference.distributed.results import Failure, ShardResult
from coopclaims.inference.distributed.shards import Shard
from coopclaims.inference.distributed.worker import ShardWorker
from coopclaims.provenance import usable_cores

OBJECT_STORE_BYTES = 128 * 2**20  # Only names and counts go through it; Ray's default is a third of the memory.
CONNECT_SECONDS = 10.0
START_ATTEMPTS = 3  # On a busy machine, a cluster may not be up within the 30 seconds that Ray gives it.


@contextmanager
def ray_session(job: Job, workers: int | None, address: str | None) -> Iterator[int]:
    """Join the cluster at ``address``, or start one on this machine; gives the number of workers to use.

    A cluster of our own listens on the loopback interface only, has as many cores as the workers use, and ends with
    the block. Raises UserError where Ray is missing, no cluster answers, or no machine has room for a worker.
    """
    if address is not None:
        _check_address(address)
    ray = _import_ray(address)
    try:
        _init(ray, job, workers, address)
        yield _worker_count(ray.nodes(), job, workers, address)
    finally:
        ray.shutdown()


def check_ray() -> None:
    """Raises UserError where Ray is not installed."""
    if importlib.util.find_spec("ray") is None:
        raise UserError("--engine ray needs Ray: pip install 'coopclaims[cluster]'")


def _check_address(address: str) -> None:
    """Raises UserError where nobody listens at HOST:PORT, which Ray would try for minutes; others Ray checks itself."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or "/" in host:
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), CONNECT_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise UserError(f"--ray-address {address}: cannot be reached: {error}; see ray status there") from error


def _import_ray(address: str | None) -> Any:
    """The module ``ray``, set up by variables that it, and what it starts, read when they are imported."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if address is None:
        # Despite its name, this one decides whether Ray leaves the loopback interface.
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
        # Nobody else on this machine gets in, and Ray writes no token of its own into the home folder.
        os.environ.update(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=secrets.token_hex(32))
    import ray
    import ray.data

    return ray


def _init(ray: Any, job: Job, workers: int | None, address: str | None) -> None:
    cores = (workers or max(usable_cores() // job.cpus, 1)) * job.cpus
    own = {"num_cpus": cores, "object_store_memory": OBJECT_STORE_BYTES, "include_dashboard": False}
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        _start(ray, address or "local", {} if address else own)
    finally:
        # Ray puts its own in their place.
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _start(ray: Any, address: str, options: dict[str, Any]) -> None:
    for attempt in range(1, START_ATTEMPTS + 1):
        try:
            ray.init(address, log_to_driver=False, logging_level=logging.ERROR, **options)
            return
        except Exception as error:  # Also plain ones, among them for a start that takes too long.
            ray.shutdown()
            reason = str(error).strip().partition("\n")[0]
            # At a cluster that does not answer, Ray has tried for minutes already.
            if address != "local" or attempt == START_ATTEMPTS:
                raise UserError(f"ray at {address} does not start: {reason}; see ray status, /tmp/ray") from error


def shard_outcomes(shards: Sequence[Shard], job: Job, workers: int) -> Iterator[ShardResult | Failure]:
    """Have ``workers`` actors make the shards; yields what became of each as it is known, in any order."""
    import ray.data

    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    # The worker says itself when it is enough.
    context.actor_task_retry_on_errors = True
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    rows = [{"shard": json.dumps(asdict(shard))} for shard in shards]
    outcomes = ray.data.from_items(rows, override_num_blocks=len(rows)).map(
        ShardWorker,
        fn_constructor_args=(job,),
        num_cpus=job.cpus,
        num_gpus=0 if job.device == "cpu" else 1,
        compute=ray.data.ActorPoolStrategy(size=min(workers, len(rows)), max_tasks_in_flight_per_actor=1),
    )
    for row in outcomes.iter_rows():
        yield _outcome(row)


def _outcome(row: dict[str, Any]) -> ShardResult | Failure:
    fields = json.loads(row["outcome"])
    return ShardResult(**fields) if row["complete"] else Failure(**fields)


def _worker_count(machines: Sequence[dict[str, Any]], job: Job, workers: int | None, address: str | None) -> int:
    """How many workers to ask for; ``machines`` are those that Ray knows (``ray.nodes()``).

    Raises UserError where not one has room for a worker: Ray would wait for one to join, without a word.
    """
    where = "on this machine" if address is None else f"in the cluster at {address}"
    alive = [machine["Resources"] for machine in machines if machine["Alive"]]
    if job.device != "cpu" and not any(int(resources.get("GPU", 0)) for resources in alive):
        raise UserError(f"device {job.device!r}: Ray finds no GPU {where}; leave out --device")
    # A worker lives on one machine: cores that are spread over several make no room.
    room = sum(_room(resources, job) for resources in alive)
    if not room:
        raise UserError(f"Ray finds no machine with the {_needs(job)} of a worker {where}; try a smaller --worker-cpus")
    if workers is None:
        return room
    if workers > room:
        waiting = "the others are left out" if address is None else "the others wait for machines to join"
        print(f"notice: there is room for {room} of {workers} workers {where}; {waiting}", file=sys.stderr)
    # Nothing joins a cluster of our own.
    return min(workers, room) if address is None else workers


def _room(resources: dict[str, float], job: Job) -> int:
    """How many workers a machine has room for."""
    room = int(resources.get("CPU", 0)) // job.cpus
    return room if job.device == "cpu" else min(room, int(resources.get("GPU", 0)))


def _needs(job: Job) -> str:
    return f"{job.cpus} cores" if job.device == "cpu" else f"{job.cpus} cores and a GPU"
