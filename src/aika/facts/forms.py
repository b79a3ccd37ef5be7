"""The forms of questions for recorded facts: what stands before and after the thing they are about."""

import re

from aika.domain.facts import Relation

VERBS: dict[str, tuple[Relation, tuple[str, ...]]] = {
    "maintain": (Relation.OWNER, ("maintainer",)),
    "maintained": (Relation.OWNER, ("maintainer",)),
    "owned": (Relation.OWNER, ()),
    "run": (Relation.OWNER, ()),
    "approved": (Relation.APPROVER, ()),
    "approve": (Relation.APPROVER, ()),
    "accepted": (Relation.APPROVER, ()),
    "reviewed": (Relation.REVIEWER, ()),
    "review": (Relation.REVIEWER, ()),
    "wrote": (Relation.AUTHOR, ()),
    "written": (Relation.AUTHOR, ()),
    "authored": (Relation.AUTHOR, ()),
    "created": (Relation.AUTHOR, ()),
    "drafted": (Relation.AUTHOR, ()),
    "proposed": (Relation.AUTHOR, ()),
    "chair": (Relation.ROLE, ("chair",)),
    "chaired": (Relation.ROLE, ("chair",)),
    "cochair": (Relation.ROLE, ("chair",)),
    "lead": (Relation.ROLE, ("lead",)),
    "led": (Relation.ROLE, ("lead",)),
    "head": (Relation.ROLE, ("head",)),
    "manage": (Relation.ROLE, ("manager",)),
    "managed": (Relation.ROLE, ("manager",)),
    "edited": (Relation.ROLE, ("editor",)),
    "sponsored": (Relation.ROLE, ("sponsor",)),
    "sponsor": (Relation.ROLE, ("sponsor",)),
    "coordinate": (Relation.ROLE, ("coordinator",)),
    "chairing": (Relation.ROLE, ("chair",)),
    "leading": (Relation.ROLE, ("lead",)),
    "heading": (Relation.ROLE, ("head",)),
    "managing": (Relation.ROLE, ("manager",)),
    "sponsoring": (Relation.ROLE, ("sponsor",)),
    "coordinating": (Relation.ROLE, ("coordinator",)),
    "maintaining": (Relation.OWNER, ("maintainer",)),
    "running": (Relation.OWNER, ()),
}
"""What is asked for by a verb, in the singular and without hyphens: the relation, and the role where it is one of many."""


def _any(words: str) -> str:
    """Return a pattern of alternatives, the longest first: words apart by bars."""
    return f"(?:{'|'.join(sorted(words.split('|'), key=len, reverse=True))})"


