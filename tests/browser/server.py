"""An installation as people have it: a data folder, the real web server and, if wanted, real workers."""

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
from django.conf import settings
from playwright.sync_api import Page

PASSWORD = "a-long-password"
START_WITHIN_S = 60
STOP_WITHIN_S = 60


class Server:
    """A web server, or with `has_workers` all that `manage.py run` starts."""

    def __init__(self, folder: Path, *, has_workers: bool = False, **variables: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.data = folder / "data"
        self.has_workers = has_workers
        dropped = ("DJANGO_SETTINGS", "DATABASE_URL", "MEDIAPARSER")
        self.environment = {key: text for key, text in os.environ.items() if not key.startswith(dropped)}
        self.environment |= {"MEDIAPARSER_DATA_DIR": str(self.data), "MEDIAPARSER_ADMIN_PASSWORD": PASSWORD}
        self.environment |= variables
        self.manage("setup")
        self.process: subprocess.Popen[bytes] = self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *arguments: str) -> str:
        """Run a command of the installation, and return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=self.environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout

    def start(self) -> subprocess.Popen[bytes]:
        web = ["-m", "gunicorn", f"--bind=127.0.0.1:{self.port}", "--worker-class=gthread", "--threads=8"]
        web += ["--log-level=warning", "--no-control-socket", "mediaparser.wsgi"]
        command = ["manage.py", "run", f"--port={self.port}"] if self.has_workers else web
        self.process = subprocess.Popen(
            [sys.executable, *command], cwd=settings.BASE_DIR, env=self.environment, start_new_session=True
        )
        end = time.monotonic() + START_WITHIN_S
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self.process
            time.sleep(0.1)
        raise TimeoutError

    def log_in(self, page: Page, *, then: str = "/") -> None:
        """Log in as the one who has set the installation up."""
        page.goto(f"{self.address}/account/login/?next={then}")
        page.get_by_label("Username").fill("admin")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(f"{self.address}{then}")

    def stop(self) -> None:
        """End it in order."""
        self.process.terminate()
        try:
            self.process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def arrived(self) -> dict[str, str]:
        return digests(*self.data.glob("uploads/*/files"))

    def memory_bytes(self) -> int:
        return sum(child.memory_info().rss for child in psutil.Process(self.process.pid).children())


def digests(*folders: Path) -> dict[str, str]:
    """Return the SHA-256 of all files below, by their path."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }
