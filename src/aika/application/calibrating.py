"""The confidence of one installation: refitted to what its people said of answers, and followed while a server runs."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from aika.answering.logistic import INSTALLED, ConfidenceModels, load_models, written
from aika.domain.answers import Origin
from aika.domain.errors import ConfigurationError
from aika.domain.identifiers import PrincipalId
from aika.evaluation.harvesting import WITHHELD
from aika.evaluation.measures import Estimate
from aika.evaluation.recalibrating import Refit, refit
from aika.files import replace_file
from aika.settings import Settings
from aika.stores.database.database import Database

PREVIOUS = "confidence.previous.json"
"""Beside the models in use: those that were in use before."""
_MOST = 20_000
"""The newest ratings: what people said years ago was said of other answers."""
_ASIDE = re.compile(r"(?<![a-z])(?:tests?|testing|bots?|ci|demo|evaluation|eval|load)(?![a-z])", re.IGNORECASE)
"""In the name of an API key: what it rates is not what people think."""
_TAGS_ASIDE = frozenset({*WITHHELD, "test"})


@dataclass(frozen=True, slots=True)
class Recalibration:
    """What refitting came to."""

    refits: Mapping[Origin, Refit]
    left_out: int
    """Ratings of tests and bots, or with a tag that keeps them out."""
    models: ConfidenceModels | None
    """To be used from now on; ``None`` where nothing is better than what ships."""


async def recalibrate(settings: Settings, *, now: datetime, leaving_out: Collection[PrincipalId] = ()) -> Recalibration:
    """Refit the models of answers to the ratings that the database has. Writes nothing. A server may be running."""
    async with Database.open(_url(settings)) as database:
        keys = await database.keys.listing()
        aside = {PrincipalId(f"key:{key.id}") for key in keys if not key.on_behalf and _ASIDE.search(key.name)}
        rated, left_out = await database.rated_signals.newest(
            limit=_MOST, leaving_out=aside | set(leaving_out), tags=_TAGS_ASIDE
        )
    shipped = load_models()
    prior = {Origin.EXTRACTED: shipped.extracted, Origin.GENERATED: shipped.generated}
    refits = {origin: refit([one for one in rated if one.origin is origin], model) for origin, model in prior.items()}
    return Recalibration(refits, left_out, _models(shipped, refits, now))


def install(settings: Settings, models: ConfidenceModels) -> Path:
    """Put the models in use, those before beside them, and return their file. A running server takes them up."""
    place = settings.data_path / INSTALLED
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        replace_file(place.parent / PREVIOUS, place.read_bytes())
    replace_file(place, written(models).encode("utf-8"))
    return place


def back_to_shipped(settings: Settings) -> bool:
    """Use what ships again, and keep what was in use beside it. Return whether there was anything else in use."""
    place = settings.data_path / INSTALLED
    if not place.exists():
        return False
    place.replace(place.parent / PREVIOUS)
    return True


def _models(shipped: ConfidenceModels, refits: Mapping[Origin, Refit], now: datetime) -> ConfidenceModels | None:
    better = {origin: one for origin, one in refits.items() if one.model is not None}
    if not better:
        return None
    about: dict[str, object] = {
        "about": "Logistic models of whether an answer helps, fitted by `aika calibrate` near those that ship.",
        "date": now.date().isoformat(),
        "data": "what people said of this installation's answers",
        "shipped": shipped.about.get("date", ""),
        "fitted": {origin.value: _about(one) for origin, one in better.items()},
    }
    found = replace(shipped, about=about)
    if (one := better.get(Origin.EXTRACTED)) is not None and one.model is not None:
        found = replace(found, extracted=one.model)
    if (one := better.get(Origin.GENERATED)) is not None and one.model is not None:
        found = replace(found, generated=one.model)
    return found


def _about(one: Refit) -> dict[str, object]:
    """Return what the file records of one model's data and measures."""
    found: dict[str, object] = {"ratings": one.n, "helpful": one.helpful, "people": one.people}
    if one.shipped is not None and one.refitted is not None:
        found["before"] = {name: _said(value) for name, value in one.shipped.measures.items()}
        found["after"] = {name: _said(value) for name, value in one.refitted.measures.items()}
        found["thresholds"] = {
            f"{each.threshold:.2f}": {"answered": round(each.answered, 4), "right": each.right}
            for each in one.refitted.thresholds
        }
    return found


def _said(value: Estimate) -> dict[str, float]:
    return {"value": round(value.value, 4), "low": round(value.low, 4), "high": round(value.high, 4)}


def _url(settings: Settings) -> str:
    place = settings.data_path / "aika.db"
    if settings.database.url is not None:
        return settings.database.url.get_secret_value()
    if not place.exists():
        raise ConfigurationError(f"nobody has asked anything yet: there is no {place}")
    return f"sqlite:///{place}"
