"""The aika app that people talk to: its parts, opened together."""

from functools import partial

from aika.application.aika import Aika
from aika.domain.answers import Abstention, Answer
from aika.forms.slack import SlackSettings
from aika.surfaces.slack.asking import Asking
from aika.surfaces.slack.audience import Audiences
from aika.surfaces.slack.commands import Commands
from aika.surfaces.slack.direct import DirectMessages
from aika.surfaces.slack.dispatching import Dispatcher
from aika.surfaces.slack.feedback import Ratings
from aika.surfaces.slack.following import Following
from aika.surfaces.slack.identity import People
from aika.surfaces.slack.listening import Listener
from aika.surfaces.slack.mentions import Mentions
from aika.surfaces.slack.pane import AssistantPane
from aika.surfaces.slack.posting import Poster
from aika.surfaces.slack.publishing import Publishing
from aika.surfaces.slack.rendering import Rendered, answer_blocks
from aika.surfaces.slack.sharing import Sharing
from aika.surfaces.slack.shortcuts import Shortcuts
from aika.surfaces.slack.threads import Limits, Threads
from aika.surfaces.slack.whispering import Whispers


def open_answering(
    aika: Aika, settings: SlackSettings, dispatcher: Dispatcher, poster: Poster, people: People, audiences: Audiences
) -> Asking:
    """Have everything handled that people ask aika in Slack. Personal search says to the result what it hands over."""
    asking = Asking(aika, people, audiences, settings.assistant)
    questions = aika.database.slack_questions
    publishing = Publishing(poster, questions, aika.telemetry.slack, partial(_rendered, aika, settings))
    limits = Limits(aika.settings.server.max_question_chars, settings.questions_per_minute)
    listener = Listener(people)
    threads = Threads(asking, publishing, listener, questions, limits, aika.clock)
    whispers = Whispers(threads)
    parts = (
        Mentions(threads, listener),
        DirectMessages(threads, listener),
        Following(threads, listener),
        AssistantPane(aika, settings, asking, audiences, poster),
        Commands(whispers, listener),
        Shortcuts(whispers, listener),
        Sharing(aika, threads, whispers),
        Ratings(aika, asking, threads, whispers),
    )
    for part in parts:
        part.register(dispatcher)
    return asking


def _rendered(aika: Aika, settings: SlackSettings, outcome: Answer | Abstention) -> Rendered:
    return answer_blocks(outcome, style=settings.confidence, now=aika.clock.now())
