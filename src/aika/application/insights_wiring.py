"""Puts together what notes questions, and what makes insights of them."""

from aika.application.aika import Aika
from aika.application.insights import InsightsBoard
from aika.assistants.journal import Journal, price_in
from aika.domain.insights import ModelPrice
from aika.health.gaps import GapFinder
from aika.models.wordpiece import english_word_ranks
from aika.protocols import Analyzer, Clock
from aika.settings import Settings
from aika.stores.database.database import Database


def open_journal(settings: Settings, database: Database, clock: Clock) -> Journal:
    """Return where it is noted that questions are asked."""
    prices = {name: ModelPrice(price.input, price.output) for name, price in settings.insights.prices.items()}
    return Journal(database.asked, database.directory, clock, tuple(settings.insights.teams), price_in(prices))


def build_insights(aika: Aika, analyzer: Analyzer) -> InsightsBoard:
    """Return what makes insights of what was noted."""
    finder = GapFinder(aika.generations.newest.embedder, analyzer, english_word_ranks)
    return InsightsBoard(aika.settings, aika.database, aika.clock, finder, analyzer)