_PARTS = {
    "S": r"(?P<subject>.+?)",
    "THE": r"(?:the |our )?",
    # Never an auxiliary: "what do chairs …" asks for something else.
    "NOUN": (
        r"(?P<noun>(?!(?:do|does|did|can|could|should|is|are|was|were|will|would|has|have|must|may)\b)"
        r"(?:(?:slack )?channel|[\w-]+(?: [\w-]+){0,2}))"
    ),
    "CHANNEL": (
        r"(?P<noun>(?:slack |chat |support |team |discord |teams |help )?(?:channel|room)|slack|mailing[ -]list|"
        r"e-?mail(?: address)?|mail address|contact(?: address| point)?|point of contact|chat|"
        r"on-?call(?: rota| schedule| link)?|pager)"
    ),
    "NOW": r"(?:currently |actually |now |really |mainly |officially )?",
    "WILL": _any("do|does|are|is|will|should"),
    "CAN": _any("do|can|should|must|would|could|shall|might"),
    "ONE": _any("i|we|you|one|people|someone|users|developers"),
    "ASK": _any(
        "contact|use|ask|post|write|message|reach|reach out|go|talk|ping|join|email|mail|raise|turn|speak|get help|seek help|"
        "get support|ask questions|ask for help|post questions"
    ),
    "BREAKS": r"(?: (?:fails|breaks|crashes|is down|goes down|has (?:a problem|problems)))?",
    "INTO": r"(?: (?:in|to|at|on|questions|into))?",
    "ABOUT": (
        r"(?:(?:with|for) (?:questions|a question|problems|issues|help) (?:about|on|with|regarding|for)|"
        r"(?:if|when) there (?:is|are) (?:an? )?(?:problems?|issues?) with|about|for|regarding|concerning|on|with)"
    ),
    "TALK": _any("contact|ask|talk to|speak to|reach|reach out to|ping|message|write to|email|turn to|go to"),
    "REACH": _any("reach|contact|get in touch with|get hold of|get a hold of|message|talk to"),
    "PEOPLE": (
        r"(?:(?:owners?|teams?|people|maintainers?|folks) (?:of|behind|for|that owns?|who owns?|responsible for) )?"
    ),
    "HELP": r"(?:(?:ask|get|post|go|raise)(?: a question| questions| for help| help| support| issues)?)",
    "ALERTS": _any("alert|alerts|alert notifications|pages|alarms|monitoring alerts|system alerts|notifications"),
    "GO": _any("go|sent|posted|land|end up|appear|reported|routed|delivered|raised|arrive|show up|fire"),
    "OF": _any("of|for|in|on|at|to"),
    "IS": r"(?: is|'s| are|'re| was| were)",
    "DONE": _any("owned|maintained|approved|reviewed|written|authored|proposed|chaired|led|managed|created"),
    "DOING": _any("chairing|leading|maintaining|managing|running|heading|sponsoring|coordinating"),
    "DOES": _any(
        "maintains?|approved|approves?|reviewed|reviews?|wrote|authored|created|drafted|proposed|co-?chairs?|chairs?|leads?|"
        "heads?|manages?|runs?|edited|sponsors?|sponsored|coordinates?|accepted"
    ),
    "ROLE": r"(?P<role>[\w/-]+(?: [\w/-]+){0,3}?)",
    "TITLE": r"(?P<role>owners?|maintainers?|authors?|approvers?|reviewers?|chairs?|tech leads?|leads?)",
}
_PARTS["WHO"] = rf"(?:who|(?:which|what) {_PARTS['NOUN']})"

