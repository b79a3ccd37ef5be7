"""Words of which one denies the other, as pairs, and words that say how many and how surely."""

from collections.abc import Mapping

from aika.answering.tokens import stem
from aika.protocols import Analyzer

_PAIRS = """
before/after earlier/later previous/next first/last initial/final former/latter early/late begin/end start/stop start/finish
start/end open/close open/closed opens/closes enter/leave arrive/depart arrival/departure join/leave enable/disable
activate/deactivate active/inactive activated/deactivated on/off allow/forbid allow/prohibit allow/deny allow/block
allow/prevent permit/forbid permit/prohibit permit/deny permitted/forbidden permitted/banned allowed/forbidden allowed/banned
legal/illegal lawful/unlawful accept/reject accept/refuse accept/decline approve/reject approve/refuse approve/deny grant/deny
grant/revoke grant/refuse admit/deny confirm/deny agree/disagree agree/refuse support/oppose favour/oppose favor/oppose win/lose
won/lost victory/defeat increase/decrease increase/reduce raise/lower raise/reduce rise/fall rose/fell grow/shrink gain/lose
gain/loss expand/contract expand/shrink extend/shorten lengthen/shorten strengthen/weaken strong/weak improve/worsen
improve/degrade better/worse best/worst maximum/minimum max/min maximal/minimal maximize/minimize maximise/minimise most/least
more/less more/fewer majority/minority above/below over/under exceed/undercut upper/lower higher/lower highest/lowest high/low
top/bottom larger/smaller largest/smallest large/small big/small bigger/smaller longer/shorter longest/shortest long/short
faster/slower fastest/slowest fast/slow quick/slow quickly/slowly older/newer oldest/newest old/new older/younger
oldest/youngest old/young ancient/modern cheap/expensive cheaper/dearer cheaper/costlier heavier/lighter heavy/light wide/narrow
wider/narrower deep/shallow thick/thin hot/cold warm/cool warmer/cooler hotter/colder wet/dry hard/soft hard/easy difficult/easy
harder/easier simple/complex simple/complicated simpler/harder rich/poor full/empty full/partial complete/incomplete
complete/partial entire/partial whole/partial always/never often/rarely often/seldom frequently/rarely usually/rarely
common/rare everyone/nobody everything/nothing everywhere/nowhere somebody/nobody something/nothing all/none all/no both/neither
either/neither any/none with/without include/exclude including/excluding inclusive/exclusive required/optional
mandatory/optional compulsory/voluntary compulsory/optional necessary/unnecessary needed/unneeded needed/needless
internal/external inner/outer inside/outside inward/outward import/export inbound/outbound incoming/outgoing ingress/egress
input/output upload/download push/pull send/receive sender/receiver sender/recipient read/write readable/writable lock/unlock
encrypt/decrypt encode/decode compress/decompress attach/detach mount/unmount install/uninstall register/unregister
deploy/undeploy subscribe/unsubscribe follow/unfollow merge/split combine/separate join/split add/remove add/delete
create/delete create/destroy insert/remove keep/delete keep/remove keep/discard retain/discard preserve/destroy build/destroy
save/discard show/hide visible/hidden visible/invisible appear/disappear public/private shared/private open/proprietary
client/server producer/consumer provider/consumer publisher/subscriber parent/child ancestor/descendant master/slave
primary/secondary major/minor main/secondary upstream/downstream frontend/backend front/back forward/backward forwards/backwards
ahead/behind upward/downward upwards/downwards upgrade/downgrade scale/shrink ascending/descending horizontal/vertical
left/right north/south northern/southern east/west eastern/western local/remote local/global global/regional online/offline
connected/disconnected connect/disconnect synchronous/asynchronous static/dynamic manual/automatic manually/automatically
automated/manual permanent/temporary permanently/temporarily mutable/immutable persistent/ephemeral stateful/stateless
explicit/implicit explicitly/implicitly direct/indirect directly/indirectly positive/negative positively/negatively true/false
correct/incorrect correct/wrong right/wrong valid/invalid accurate/inaccurate success/failure succeed/fail successful/failed
succeeded/failed successful/unsuccessful successfully/unsuccessfully pass/fail passed/failed working/broken healthy/unhealthy
available/unavailable reachable/unreachable stable/unstable reliable/unreliable safe/unsafe safe/dangerous secure/insecure
trusted/untrusted known/unknown certain/uncertain clear/unclear possible/impossible able/unable likely/unlikely
probable/improbable visible/obscured equal/unequal same/different identical/different similar/different alike/unlike
consistent/inconsistent compatible/incompatible supported/unsupported deprecated/supported deprecated/recommended
recommended/discouraged encourage/discourage advisable/inadvisable agree/dispute advantage/disadvantage benefit/drawback
benefit/harm helpful/harmful useful/useless profit/loss asset/liability income/expense credit/debit buy/sell bought/sold
purchase/sale lend/borrow lender/borrower landlord/tenant employer/employee buyer/seller teacher/student plaintiff/defendant
guilty/innocent deductible/nondeductible taxable/exempt alive/dead live/die born/died birth/death male/female men/women
husband/wife father/mother son/daughter peace/war friend/enemy ally/enemy attack/defend love/hate like/dislike remember/forget
hire/fire hire/dismiss appoint/dismiss elect/appoint legislative/executive majority/few present/absent presence/absence
natural/artificial domestic/foreign urban/rural civilian/military religious/secular theoretical/practical physical/virtual
cause/prevent cause/cure promote/hinder promote/prevent facilitate/hinder facilitate/prevent help/hinder protect/harm
protect/expose continue/stop continue/discontinue continue/cease remain/change remain/leave maintain/abandon adopt/abandon
accelerate/decelerate accelerate/delay hasten/delay advance/postpone advance/delay advance/retreat tight/loose tighten/loosen
strict/lenient restrict/permit restrict/allow limit/allow expose/hide reveal/conceal reveal/hide single/multiple
unique/duplicate solid/liquid acid/alkaline odd/even plural/singular solvent/insolvent convex/concave clockwise/anticlockwise
dead/live summer/winter day/night morning/evening noon/midnight gross/net debit/credit wholesale/retail formal/informal
"""
_QUANTIFIERS = (
    ("all", "every", "each", "entire"),
    ("most", "majority"),
    ("many", "several", "numerous"),
    ("some", "certain"),
    ("few", "hardly", "little"),
    ("no", "none", "neither"),
)
_STRONG = frozenset(("must", "shall", "required", "mandatory", "need", "needs", "obliged"))
_WEAK = frozenset(("may", "can", "could", "might", "optional", "optionally"))
_NEGATING_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non", "non-", "mis", "de")
_LONG_ENOUGH = 4
"""Letters of what a negating prefix stands before: shorter rests are accidents, such as ``under``."""

