"""Every setting, read once from the environment; a wrong value stops the start and names its variable."""

import contextlib
import importlib.util
import os
import secrets
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def _checked(name: str, value: Any, is_right: bool, advice: str) -> Any:
    if not is_right:
        raise ImproperlyConfigured(f"{name}={value!r} is not usable: {advice}")
    return value


def _number(name: str, default: float, low: float, high: float) -> float:
    text = env.str(name, default="") or str(default)
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    return float(_checked(name, text, low <= value <= high, f"give a number from {low:g} to {high:g}."))


def _whole(name: str, default: int, low: int, high: int) -> int:
    value = _number(name, default, low, high)
    _checked(name, f"{value:g}", value.is_integer(), f"give a whole number from {low} to {high}.")
    return int(value)


def _zone(name: str) -> str:
    value = str(env.str(name, default="") or "UTC")
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ImproperlyConfigured(f"{name}={value!r} is not a time zone, such as Europe/Berlin.") from error
    return value


def _create_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read; of two processes that start at once one wins, whole."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    with contextlib.suppress(FileExistsError):
        os.link(temporary, path)
    Path(temporary).unlink()


def _secret_key(path: Path) -> str:
    """Read the secret key, or make one on the first start; it never stands in the code."""
    if given := env.str("MEDIAPARSER_SECRET_KEY", default=""):
        return str(given)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _create_private(path, secrets.token_urlsafe(50))
    except OSError as error:
        raise ImproperlyConfigured(
            f"MEDIAPARSER_DATA_DIR={str(path.parent)!r} cannot be written ({error.strerror}): "
            "choose a folder that belongs to you."
        ) from error
    return path.read_text()


def _exiftool() -> str:
    """Choose ExifTool: the one that is given, the one that set-up fetched, the one of the system."""
    fetched = BASE_DIR / ".tools" / "exiftool" / "exiftool"
    given = env.str("MEDIAPARSER_EXIFTOOL", default="")
    return str(given or (fetched if fetched.exists() else shutil.which("exiftool")) or "exiftool")


def _database(data_dir: Path) -> dict[str, Any]:
    url = env.str("DATABASE_URL", default="") or f"sqlite:///{data_dir / 'mediaparser.sqlite3'}"
    is_known = url.startswith(("sqlite:///", "postgres://", "postgresql://"))
    _checked("DATABASE_URL", url, is_known, "it looks like postgres://user:password@host:5432/name.")
    config = dict(env.db_url_config(url))
    if url.startswith("sqlite"):
        return config | {"OPTIONS": SQLITE_OPTIONS}
    options = POSTGRESQL_OPTIONS | config.get("OPTIONS", {})
    return config | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}


def _redis_url(name: str) -> str:
    """Read the address of a Redis server, which is not waited for without end."""
    url = str(env.str(name, default=""))
    if not url:
        return ""
    _checked(
        name, url, url.startswith(("redis://", "rediss://", "unix://")), "it looks like redis://host:6379/0."
    )
    is_there = importlib.util.find_spec("redis") is not None
    _checked(name, url, is_there, "first run `.venv/bin/pip install -r requirements-redis.txt`.")
    patience = "socket_connect_timeout=5&socket_timeout=10"
    return url if "socket_timeout" in url else f"{url}{'&' if '?' in url else '?'}{patience}"


def _folders(name: str) -> list[str]:
    """Read folders with `|` between them, which need not be there yet."""
    folders = [part.strip() for part in str(env.str(name, default="")).split("|") if part.strip()]
    is_right = all(Path(folder).expanduser().is_absolute() for folder in folders)
    _checked(name, "|".join(folders), is_right, "give whole paths, such as /srv/phone|/srv/camera.")
    return folders


# IMMEDIATE: with deferred transactions a reader that turns writer fails at once, whatever the timeout.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 30,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA journal_size_limit=67108864;",
}
# A host that is cut off says no goodbye. By default both sides would wait for hours: we for an answer, and
# the server, with the locks of a transaction that stop all other hosts, for the rest of it.
POSTGRESQL_OPTIONS = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 20_000,
    "options": "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2 "
    "-c tcp_user_timeout=20000 -c idle_in_transaction_session_timeout=60000 "
    # PostgreSQL would compile a query over many tags for half a second, to answer it in 40 ms, and hand
    # one of 3 ms out to processes that take 10 ms to begin.
    "-c jit=off -c max_parallel_workers_per_gather=0",
}

