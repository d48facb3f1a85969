"""Settings of the tests: a fresh data folder, plain static files, cheap passwords."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_data_dir = tempfile.mkdtemp(prefix="mediaparser-tests-")
atexit.register(shutil.rmtree, _data_dir, ignore_errors=True)
os.environ["MEDIAPARSER_DATA_DIR"] = _data_dir
(Path(_data_dir) / "static").mkdir()
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser driver runs an event loop

from mediaparser.settings import *  # noqa: E402, F403

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
