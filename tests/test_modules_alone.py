"""Any module may be the first that somebody imports: none rests on another having been imported before."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Without the admin, which imports nearly all; each in a process of its own, forked after Django was set up.
SCRIPT = """
import importlib, os, sys, traceback
import django
from django.conf import settings
USUAL, ALONE = "django.contrib.admin", "django.contrib.admin.apps.SimpleAdminConfig"
settings.INSTALLED_APPS = [ALONE if app == USUAL else app for app in settings.INSTALLED_APPS]
django.setup()
for name in sys.argv[1:]:
    child = os.fork()
    if not child:
        try:
            importlib.import_module(name)
        except ImportError as error:
            print(f"{name}: {error}", flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


@pytest.mark.soak
def test_every_module_can_be_the_first_that_is_imported():
    paths = [path for package in ("media_catalog", "review") for path in (ROOT / package).rglob("*.py")]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths]
    wanted = sorted(name.removesuffix(".__init__") for name in names if ".migrations." not in name)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *wanted],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert done.stdout == ""
