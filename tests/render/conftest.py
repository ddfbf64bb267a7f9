import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from effects.management.commands import fetch_models


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the real models: what a set-up left behind, or what is fetched now."""
    kept = Path(settings.BASE_DIR) / "data" / "models"
    if fetch_models.are_there(kept):
        return kept
    folder = tmp_path_factory.mktemp("models")
    try:
        fetch_models.fetch(folder)
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"The models cannot be fetched here: {error}")
    return folder
