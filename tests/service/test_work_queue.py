from __future__ import annotations

import random

from coopclaims.schema import Passage
from coopclaims.service.work_queue import Job, WorkQueue


def texts(items):
    return [item.text for item in items]


def filled(*jobs):
    queue = WorkQueue()
    for job in jobs:
        queue.put(job)
    return queue


def test_jobs_take_turns_so_that_a_small_one_does_not_wait_for_a_large_one():
    queue = filled(Job(["a1", "a2", "a3", "a4"]), Job(["b1"]), Job(["c1", "c2"]))
    assert texts(queue.take(8)) == ["a1", "b1", "c1", "a2"]
    assert texts(queue.take(4)) == ["c2", "a3"]
    assert texts(queue.take(99)) == ["a4"]
    assert queue.take(99) == []


def test_a_text_larger_than_the_budget_goes_alone():
    queue = filled(Job(["x" * 50]), Job(["y"]))
    assert texts(queue.take(10)) == ["x" * 50]
    assert texts(queue.take(10)) == ["y"]


def test_a_large_text_ends_the_batch_and_is_the_first_of_the_next():
    queue = filled(Job(["a"]), Job(["x" * 10]), Job(["b"]))
    assert texts(queue.take(5)) == ["a"]
    assert texts(queue.take(5)) == ["x" * 10]


def test_a_dropped_job_leaves_with_what_it_still_waited_for():
    job = Job(["aaaa", "bb"])
    queue = filled(job, Job(["c"]))
    queue.take(4)
    queue.drop(job)
    assert queue.characters == 1
    queue.drop(job)
    assert texts(queue.take(99)) == ["c"]


def test_every_text_is_taken_once_in_its_jobs_order_and_characters_are_what_waits():
    generator = random.Random(0)
    jobs = [
        Job([f"{n}-{i}" + "x" * generator.randrange(20) for i in range(generator.randrange(1, 9))]) for n in range(20)
    ]
    queue = filled(*jobs)
    taken = {id(job): [] for job in jobs}
    while items := queue.take(30):
        assert len(items) == 1 or sum(map(len, texts(items))) <= 30
        for job, text in items:
            taken[id(job)].append(text)
        assert queue.characters == sum(job.waiting_characters for job in jobs)
    assert [taken[id(job)] for job in jobs] == [list(job.texts) for job in jobs]
    assert queue.characters == 0


def test_a_result_for_a_cancelled_job_is_ignored():
    job = Job(["a"])
    assert job.future.cancel()
    job.deliver(Passage("0", "a"))
    assert job.future.cancelled()
