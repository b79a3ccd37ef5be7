"""English words by which a heading is told to be an action, a name, a sentence, or nothing that anybody asks for."""

_GENERIC = """
    about abstract acceptance acknowledgements advantages alternatives appendix assumptions background basics benefits
    changelog changes conclusion considerations consequences contact contacts content contents context decision decisions
    description design details discussion drawbacks example examples faq further general glossary goals guide help history
    home implementation index info information intro introduction license links misc motivation next non-goals note notes
    open options outcome overview owner owners policy preface prerequisites problem process proposal purpose questions
    readme reading reference references related release requirements resources results risks scope see setup solution
    sources status steps summary support table todo tips tl;dr troubleshooting unresolved update updates usage version
    welcome when where why how what who rejected accepted template
"""
GENERIC = frozenset(_GENERIC.split())
"""Of headings that every document has."""

_VERBS = """
    access add adopt break classify consider customise customize deprecate include put allow apply approve archive ask
    assign authenticate authorize avoid back become begin block book build call cancel change check choose claim clean clear
    configure connect convert copy create debug declare define delete deploy disable document drain drop enable escalate
    estimate expire export extend fail find fix flush generate get grant handle host implement import improve increase
    install integrate introduce investigate invite join keep launch limit log make manage measure merge migrate monitor
    mount move name onboard open order pause pay pin plan prepare prevent promote propose protect provision publish pull
    push query raise read rebuild recover reduce refresh register release remove rename renew replace replay replicate
    report request require reset resize resolve restart restore restrict resume retire retry return revert review revoke
    rewrite roll rotate route run scale schedule search send serve set share ship shut sign simplify split start stop store
    stream structure submit swap switch sync tag take test throttle track trace transfer triage trigger tune turn uninstall
    unlock update upgrade upload use validate verify version view wait warm write
"""
VERBS = frozenset(_VERBS.split())

_NOUNS_TOO = """
    access back block book build call change check claim debug design document drop escalate estimate export fail find flush
    grant handle host import increase install keep launch limit log measure monitor mount move name open order pause pay pin
    plan pull push query read release replay report request reset restore return review route run scale schedule search set
    share ship sign split start stop store structure switch sync tag test trace transfer trigger turn update upgrade upload
    version view wait
"""
NOUNS_TOO = frozenset(_NOUNS_TOO.split())
"""Verbs that are nouns as well: *test collections* are collections, and to *test the collections* is something to do."""

_STATING = """
    begin become belong carry come compare decide expect expire follow get give go happen have hire hold keep know live meet
    mean move need own pay plan reorder run see send serve show speak stay take travel treat use welcome work yield
"""
STATING = frozenset(_STATING.split())
"""Further verbs, of sentences that say how something is."""

_OF_COMPOUNDS = "building caching hosting logging monitoring naming opening ordering pricing routing scaling testing"
OF_COMPOUNDS = frozenset(_OF_COMPOUNDS.split())
"""With one noun, they are its kind: *routing system*. With more words they are something to do."""

_NO_NAMES_BEGIN = """
    after all approach at before by common during in install low high more most on other setup thoughts towards under update
    what with
"""
NO_NAMES_BEGIN = frozenset(_NO_NAMES_BEGIN.split())

_SMALL = "a an and as at by for from in into of on or started the to up with your"
SMALL = frozenset(_SMALL.split())

_RELATIONS = "that which who where when if because whether"
RELATIONS = frozenset(_RELATIONS.split())
"""With one of these, the first *is* is not the sentence's."""

_DETERMINERS = "a an the your our its it to up down back out off into for my"
DETERMINERS = frozenset(_DETERMINERS.split())

_POINTING = "it its this that these those she he her his they them their here one"
POINTING = frozenset(_POINTING.split())
"""What they point at is in the text, and not in the heading."""

_PLURAL_HEADS = """
    allowances conditions conventions costs dates deadlines dependencies dimensions environments exceptions fees guidelines
    hours levels limits permissions prices principles priorities rates responsibilities roles rules severities sizes
    standards targets thresholds times values windows
"""
PLURAL_HEADS = frozenset(_PLURAL_HEADS.split())
_SINGULAR_HEADS = """
    allowance budget calendar deadline format limit policy roadmap rota rotation rule schedule strategy target threshold
    timeline timetable
"""
SINGULAR_HEADS = frozenset(_SINGULAR_HEADS.split())
_PROCESSES = "lifecycle pipeline procedure process workflow"
PROCESSES = frozenset(_PROCESSES.split())

_UNCOUNTED = """
    does from have into local manually need plugin project repo repository should tests that then this time using what when
    where which with work your
"""
UNCOUNTED = frozenset(_UNCOUNTED.split())
"""Words that say little about what a question is about."""
