"""How the studio runs. Deployment comes from the environment; what the owner decides is a row in the admin."""

import os
import secrets
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

DATA_DIR = Path(env.str("STUDIO_DATA_DIR", str(BASE_DIR / "data"))).expanduser().resolve()
for folder in (DATA_DIR, DATA_DIR / "media", DATA_DIR / "static"):
    folder.mkdir(parents=True, exist_ok=True)


def kept_secret(path: Path) -> str:
    """Read the secret key from the data folder; the first process to start makes it."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(50))
    return path.read_text()


def own_cores() -> int:
    """Return how many cores this process may use, which in a container is fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def origin_of(url: str, setting: str) -> str:
    """Return scheme://host[:port] of a setting's address, or stop the start with a sentence."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ImproperlyConfigured(f"{setting} is {url!r}; say for example https://studio.example")
    return f"{parts.scheme}://{parts.netloc}"


SECRET_KEY = env.str("STUDIO_SECRET_KEY", "") or kept_secret(DATA_DIR / "secret_key")
DEBUG = env.bool("STUDIO_DEBUG", False)
PUBLIC_URL = env.str("STUDIO_PUBLIC_URL", "").rstrip("/")

ALLOWED_HOSTS = env.list("STUDIO_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
if PUBLIC_URL:
    ALLOWED_HOSTS.append(urlsplit(PUBLIC_URL).hostname or "")
    CSRF_TRUSTED_ORIGINS = [origin_of(PUBLIC_URL, "STUDIO_PUBLIC_URL")]
if PUBLIC_URL.startswith("https://"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

INSTALLED_APPS = [
    "effects",
    "kling_studio.apps.StudioAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "django_htmx",
    "huey.contrib.djhuey",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "kling_studio.middleware.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kling_studio.middleware.BodyLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "effects.middleware.OwnerMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "kling_studio.urls"
WSGI_APPLICATION = "kling_studio.wsgi.application"
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
                "effects.context_processors.studio",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# WAL lets pages read while the worker writes; IMMEDIATE makes a writer queue instead of failing half-way.
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "studio.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
            "PRAGMA cache_size=-16000;PRAGMA temp_store=MEMORY;PRAGMA journal_size_limit=27103364",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

KLING_API_KEY = env.str("KLING_API_KEY", "").strip()
if not (KLING_API_KEY.isascii() and KLING_API_KEY.isprintable()) or " " in KLING_API_KEY:
    raise ImproperlyConfigured("KLING_API_KEY holds a space or a letter that no key has; copy it once more")
KLING_API_BASE_URL = env.str("KLING_API_BASE_URL", "").rstrip("/") or "https://apimodels.app"
origin_of(KLING_API_BASE_URL, "KLING_API_BASE_URL")
# Whether what the provider names, such as a result's address, may lead into private networks.
ALLOW_PRIVATE_ADDRESSES = env.bool("STUDIO_ALLOW_PRIVATE_ADDRESSES", False)

# Who makes the videos: by name, a callable that builds the provider. New orders go to PROVIDER.
PROVIDERS = {
    "local": "effects.providers.local.from_settings",
    "apimodels": "effects.providers.apimodels.from_settings",
}
PROVIDER = "apimodels" if KLING_API_KEY else "local"

# A renderer keeps one core busy; the worker has one hand more than renderers, so short tasks never wait for frames.
# Orders that are being sent and results that are being fetched keep two more busy.
RENDER_SLOTS = max(1, env.int("STUDIO_RENDER_SLOTS", own_cores()))
RENDER_FPS = 30 if env.int("STUDIO_RENDER_FPS", 24) == 30 else 24
HUEY = {
    "huey_class": "kling_studio.queue.StudioHuey",
    "name": "studio",
    "filename": str(DATA_DIR / "queue.sqlite3"),
    "immediate": False,
    "consumer": {
        "workers": RENDER_SLOTS + (3 if KLING_API_KEY else 1),
        "worker_type": "process",
        "initial_delay": 0.1,
        "backoff": 1.15,
        "max_delay": 0.25,
    },
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
# Together, so that guessing at somebody's password from elsewhere does not lock him out.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "effects.views.errors.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "effects.requests.client_address"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

SESSION_COOKIE_AGE = 180 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
CSRF_FAILURE_VIEW = "effects.views.errors.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# The name that newer Django gives this setting, so that its own middleware can take over.
SECURE_CSP = {
    "default-src": ["'self'"],
    "img-src": ["'self'", "blob:", "data:"],
    "media-src": ["'self'", "blob:"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [str(BASE_DIR / "effects" / "locale")]  # as text: makemessages compares it with what it finds
TIME_ZONE = env.str("STUDIO_TIME_ZONE", "UTC")
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "media"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "media"
FILE_UPLOAD_PERMISSIONS = 0o640
# Two portraits of 10 MB and the form around them; Django's own limit covers the fields.
MAX_BODY_BYTES = 21 * 1024 * 1024
# A path that the reverse proxy serves from the media folder by X-Accel-Redirect; empty: the studio sends files itself.
ACCEL_PREFIX = env.str("STUDIO_ACCEL_PREFIX", "")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "axes": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "effects": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django.security.DisallowedHost": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}
