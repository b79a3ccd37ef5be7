"""Health, readiness, API keys, and what the confidence is told by."""

import asyncio
from datetime import timedelta

from fastapi import APIRouter, Response
from pydantic import JsonValue, TypeAdapter

from aika.answering.logistic import INSTALLED, ConfidenceModels, load_models
from aika.client.confidence_models import ConfidenceModelsView, ConfidenceModelView
from aika.client.models import KeyRequest, KeyView, NewKey, Readiness
from aika.domain.identifiers import ApiKeyId
from aika.surfaces.api.callers import TheAika, TheOperator
from aika.surfaces.api.problems import RESPONSES
from aika.surfaces.api.views import key_view

_DETAILS = TypeAdapter(dict[str, JsonValue])

router = APIRouter(tags=["operations"], responses=RESPONSES)


@router.get("/healthz")
async def health() -> dict[str, str]:
    """Say that the process lives."""
    return {"status": "alive"}


@router.get("/readyz")
async def readiness(aika: TheAika, response: Response) -> Readiness:
    """Say whether questions can be answered, and what is missing otherwise."""
    problems = await aika.problems()
    if problems:
        response.status_code = 503
    return Readiness(status="not ready" if problems else "ready", problems=problems)


@router.get("/v1/confidence")
async def confidence(aika: TheAika, _: TheOperator) -> ConfidenceModelsView:
    """Say which models turn signals into the confidence, what they were fitted to, and how good they are."""
    folder = aika.settings.data_path
    own = await asyncio.to_thread((folder / INSTALLED).exists)
    return _confidence_view(await asyncio.to_thread(load_models, folder), fitted_here=own)


@router.get("/v1/keys")
async def list_keys(aika: TheAika, _: TheOperator) -> list[KeyView]:
    return [key_view(key) for key in await aika.database.keys.listing()]


@router.post("/v1/keys", status_code=201)
async def create_key(request: KeyRequest, aika: TheAika, _: TheOperator) -> NewKey:
    """Make an API key. The reply is the only place where its secret appears."""
    key, secret = await aika.create_key(
        request.name,
        principals=request.principals,
        sources=request.sources,
        admin=request.admin,
        on_behalf=request.on_behalf,
        lifetime=None if request.expires_in_days is None else timedelta(days=request.expires_in_days),
    )
    return NewKey(**key_view(key).model_dump(), secret=secret)


@router.delete("/v1/keys/{id}", status_code=204)
async def delete_key(id: str, aika: TheAika, _: TheOperator) -> None:
    await aika.database.keys.delete(ApiKeyId(id))


def _confidence_view(models: ConfidenceModels, *, fitted_here: bool) -> ConfidenceModelsView:
    each = {"evidence": models.evidence, "extracted": models.extracted, "generated": models.generated}
    details = _DETAILS.validate_python(dict(models.about))
    return ConfidenceModelsView(
        in_use="fitted here" if fitted_here else "shipped",
        date=str(details.pop("date", "")),
        data=str(details.pop("data", "")),
        models={
            name: ConfidenceModelView(intercept=one.intercept, coefficients=dict(one.coefficients))
            for name, one in each.items()
        },
        details=details,
    )
