"""The studio's own settings on a data folder that is thrown away."""

import atexit
import os
import shutil
import tempfile

FOLDER = tempfile.mkdtemp(prefix="kling-studio-test-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
os.environ["STUDIO_DATA_DIR"] = FOLDER
# Whatever the developer's own studio is set to, the tests are not.
os.environ |= {"STUDIO_PUBLIC_URL": "", "STUDIO_ACCEL_PREFIX": "", "STUDIO_DEBUG": "False", "STUDIO_TIME_ZONE": "UTC"}
os.environ |= {"STUDIO_ALLOWED_HOSTS": "localhost,127.0.0.1", "STUDIO_SECRET_KEY": "", "STUDIO_RENDER_SLOTS": "2"}
os.environ |= {"KLING_API_KEY": "", "KLING_API_BASE_URL": "", "STUDIO_ALLOW_PRIVATE_ADDRESSES": "False"}

from kling_studio.settings import *  # noqa: E402, F403
from kling_studio.settings import DATABASES, PROVIDERS, STORAGES  # noqa: E402

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
# A file, so that threads and other processes meet the same database.
DATABASES["default"]["TEST"] = {"NAME": f"{FOLDER}/test.sqlite3"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
PROVIDERS["paid"] = "tests.stand_in.paid_provider"