# A handful of analyzers exist, and 700 words take milliseconds to stem.
_OPPOSITES: dict[str, Mapping[str, frozenset[str]]] = {}

QUANTIFIERS: Mapping[str, int] = {word: number for number, words in enumerate(_QUANTIFIERS) for word in words}
"""Which words say how many of something: those with one number say the same."""


def opposites(analyzer: Analyzer) -> Mapping[str, frozenset[str]]:
    """Return for each stem the stems that say the opposite of it."""
    known = _OPPOSITES.get(analyzer.fingerprint)
    if known is not None:
        return known
    found: dict[str, set[str]] = {}
    for pair in _PAIRS.split():
        one, other = (stem(word, analyzer) for word in pair.split("/"))
        if one != other:
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
    return _OPPOSITES.setdefault(analyzer.fingerprint, {one: frozenset(others) for one, others in found.items()})


def differ_by_prefix(one: str, other: str) -> bool:
    """Return whether one stem is the other with a prefix that denies it: ``supported`` and ``unsupported``."""
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return len(shorter) >= _LONG_ENOUGH and any(longer == prefix + shorter for prefix in _NEGATING_PREFIXES)


def obliges(word: str) -> bool | None:
    """Return whether the word obliges (true) or leaves a choice (false); ``None`` for any other."""
    lowered = word.lower()
    return True if lowered in _STRONG else False if lowered in _WEAK else None