_FORMS: tuple[tuple[str, Relation | None], ...] = (
    (
        "where {WILL} {THE}{ALERTS} (?:of|for|from|about|on) {S} (?:be |get )?{GO}(?: to)?",
        Relation.ALERTS,
    ),
    ("where {WILL} {THE}{S}(?:'s)? {ALERTS} (?:be |get )?{GO}(?: to)?", Relation.ALERTS),
    (
        "(?:which|what) {CHANNEL} (?:do|does|are) {THE}{ALERTS} (?:of|for|from|on) {S} (?:get )?{GO}(?: to| in)?",
        Relation.ALERTS,
    ),
    ("(?:which|what) {NOUN} (?:gets?|receives?|handles?|sees?) {THE}{ALERTS} (?:of|for|from|on) {S}", Relation.ALERTS),
    (
        "who (?:gets?|is|receives?) (?:paged|alerted|notified|{ALERTS}) (?:for|about|from|of|when) {S}{BREAKS}",
        Relation.ALERTS,
    ),
    ("(?:what|which){IS} {THE}alerts? (?P<noun>channel) (?:of|for) {S}", Relation.ALERTS),
    ("what{IS} {THE}(?:current |latest )?(?:status|state) of {S}", Relation.STATUS),
    ("(?:what|which) status (?:does|do|has) {S} (?:have|got)", Relation.STATUS),
    ("(?:in )?(?:what|which) (?:status|state) is {S}(?: in)?", Relation.STATUS),
    ("(?:current )?status of {S}", Relation.STATUS),
    ("{S}(?:'s)? status", Relation.STATUS),
    (
        "(?:in |on |via )?(?:which|what) {CHANNEL} {CAN} {ONE} {ASK}{INTO}(?: {ABOUT})? {S}(?: questions| issues| problems)?",
        Relation.CONTACT,
    ),
    (
        "(?:which|what) {CHANNEL} (?:is|are|'s) (?:there |used |the right one |the one )?(?:for|about) {S}",
        Relation.CONTACT,
    ),
    (
        "(?:which|what) {CHANNEL} (?:owns?|maintains?|looks? after|supports?|is responsible for) {S}",
        Relation.OWNER,
    ),
    (
        "(?:what|which|where){IS} {THE}(?:right |correct |best |main )?{CHANNEL} (?:of|for|about|behind) {S}",
        Relation.CONTACT,
    ),
    (
        "(?:what|which|where){IS} {THE}(?:right |correct |best |main )?{CHANNEL} to {ASK} (?:about|for) {S}",
        Relation.CONTACT,
    ),
    ("(?:what|which){IS} {S}'s {CHANNEL}", Relation.CONTACT),
    ("(?:which|what) {CHANNEL} (?:does|do) {S} (?:use|have)", Relation.CONTACT),
    ("{CHANNEL} (?:of|for) {S}", Relation.CONTACT),
    ("who(?:m)? {CAN} {ONE} {TALK} {ABOUT} {S}", Relation.CONTACT),
    ("how {CAN} {ONE} {REACH} {THE}{PEOPLE}{S}", Relation.CONTACT),
    ("where {CAN} {ONE} {HELP} {ABOUT} {S}", Relation.CONTACT),
    ("where {CAN} {ONE} (?:find|reach|contact) {S} (?:on|in) (?P<noun>slack|chat)", Relation.CONTACT),
    ("(?:which|what) {NOUN} {CAN} {ONE} {ASK} {ABOUT} {S}", Relation.OWNER),
    ("what (?:does|do) {S} depend(?:s)? on", Relation.DEPENDS_ON),
    ("(?:what|which){IS} {THE}dependencies (?:of|for) {S}", Relation.DEPENDS_ON),
    ("(?:what|which) {NOUN} (?:is|are) {S} (?:a )?part of", Relation.PART_OF),
    ("(?:what|which) {NOUN} (?:does|do) {S} belong to", Relation.PART_OF),
    ("what (?:replaced|superseded|replaces|supersedes|obsoletes) {S}", Relation.SUCCESSOR),
    ("what (?:was|is) {S} (?:replaced|superseded) by", Relation.SUCCESSOR),
    ("what is {S} called now", Relation.SUCCESSOR),
    ("{WHO} {NOW}owns? {S}", Relation.OWNER),
    ("{WHO} (?:is|are) {NOW}(?:responsible|accountable) for {S}", Relation.OWNER),
    ("{WHO} (?:is|are) {NOW}(?:in charge of|behind|looking after|taking care of) {S}", Relation.OWNER),
    ("{WHO} {NOW}(?:looks? after|takes? care of|answers? for) {S}", Relation.OWNER),
    ("(?:to )?who(?:m)? does {S} belong(?: to)?", Relation.OWNER),
    ("whose (?:\\w+ )?is {S}", Relation.OWNER),
    ("(?:by )?who(?:m)? (?:is|are|was|were) {S} {NOW}(?P<verb>{DONE})(?: by)?", None),
    ("{S} (?:is|was) (?P<verb>{DONE}) by (?:who|whom|which team)", None),
    ("{WHO} (?:has |have )?{NOW}(?P<verb>{DOES}) {S}", None),
    ("{WHO} signed off(?: on)? {S}", Relation.APPROVER),
    ("who(?: is| are|'s) (?:all )?(?:in|on|part of|(?:the |a )?members? of) {S}", Relation.MEMBER),
    ("(?:who|what|which people){IS} {THE}{ROLE} {OF} {S}", None),
    ("(?:who|what){IS} {S}'s? {ROLE}", None),
    ("(?:list|name|show me|give me) (?:all )?{THE}{ROLE} {OF} {S}", None),
    ("{WHO} (?:is|are) {NOW}(?P<verb>{DOING}) {S}", None),
    ("{THE}{TITLE} (?:of|for) {S}", None),
    ("{S}(?:'s)? {TITLE}", None),
    ("{S}(?:'s)? (?P<noun>slack(?: channel)?|mailing list|on-?call)", Relation.CONTACT),
)


class _Named(dict[str, str]):
    """Leaves braces that name no part as they are: they are the pattern's own."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


FORMS: tuple[tuple[re.Pattern[str], Relation | None], ...] = tuple(
    (re.compile(form.format_map(_Named(_PARTS)), re.IGNORECASE), relation) for form, relation in _FORMS
)
"""Patterns of whole questions with what they ask for; ``None`` where their verb or role says it. The first that fits counts."""
