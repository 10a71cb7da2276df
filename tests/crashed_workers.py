"""What of a crashed test worker is done by the others."""

from __future__ import annotations

import contextlib

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController


class FileScheduling(LoadFileScheduling):
    """A file goes to one worker; when that crashes, the test that it was at has failed, and others do the rest.

    xdist 3.8 has the next worker run the crashed test again, which so crashes as well, and waits for ever: for
    files of which all is done, handed out once more, and for a last test, which a worker keeps until it hears that
    none will follow. Two crashes at once are its own end.
    """

    def remove_node(self, node: WorkerController) -> str | None:
        """Take what is left of a worker that has ended; the test during which it crashed, if it did."""
        left = self.assigned_work.pop(node)
        crashed = next((test for file in left.values() for test, is_done in file.items() if not is_done), None)
        for name, file in left.items():
            if crashed in file:
                file[crashed] = True
            if not all(file.values()):
                self.workqueue[name] = file
        for other in self.assigned_work:
            self._reschedule(other)
        return crashed

    def _reschedule(self, node: WorkerController) -> None:
        if node not in self.registered_collections:
            return  # it is new, and will be asked once it knows the tests
        with contextlib.suppress(OSError):  # it has crashed as well, and what it was given is taken back soon
            super()._reschedule(node)
        if not self.workqueue and not node.shutting_down:
            node.shutdown()


def make_scheduler(config: pytest.Config, log: Producer) -> FileScheduling | None:
    """What hands the tests out, where files go to workers."""
    return FileScheduling(config, log) if config.getoption("dist") == "loadfile" else None
