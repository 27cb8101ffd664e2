"""Work in the background, one piece at a time: whoever is more urgent goes first at the next rest.

Reading captures takes the processor as long as it can get it. So each job has a thread, of which one works while the
others wait; a job rests between the pieces of a file that it reads, and goes on when nobody more urgent waits. A new
job takes the place of an older one of the same kind, which ends at its next rest, so that a key that is held down
starts work for the last packet alone.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Condition, Thread

__all__ = ["Engine", "Job", "RestingSource", "StoppedError"]


class StoppedError(Exception):
    """The job is no longer wanted."""


class Job:
    """A piece of work that goes on in the background: `kind` says what for, and a lower `urgency` goes first."""

    def __init__(self, engine: Engine, kind: str, urgency: int) -> None:
        self.kind = kind
        self.urgency = urgency
        self.is_stopped = False
        self.is_waiting = False
        """Whether it waits for something from outside, such as more of a file."""
        self._engine = engine

    def rest(self) -> None:
        """Let others go first who are more urgent; StoppedError where this job is no longer wanted."""
        self._engine.turn(self)

    def wait(self, seconds: float) -> None:
        """Leave the processor to the others for so long; StoppedError as `rest` raises it."""
        self._engine.turn(self, seconds)

    def publishing(self) -> AbstractContextManager[None]:
        """Return a context in which others get to see what came out; StoppedError where it is no longer wanted.

        So nothing of a job is seen any more once `Engine.stop_kind`, or the start of a newer one of its kind, has
        returned. It holds up all jobs: what is done in it is small.
        """
        return self._engine.publishing(self)


class Engine:
    """Runs jobs, one of them at a time.

    `on_error` is called in the thread of a job with what it raised, and is there for mistakes: what may be wrong with
    a capture, jobs tell themselves.
    """

    def __init__(self, on_error: Callable[[BaseException], None] | None = None) -> None:
        self.on_error = on_error
        self._condition = Condition()
        self._worker: Job | None = None
        self._jobs: dict[str, Job] = {}
        self._queue: list[Job] = []

    def start(self, kind: str, urgency: int, work: Callable[[Job], None]) -> Job:
        """Begin to do `work(job)` in the background, in place of an older job of this kind."""
        job = Job(self, kind, urgency)
        with self._condition:
            older = self._jobs.get(kind)
            if older is not None:
                older.is_stopped = True
            self._jobs[kind] = job
            self._queue.append(job)
            self._condition.notify_all()
        # Nobody waits for it at the end of the program.
        Thread(target=self._run, args=(job, work), name=f"dissect {kind}", daemon=True).start()
        return job

    @contextmanager
    def publishing(self, job: Job) -> Iterator[None]:
        """Keep a job wanted for the length of a context; StoppedError where it is not."""
        with self._condition:
            if job.is_stopped:
                raise StoppedError
            yield

    def stop_kind(self, kind: str) -> None:
        """Say that the job of a kind, if there is one, is no longer wanted: it ends at its next rest."""
        with self._condition:
            job = self._jobs.get(kind)
            if job is not None:
                job.is_stopped = True
                self._condition.notify_all()

    def stop_all(self) -> None:
        """Say so of all jobs."""
        with self._condition:
            for job in self._jobs.values():
                job.is_stopped = True
            self._condition.notify_all()

    def is_busy(self, kind: str | None = None) -> bool:
        """Whether there is a job, of this kind, that has something to do now and does not wait for more of a file."""
        with self._condition:
            jobs = self._jobs.values() if kind is None else filter(None, [self._jobs.get(kind)])
            return any(not job.is_waiting and not job.is_stopped for job in jobs)

    def turn(self, job: Job, seconds: float = 0) -> None:
        """Have a job wait for its next turn, and for so many seconds before."""
        with self._condition:
            if not job.is_stopped and not seconds and not any(each.urgency < job.urgency for each in self._queue):
                return
            self._worker = None
            self._condition.notify_all()
            if seconds:
                job.is_waiting = True
                self._condition.wait_for(lambda: job.is_stopped, seconds)
                job.is_waiting = False
            self._queue.append(job)
            self._enter(job)

    def _enter(self, job: Job) -> None:
        """Wait until nobody works and nobody more urgent waits, and work; the condition is held."""
        self._condition.wait_for(lambda: self._worker is None and min(self._queue, key=_urgency) is job)
        self._queue.remove(job)
        self._worker = job
        if job.is_stopped:
            raise StoppedError

    def _run(self, job: Job, work: Callable[[Job], None]) -> None:
        try:
            with self._condition:
                self._enter(job)
            work(job)
        except StoppedError:
            pass
        except BaseException as error:
            if self.on_error is None:
                raise
            self.on_error(error)
        finally:
            with self._condition:
                if self._worker is job:
                    self._worker = None
                if self._jobs.get(job.kind) is job:
                    del self._jobs[job.kind]
                self._condition.notify_all()


def _urgency(job: Job) -> int:
    return job.urgency


class RestingSource(io.RawIOBase):
    """A file whose reader rests each time it asks for more; at the end of one that grows, it waits for more of it.

    `read(size, at)` gives up to so many bytes from that byte on, `grows()` whether there may be more later.
    """

    def __init__(
        self, job: Job, name: str, read: Callable[[int, int], bytes], grows: Callable[[], bool] = lambda: False
    ) -> None:
        super().__init__()
        self.name = name
        self.position = 0
        """How many bytes were read."""
        self.on_rest: Callable[[], None] = lambda: None
        """Called each time before the job rests."""
        self._job = job
        self._read = read
        self._grows = grows

    def readable(self) -> bool:
        """Whether it can be read: always."""
        return True

    def peek(self, size: int, at: int) -> bytes:
        """Return up to so many bytes from that byte on, and stay where it is."""
        return self._read(size, at)

    def read(self, size: int = -1, /) -> bytes:
        """Return up to so many bytes, b"" at the end; StoppedError where the job is no longer wanted."""
        self.on_rest()
        self._job.rest()
        while True:
            # What was written before the end was told counts.
            grows = self._grows()
            data = self._read(size, self.position)
            if data or not grows:
                self.position += len(data)
                return data
            self._job.wait(_PAUSE)


_PAUSE = 0.05
"""Seconds between two looks at a file that grows."""
