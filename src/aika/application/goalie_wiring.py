"""Puts together what goalies work with."""

import hashlib
import socket

from aika.application.aika import Aika
from aika.application.goalie_files import folder_of_goalies
from aika.application.goalie_keeping import DocumentKeeper
from aika.application.goalie_reports import Reports
from aika.application.goalies import Goalies
from aika.goalie.questions import QuestionJudge
from aika.goalie.remembering import GoalieMemory


def build_goalies(aika: Aika) -> Goalies:
    """Return the goalies of the settings' folder. They say nothing until a surface lends them a desk."""
    database = aika.database
    return Goalies(
        folder=folder_of_goalies(aika.settings),
        cases=database.cases,
        memory=GoalieMemory(aika.conversing, aika.assistants),
        judge=QuestionJudge(),
        reports=Reports(database.cases, aika.digests.gaps.clusters, aika.clock),
        keeper=DocumentKeeper(lambda: aika.sources, database.directory, aika.put_document),
        clock=aika.clock,
        holder=_holder(aika),
        telemetry=aika.telemetry.goalies,
    )


def _holder(aika: Aika) -> str:
    """Return the name of this process. The lock of the data directory makes sure that a predecessor of this name is gone."""
    place = f"{socket.gethostname()}\n{aika.settings.data_path.resolve()}"
    return hashlib.blake2b(place.encode(), digest_size=8).hexdigest()
