"""Load the HTTP service step by step: latency, throughput, batch sizes, and the load at which it sheds.

Requests of one passage each arrive at random (Poisson) at a fixed mean rate, whether or not earlier ones are answered,
as those of many users do. Each step doubles the rate; the run ends with the step that sheds or loses more than a
twentieth, or after --steps. Client and server share the machine. Latency is that of answered requests (status 200),
from sending to the whole answer.

Usage: python bench/service.py --model DIR [--data data] [--rate 1] [--steps 10] [--seconds 20] [--json FILE]
Leave the machine to it: with other load the figures mean nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx2

from coopclaims.corpus.jsonl import read_corpus

TOO_MUCH = 0.05  # Share of requests without a result that ends the run.
WARM_UP_REQUESTS = 8
TIMEOUT = 120  # Seconds for one request; above the service's own limit.
NO_ANSWER = 0  # Stands for the status of a request whose connection failed.


@dataclass
class Step:
    """What one rate of requests gave; rates a second, latencies in seconds."""

    offered: float
    sent: int
    answered: float
    p50: float | None
    p95: float | None
    p99: float | None
    batch_texts: float
    statuses: dict[int, int]

    @property
    def without_result(self) -> float:
        """Share of requests that got no claims: shed, out of time or failed."""
        return 1 - self.statuses.get(200, 0) / self.sent


def main() -> None:
    """Run all steps, print a table in Markdown and, if asked for, write JSON."""
    options = _parse()
    texts = [passage.text for passage in read_corpus([options.data])]
    with _server(options.model, options.serve_options) as url:
        steps = asyncio.run(_run_steps(url, texts, options))
    print(_table(steps))
    print(f"\n{_summary(steps)}")
    if options.json:
        options.json.write_text(json.dumps([asdict(step) for step in steps], indent=1) + "\n", encoding="utf-8")


@contextmanager
def _server(model: str, options: Sequence[str]) -> Iterator[str]:
    """A process that serves ``model`` on a free port; gives its address."""
    command = [sys.executable, "-m", "coopclaims.cli", "serve", "--model", model, "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            sys.exit("the service did not start")
        yield line.split()[0]
    finally:
        process.terminate()
        process.wait()


async def _run_steps(url: str, texts: Sequence[str], options: argparse.Namespace) -> list[Step]:
    generator = random.Random(0)
    steps: list[Step] = []
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=256)
    async with httpx2.AsyncClient(base_url=url, timeout=TIMEOUT, limits=limits) as client:
        for text in generator.choices(texts, k=WARM_UP_REQUESTS):
            await _post(client, text)
        for number in range(options.steps):
            steps.append(await _run_step(client, texts, options.rate * 2**number, options.seconds, generator))
            print(_table(steps[-1:]).splitlines()[-1], file=sys.stderr)
            if steps[-1].without_result > TOO_MUCH:
                break
    return steps


async def _run_step(
    client: httpx2.AsyncClient, texts: Sequence[str], rate: float, seconds: float, generator: random.Random
) -> Step:
    """Send for ``seconds`` at a mean of ``rate`` requests a second, then wait for what is still out."""
    before = await _batches(client)
    started = time.perf_counter()
    tasks = []
    due = generator.expovariate(rate)
    while due < seconds or not tasks:
        await asyncio.sleep(max(0.0, started + due - time.perf_counter()))
        tasks.append(asyncio.create_task(_post(client, generator.choice(texts))))
        due += generator.expovariate(rate)
    results = await asyncio.gather(*tasks)
    spent = time.perf_counter() - started
    after = await _batches(client)
    latencies = sorted(latency for status, latency in results if status == 200)
    return Step(
        offered=rate,
        sent=len(results),
        answered=len(latencies) / spent,
        **dict(zip(("p50", "p95", "p99"), _percentiles(latencies), strict=True)),
        batch_texts=(after[0] - before[0]) / max(1.0, after[1] - before[1]),
        statuses=dict(Counter(status for status, _ in results)),
    )


async def _post(client: httpx2.AsyncClient, text: str) -> tuple[int, float]:
    """Status and latency of one request."""
    started = time.perf_counter()
    try:
        status = (await client.post("extract", json={"text": text})).status_code
    except httpx2.HTTPError:
        status = NO_ANSWER
    return status, time.perf_counter() - started


async def _batches(client: httpx2.AsyncClient) -> tuple[float, float]:
    """Texts and batches so far."""
    text = (await client.get("metrics")).text
    values = dict(re.findall(r"^coopclaims_batch_texts_(sum|count) (\S+)$", text, re.MULTILINE))
    return float(values["sum"]), float(values["count"])


def _percentiles(latencies: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    if len(latencies) < 2:
        return (latencies[0],) * 3 if latencies else (None,) * 3
    cuts = statistics.quantiles(latencies, n=100, method="inclusive")
    return cuts[49], cuts[94], cuts[98]


def _table(steps: Sequence[Step]) -> str:
    lines = ["| requests/s | sent | answered/s | p50 s | p95 s | p99 s | texts a batch | without result |"]
    lines.append("|--:|" + "--:|" * 7)
    for step in steps:
        cells = [f"{step.offered:g}", str(step.sent), f"{step.answered:.1f}"]
        cells += ["-" if value is None else f"{value:.3f}" for value in (step.p50, step.p95, step.p99)]
        cells += [f"{step.batch_texts:.1f}", f"{100 * step.without_result:.1f} %"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _summary(steps: Sequence[Step]) -> str:
    names = {503: "shed (503)", 504: "out of time (504)", NO_ANSWER: "connection failed"}
    for step in steps:
        lost = {names.get(status, str(status)): n for status, n in step.statuses.items() if status != 200}
        if lost:
            return f"First without a result at {step.offered:g} requests/s: {lost}"
    return f"Every request was answered, up to {steps[-1].offered:g} requests/s."


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="model folder")
    parser.add_argument("--data", default="data", help="passages to send (default: data)")
    parser.add_argument("--rate", type=float, default=1.0, help="requests a second of the first step (default: 1)")
    parser.add_argument("--steps", type=int, default=10, help="most steps, each twice the rate (default: 10)")
    parser.add_argument("--seconds", type=float, default=20.0, help="seconds of sending a step (default: 20)")
    parser.add_argument("--json", type=Path, help="file to write the steps to")
    parser.add_argument("serve_options", nargs="*", help="after --: options of coopclaims serve")
    return parser.parse_args()


if __name__ == "__main__":
    main()
