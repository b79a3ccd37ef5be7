"""The models of confidence of an installation, as they are now: `aika calibrate` may write others while a server runs."""

import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from aika.answering.logistic import INSTALLED, ConfidenceModels, LogisticModel, load_models
from aika.domain.errors import ConfigurationError

logger = logging.getLogger(__name__)

_LOOK_SECONDS = 2.0


class FollowedModels:
    """Has what `ConfidenceModels` has. A file that appears, changes or goes takes effect within seconds.

    A damaged file is told in the log, and the models before it stay in use. Raises `ConfigurationError` where it is damaged when
    this is made.
    """

    def __init__(self, data_dir: Path, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._data_dir = data_dir
        self._seconds = seconds
        self._seen = self._state()
        self._looked_at = seconds()
        self._models = load_models(data_dir)

    @property
    def evidence(self) -> LogisticModel:
        return self._current().evidence

    @property
    def extracted(self) -> LogisticModel:
        return self._current().extracted

    @property
    def generated(self) -> LogisticModel:
        return self._current().generated

    @property
    def about(self) -> Mapping[str, object]:
        return self._current().about

    def _current(self) -> ConfidenceModels:
        now = self._seconds()
        if now - self._looked_at >= _LOOK_SECONDS:
            self._looked_at = now
            state = self._state()
            if state != self._seen:
                self._seen = state
                self._reload()
        return self._models

    def _reload(self) -> None:
        try:
            self._models = load_models(self._data_dir)
        except ConfigurationError as error:
            logger.warning("the models of confidence stay as they were", extra={"reason": str(error)})
            return
        logger.info("the models of confidence changed", extra={"date": str(self._models.about.get("date", ""))})

    def _state(self) -> tuple[int, int] | None:
        """Return what differs between two versions of the file, ``None`` where there is none."""
        try:
            found = (self._data_dir / INSTALLED).stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_ino
