"""The metrics that aika records. Those of language models are in `aika.telemetry.genai`."""

from opentelemetry.metrics import Meter

from aika.telemetry import names

# From a fusion of two rankings to an answer written by a slow model.
_STAGE_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_SYNC_SECONDS = (0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14400.0)


class Instruments:
    """Counters and histograms, made once for an application."""

    def __init__(self, meter: Meter) -> None:
        self.stage_duration = meter.create_histogram(
            names.STAGE_DURATION,
            unit="s",
            description="Time that a stage of answering took.",
            explicit_bucket_boundaries_advisory=_STAGE_SECONDS,
        )
        self.answers = meter.create_counter(
            names.ANSWERS, unit="{answer}", description="Questions answered, or honestly not answered."
        )
        self.citations_removed = meter.create_counter(
            names.REMOVED_CITATIONS, unit="{citation}", description="Citations that did not resolve or did not back."
        )
        self.feedback = meter.create_counter(
            names.FEEDBACK, unit="{rating}", description="What people said of answers."
        )
        self.sync_duration = meter.create_histogram(
            names.SYNC_DURATION,
            unit="s",
            description="Time that a sync of a source took.",
            explicit_bucket_boundaries_advisory=_SYNC_SECONDS,
        )
        self.sync_documents = meter.create_counter(
            names.SYNC_DOCUMENTS,
            unit="{document}",
            description="Documents that syncs came upon, by what became of them.",
        )
