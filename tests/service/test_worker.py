from __future__ import annotations

import time

import pytest

from coopclaims.service.errors import ServiceError
from coopclaims.service.limits import Limits
from coopclaims.service.worker import Worker


@pytest.fixture
def start(extractor):
    workers = []

    def make(**limits):
        worker = Worker(extractor, Limits(**limits), lambda *_: None)
        worker.start()
        workers.append(worker)
        return worker

    yield make
    extractor.gate.set()
    for worker in workers:
        worker.close(5)


def hold(worker, extractor):
    """Keep the model busy with one text until the gate is set."""
    extractor.gate.clear()
    future = worker.submit(["busy"])
    deadline = time.monotonic() + 5
    while not extractor.batches and time.monotonic() < deadline:
        time.sleep(0.001)
    assert extractor.batches == [["busy"]]
    return future


def test_what_gathers_while_the_model_runs_is_one_batch(start, extractor):
    worker = start()
    busy = hold(worker, extractor)
    futures = [worker.submit([f"text {n}"]) for n in range(10)]
    extractor.gate.set()
    assert [future.result(5)[0].text for future in futures] == [f"text {n}" for n in range(10)]
    assert busy.done()
    assert [len(batch) for batch in extractor.batches] == [1, 10]


def test_an_idle_worker_waits_for_company_for_a_moment_only(start, extractor):
    worker = start(batch_milliseconds=300)
    started = time.monotonic()
    futures = [worker.submit(["a"]), worker.submit(["b"])]
    for future in futures:
        future.result(5)
    assert extractor.batches == [["a", "b"]]
    assert time.monotonic() - started >= 0.3


def test_a_full_batch_starts_at_once(start, extractor):
    worker = start(batch_milliseconds=60_000, batch_characters=10)
    assert worker.submit(["x" * 10]).result(5)[0].text == "x" * 10


def test_passages_keep_the_order_and_number_of_their_request_across_batches(start, extractor):
    worker = start(batch_characters=6)
    futures = [worker.submit([f"{n}-{i}" for i in range(7)]) for n in range(3)]
    for n, future in enumerate(futures):
        passages = future.result(5)
        assert [passage.text for passage in passages] == [f"{n}-{i}" for i in range(7)]
        assert [passage.id for passage in passages] == [str(i) for i in range(7)]
    assert all(len(batch) <= 2 for batch in extractor.batches)


def test_a_cancelled_request_is_never_given_to_the_model(start, extractor):
    worker = start()
    hold(worker, extractor)
    unwanted, wanted = worker.submit(["unwanted"] * 3), worker.submit(["wanted"])
    assert unwanted.cancel()
    assert worker.waiting_characters == len("wanted")
    extractor.gate.set()
    wanted.result(5)
    assert extractor.batches == [["busy"], ["wanted"]]


def test_what_is_too_much_is_refused_with_a_time_and_the_rest_is_done(start, extractor):
    worker = start(max_waiting_characters=10)
    hold(worker, extractor)
    first = worker.submit(["x" * 50])  # Alone, it is not too much.
    with pytest.raises(ServiceError, match="too much text") as caught:
        worker.submit(["y"])
    assert caught.value.status == 503
    assert caught.value.retry_after >= 1
    extractor.gate.set()
    assert first.result(5)
    assert worker.submit(["y"]).result(5)


def test_a_text_the_model_fails_on_costs_no_other_request(start, extractor):
    worker = start()
    hold(worker, extractor)
    good = worker.submit(["Bonn met Huế"])
    bad = worker.submit(["fine", "poison", "fine"])
    extractor.gate.set()
    assert len(good.result(5)[0].claims) == 1
    with pytest.raises(ServiceError, match="text 1") as caught:
        bad.result(5)
    assert caught.value.status == 500
    assert worker.waiting_characters == 0
    assert worker.submit(["after"]).result(5)


def test_texts_without_characters_do_not_slow_the_speed_that_times_to_try_again_go_by(start, extractor):
    worker = start(batch_milliseconds=0.1, time_limit=60)
    busy = hold(worker, extractor)
    extractor.gate.set()
    busy.result(5)
    for _ in range(60):
        worker.submit([""]).result(5)
    extractor.gate.clear()
    worker.submit(["busy"])
    worker.submit(["x" * 100])
    assert worker.retry_after() < 60


def test_closing_finishes_what_waits_and_refuses_what_comes(start, extractor):
    worker = start(batch_milliseconds=60_000)
    future = worker.submit(["a"])
    worker.close(5)
    assert future.result(0)[0].text == "a"
    assert not worker.alive
    with pytest.raises(ServiceError, match="not running"):
        worker.submit(["b"])