# What the environment says wins over what people set on the page of settings.
FROM_ENVIRONMENT = frozenset(name for name, text in os.environ.items() if text.strip())
DATA_DIR = Path(env.str("MEDIAPARSER_DATA_DIR", default=str(BASE_DIR / "storage"))).expanduser().absolute()
SECRET_KEY = _secret_key(DATA_DIR / "secret_key")
DEBUG = env.bool("MEDIAPARSER_DEBUG", default=False)
ALLOWED_HOSTS = env.list("MEDIAPARSER_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("MEDIAPARSER_TRUSTED_ORIGINS", default=[])
IS_HTTPS = env.bool("MEDIAPARSER_HTTPS", default=False)

MEDIAPARSER_EXIFTOOL = _exiftool()
MEDIAPARSER_ADMIN_USER = env.str("MEDIAPARSER_ADMIN_USER", default="admin")
MEDIAPARSER_ADMIN_PASSWORD = env.str("MEDIAPARSER_ADMIN_PASSWORD", default="")
MEDIAPARSER_TIME_ZONE = _zone("MEDIAPARSER_TIME_ZONE")
MEDIAPARSER_NAME_PATTERNS = env.str("MEDIAPARSER_NAME_PATTERNS", default="")
MEDIAPARSER_EARLIEST_YEAR = _whole("MEDIAPARSER_EARLIEST_YEAR", 1826, 1826, datetime.now(UTC).year)
MEDIAPARSER_COPY_BITS = _whole("MEDIAPARSER_COPY_BITS", 10, 0, 10)
MEDIAPARSER_ARCHIVE_DIR = (
    Path(env.str("MEDIAPARSER_ARCHIVE_DIR", default="") or DATA_DIR / "archive").expanduser().absolute()
)
MEDIAPARSER_WATCH = _folders("MEDIAPARSER_WATCH")
MEDIAPARSER_IMPORT_ROOTS = _folders("MEDIAPARSER_IMPORT_ROOTS")
MEDIAPARSER_EXPORT_ROOTS = _folders("MEDIAPARSER_EXPORT_ROOTS")
MEDIAPARSER_DELETE_ORIGINALS = env.bool("MEDIAPARSER_DELETE_ORIGINALS", default=False)
MEDIAPARSER_UPLOAD_FILE_GB = _number("MEDIAPARSER_UPLOAD_FILE_GB", 64, 0.001, 100_000)
MEDIAPARSER_UPLOAD_GB = _number("MEDIAPARSER_UPLOAD_GB", 2000, 0.001, 1_000_000)
MEDIAPARSER_UPLOAD_FILES = int(_number("MEDIAPARSER_UPLOAD_FILES", 200_000, 1, 10_000_000))
MEDIAPARSER_UPLOAD_DAYS = _number("MEDIAPARSER_UPLOAD_DAYS", 7, 0.01, 3650)
MEDIAPARSER_REDIS_URL = _redis_url("MEDIAPARSER_REDIS_URL")
MEDIAPARSER_WORKERS = int(_number("MEDIAPARSER_WORKERS", os.cpu_count() or 1, 1, 256))
MEDIAPARSER_BATCH_SIZE = int(_number("MEDIAPARSER_BATCH_SIZE", 50, 1, 100))
MEDIAPARSER_LEASE_SECONDS = _number("MEDIAPARSER_LEASE_SECONDS", 60, 5, 3600)
MEDIAPARSER_ERROR_THRESHOLD = _number("MEDIAPARSER_ERROR_THRESHOLD", 0.10, 0, 1)
MEDIAPARSER_MAX_PIXELS = int(_number("MEDIAPARSER_MAX_PIXELS", 300_000_000, 1_000_000, 2_000_000_000))
MEDIAPARSER_MAX_PICTURE_MB = int(_number("MEDIAPARSER_MAX_PICTURE_MB", 512, 1, 65_536))
MEDIAPARSER_PREVIEW_CACHE_MB = int(_number("MEDIAPARSER_PREVIEW_CACHE_MB", 2048, 1, 100_000_000))
MEDIAPARSER_DECODER_MEMORY_MB = int(_number("MEDIAPARSER_DECODER_MEMORY_MB", 1024, 128, 65_536))
MEDIAPARSER_DECODER_SECONDS = _number("MEDIAPARSER_DECODER_SECONDS", 60, 1, 3600)
MEDIAPARSER_EXIFTOOL_MEMORY_MB = int(_number("MEDIAPARSER_EXIFTOOL_MEMORY_MB", 1024, 256, 65_536))
MEDIAPARSER_EXIFTOOL_SECONDS = _number("MEDIAPARSER_EXIFTOOL_SECONDS", 30, 1, 3600)

INSTALLED_APPS = [
    "media_catalog",
    "review",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_q",
    "django_htmx",
    "template_partials",
    "axes",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "review.logins.LoginMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "mediaparser.urls"
WSGI_APPLICATION = "mediaparser.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {"default": _database(DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Shared by the processes of one host: django-q2 keeps its cluster status there.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(DATA_DIR / "cache"),
    }
}

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
AXES_VERBOSE = False

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

DATA_UPLOAD_MAX_NUMBER_FILES = 10_000  # of one ordinary form; Django gives up at 100

LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = "mediaparser.formats"
USE_I18N = True
USE_TZ = True
# Instants are stored and shown in UTC here; wall clocks are naive and must never be shifted by this value.
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"  # collected anew by `setup`
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

DOORBELLS = {"orm": "default", "broker_class": "media_catalog.services.doorbells.Doorbells"}
if MEDIAPARSER_REDIS_URL:
    DOORBELLS = {"redis": MEDIAPARSER_REDIS_URL}
# The rows of JobBatch are the queue; a task is only a doorbell, so `retry` is a backstop that never matters.
Q_CLUSTER = {
    "name": "mediaparser",
    **DOORBELLS,
    "ALT_CLUSTERS": {},
    "workers": MEDIAPARSER_WORKERS,
    "queue_limit": MEDIAPARSER_WORKERS,
    "bulk": 1,
    "timeout": 7200,  # a batch of films on a slow disk takes an hour; what hangs has deadlines of its own
    "retry": 22_000,
    "max_attempts": 3,
    "ack_failures": True,
    "poll": 0.1,
    "guard_cycle": 1,
    "recycle": 200,
    "max_rss": 600_000,
    "save_limit": 250,
    "scheduler": False,
    "catch_up": False,
    "label": "Queue",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("MEDIAPARSER_LOG_LEVEL", default="WARNING")},
    "loggers": {"django-q": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}
