"""Jobs: one works at a time, the more urgent go first, and a newer one takes the place of an older one."""

from __future__ import annotations

import time
from threading import Event

import pytest

from dissect.terminal.engine import Engine, Job, RestingSource, StoppedError


def finished(engine: Engine) -> None:
    end = time.monotonic() + 10
    while engine.is_busy():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_the_more_urgent_goes_first() -> None:
    engine, done, begun, go_on = Engine(), list[str](), Event(), Event()

    def long(job: Job) -> None:
        begun.set()
        go_on.wait()
        job.rest()
        done.append("long")

    def work(name: str) -> None:
        engine.start(name, {"urgent": 0, "lazy": 9}[name], lambda job: done.append(name))

    engine.start("long", 5, long)
    begun.wait()
    work("lazy")
    work("urgent")
    go_on.set()
    finished(engine)
    assert done == ["urgent", "long", "lazy"]


def test_a_newer_job_takes_the_place_of_an_older_one() -> None:
    engine, done, begun, go_on = Engine(), list[int](), Event(), Event()

    def first(job: Job) -> None:
        begun.set()
        go_on.wait()
        job.rest()
        done.append(1)

    engine.start("look", 0, first)
    begun.wait()
    engine.start("look", 0, lambda job: done.append(2))
    engine.start("look", 0, lambda job: done.append(3))
    go_on.set()
    finished(engine)
    assert done == [3]


def test_what_is_not_wanted_any_more_is_not_seen() -> None:
    engine, seen, begun, go_on = Engine(), list[str](), Event(), Event()

    def work(job: Job) -> None:
        with job.publishing():
            seen.append("before")
        begun.set()
        go_on.wait()
        with job.publishing():
            seen.append("behind")

    engine.start("look", 0, work)
    begun.wait()
    engine.stop_kind("look")
    go_on.set()
    engine.start("other", 9, lambda job: None)
    finished(engine)
    assert seen == ["before"]
    job = engine.start("look", 0, lambda job: None)
    finished(engine)
    job.is_stopped = True
    with pytest.raises(StoppedError), job.publishing():
        seen.append("never")


def test_mistakes_are_told() -> None:
    errors: list[BaseException] = []
    engine = Engine(errors.append)

    def work(job: Job) -> None:
        raise ValueError("wrong")

    engine.start("wrong", 0, work)
    finished(engine)
    assert [type(error) for error in errors] == [ValueError]


def test_a_source_that_grows_waits_and_leaves_the_processor_to_others() -> None:
    engine, data, read, open_ = Engine(), bytearray(b"one"), list[bytes](), [True]

    def work(job: Job) -> None:
        source = RestingSource(job, "growing", lambda size, at: bytes(data[at : at + size]), lambda: open_[0])
        while piece := source.read(10):
            read.append(piece)

    engine.start("follow", 5, work)
    finished(engine)
    done: list[int] = []
    engine.start("other", 9, lambda job: done.append(1))
    finished(engine)
    assert (read, done) == ([b"one"], [1])
    data += b"two"
    open_[0] = False
    engine.start("end", 9, lambda job: job.wait(0.2))
    finished(engine)
    deadline = time.monotonic() + 10
    while len(read) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert read == [b"one", b"two"]


def test_a_job_that_waits_can_be_stopped() -> None:
    engine, ended = Engine(), Event()

    def work(job: Job) -> None:
        try:
            job.wait(1000)
        finally:
            ended.set()

    engine.start("wait", 0, work)
    finished(engine)
    engine.stop_all()
    assert ended.wait(10)
