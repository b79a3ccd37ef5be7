"""``/v1/rules``: the ranking rules in force, and what others would change."""

from pathlib import Path

from fastapi import APIRouter
from pydantic import JsonValue

from aika.application.aika import Aika
from aika.application.rule_trial import Change, compare_rules, proposed_rules
from aika.application.rule_words import selected_by
from aika.application.rules import doubts, rules_of
from aika.client.rule_models import MovedView, RuleChangeView, RulesReply, RuleTestReply, RuleTestRequest, RuleView
from aika.domain.errors import ConfigurationError, InvalidRequestError
from aika.domain.queries import Query
from aika.domain.rules import RankingRule, RuleLevel
from aika.surfaces.api.callers import Caller, TheAdmin, TheAika
from aika.surfaces.api.problems import RESPONSES

router = APIRouter(tags=["rules"], responses=RESPONSES)


@router.get("/v1/rules")
async def list_rules(aika: TheAika, caller: TheAdmin) -> RulesReply:
    """Return the ranking rules of the company and of the sources that the caller may see."""
    rules = [rule for rule in aika.declarations.rules if _may_see(caller, rule)]
    return RulesReply(
        rules=[_rule_view(rule, aika.settings.base_dir) for rule in rules],
        errors=[str(error) for error in aika.declarations.company_rules.errors],
        doubts=list(doubts(rules, aika.sources.keys())),
    )


@router.post("/v1/rules/test")
async def try_rules(request: RuleTestRequest, aika: TheAika, caller: TheAdmin) -> RuleTestReply:
    """Ask questions under two sets of ranking rules, of the documents that the caller may read, and say what differs."""
    current = aika.declarations.rules
    if request.rules is None:
        before, after = aika.contender(()), aika.contender(current)
    else:
        proposed = proposed_rules(current, _proposed(request), file=request.file)
        before, after = aika.contender(current), aika.contender(proposed)
    evidence = aika.settings.retrieval.evidence
    changes = []
    for question in request.questions:
        _check(question, aika)
        compared = await compare_rules(Query(question, caller.scope), before, after, evidence=evidence)
        if compared.change is not None:
            changes.append(_change_view(compared.change))
    return RuleTestReply(questions=len(request.questions), changes=changes)


def _may_see(caller: Caller, rule: RankingRule) -> bool:
    """Whoever manages some sources has no business with the rules of others."""
    seen, meant = caller.scope.sources, rule.applies_to.sources
    return rule.level is not RuleLevel.SOURCE or seen is None or meant is None or not seen.isdisjoint(meant)


def _proposed(request: RuleTestRequest) -> tuple[RankingRule, ...]:
    content: dict[str, JsonValue] = {"rules": list(request.rules or ())}
    try:
        return rules_of(content, declared_in=request.file or "the proposed rules")
    except ConfigurationError as error:
        raise InvalidRequestError(str(error)) from error


def _check(question: str, aika: Aika) -> None:
    limit = aika.settings.server.max_question_chars
    if len(question) > limit:
        raise InvalidRequestError(f"a question has {len(question):,} characters; at most {limit:,} are taken")


def _rule_view(rule: RankingRule, base_dir: Path) -> RuleView:
    place = Path(rule.declared_in)
    return RuleView(
        name=rule.name,
        level=rule.level.value,
        selects=selected_by(rule),
        factor=rule.factor,
        half_life_days=None if rule.decay is None else rule.decay.half_life.total_seconds() / 86_400,
        floor=None if rule.decay is None else rule.decay.floor,
        endorsed=rule.endorsed,
        min_helpful=rule.min_helpful,
        declared_in=place.relative_to(base_dir).as_posix() if place.is_relative_to(base_dir) else rule.declared_in,
    )


def _change_view(change: Change) -> RuleChangeView:
    moved = [
        MovedView(
            source=move.source,
            key=move.key,
            title=move.title,
            rank_before=move.rank_before,
            rank_after=move.rank_after,
            score_before=move.score_before,
            score_after=move.score_after,
            reasons=list(move.reasons),
        )
        for move in change.moved
    ]
    return RuleChangeView(
        question=change.question,
        moved=moved,
        citation_before=change.citation_before,
        citation_after=change.citation_after,
    )
