"""A worker command whose processes can be told apart, and imports that it works on."""

import contextlib
import time

import psutil

from media_catalog import processes

FILES = 6
GRACE_S = 20


def wait_until(condition, seconds=120.0):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)
    return found


class Workers:
    """A worker command whose log can be read while it runs."""

    def __init__(self, installation, log):
        self.installation, self.log = installation, log
        self.process = None

    def start(self, *arguments, **environment):
        self.number = 1 if "--workers=1" in arguments else 2
        self.log.write_text("")
        with self.log.open("a") as output:
            self.process = psutil.Popen(
                self.installation.command("worker", f"--grace={GRACE_S}", *arguments),
                env=self.installation.environment | environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        return self

    @property
    def said(self):
        return self.log.read_text()

    def main(self):
        """The top process of the cluster, once it stands."""
        return self._family()[0]

    def sentinel(self):
        return self._family()[1]

    def workers(self):
        return self._family()[2][:-2]

    def monitor(self):
        return self._family()[2][-2]

    def pusher(self):
        return self._family()[2][-1]

    def idle_worker(self):
        return self.workers()[0]

    def _family(self):
        def whole():
            with contextlib.suppress(psutil.NoSuchProcess, ValueError):  # not all are there yet
                (main,) = self.process.children()
                (sentinel,) = main.children()
                pool = sorted(sentinel.children(), key=lambda process: process.pid)
                return len(pool) == self.number + 2 and (main, sentinel, pool)

        return wait_until(whole)

    def all(self):
        return [self.process, *processes.descendants(self.process.pid)]

    def stop(self):
        """Kill what is left; nothing may outlive the supervisor."""
        if self.process is None:
            return
        family = self.all()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        wait_until(lambda: not alive(family), seconds=30)


def alive(family):
    return [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def make_photos(tmp_path, make_picture):
    """Make small pictures, all different."""
    first = make_picture("photos/0.png", seed=1)
    for number in range(1, FILES):
        (tmp_path / f"photos/{number}.png").write_bytes(first.read_bytes() + bytes([number]))
    return tmp_path / "photos"


def queue(installation, photos):
    return installation.json("import_path", photos, "--no-wait")["job"]


def has_ended(installation, job):
    return installation.query(
        f"SELECT state, done_count FROM media_catalog_job WHERE id = {job} AND finished_at IS NOT NULL"  # noqa: S608
    )


def holders(installation):
    """The numbers of the processes that hold a batch of files now."""
    held = "SELECT owner FROM media_catalog_jobbatch WHERE state = 'running' AND stage = 'files'"
    return [int(owner.split("|")[-2]) for (owner,) in installation.query(held)]


def finished(installation, job, seconds=120.0):
    ((state, done),) = wait_until(lambda: has_ended(installation, job), seconds)
    return state, done
