"""Names of what aika measures about itself. Those of language models are in `aika.telemetry.genai`.

`docs/reference/telemetry.md` says what each means; a test compares it with this module.
"""

SCOPE = "aika"
"""The instrumentation scope of aika's own spans and metrics."""

# Attributes of spans and metrics.

ERROR_TYPE = "error.type"
STAGE = "aika.stage"
CANCELLED = "aika.cancelled"
QUESTION_CHARS = "aika.question.chars"
HISTORY_MESSAGES = "aika.history.messages"
ASSISTANT = "aika.assistant"
OUTCOME = "aika.outcome"
ORIGIN = "aika.answer.origin"
REASON = "aika.abstention.reason"
CONFIDENCE = "aika.confidence"
BAND = "aika.confidence.band"
SIGNAL = "aika.signal."
"""Followed by the signal's name; the value is its contribution in log-odds."""
CITATIONS = "aika.citations"
CITATIONS_REMOVED = "aika.citations.removed"
NOTES = "aika.notes"
TIME_TO_FIRST_TEXT = "aika.time_to_first_text"
DECLINED = "aika.draft.declined"
EVIDENCE = "aika.evidence"
SUFFICIENCY = "aika.sufficiency"
K = "aika.k"
HITS = "aika.hits"
HIT_CHUNKS = "aika.hits.chunks"
CANDIDATES = "aika.candidates"
REWRITTEN = "aika.rewritten"
TEXTS = "aika.texts"
ROLE = "aika.embedding.role"
RATING = "aika.feedback.rating"
SOURCE = "aika.source"
CONNECTOR = "aika.connector"
SYNC_PHASE = "aika.sync.phase"
SYNC_RESULT = "aika.sync.result"
SYNC_COUNT = "aika.sync."
"""Followed by ``seen``, ``added``, ``changed``, ``unchanged``, ``removed``, ``failed`` or ``warnings``."""
EVENT_COUNT = "aika.connector.events."
"""Followed by ``found``, ``removed``, ``failed`` or ``checkpoint``."""

# Attributes that hold content: set only where the operator allows it.

QUESTION = "aika.question"
QUESTION_REWRITTEN = "aika.question.rewritten"
ANSWER = "aika.answer"
HIT_TITLES = "aika.hits.titles"
SYNC_MESSAGE = "aika.sync.message"

# Metrics.

STAGE_DURATION = "aika.stage.duration"
ANSWERS = "aika.answers"
REMOVED_CITATIONS = "aika.answer.citations.removed"
FEEDBACK = "aika.feedback"
COST = "aika.cost"
SYNC_DURATION = "aika.sync.duration"
SYNC_DOCUMENTS = "aika.sync.documents"
SOURCE_DOCUMENTS = "aika.source.documents"
NOT_FINDABLE = "aika.source.documents.not_findable"
NOT_EMBEDDED = "aika.source.documents.not_embedded"
SYNC_AGE = "aika.source.sync.age"
