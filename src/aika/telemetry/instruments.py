"""The metrics that aika records. Those of language models are in `aika.telemetry.genai`."""

from opentelemetry.metrics import Meter

from aika.telemetry import names

# From a fusion of two rankings to an answer written by a slow model.
_STAGE_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_SYNC_SECONDS = (0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14400.0)


# Of a probability: by these a backend draws how far confidence and ratings agree, bin by bin.
_TENTHS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_SQUARED = (0.01, 0.04, 0.09, 0.16, 0.25, 0.36, 0.49, 0.64, 0.81, 1.0)
_FEW = (0, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20)


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
        self.answer_confidence = meter.create_histogram(
            names.ANSWER_CONFIDENCE,
            unit="1",
            description="The confidence of answers and abstentions.",
            explicit_bucket_boundaries_advisory=_TENTHS,
        )
        self.answer_citations = meter.create_histogram(
            names.ANSWER_CITATIONS,
            unit="{citation}",
            description="Citations of an answer.",
            explicit_bucket_boundaries_advisory=_FEW,
        )
        self.answer_support = meter.create_histogram(
            names.ANSWER_SUPPORT,
            unit="1",
            description="How well an answer's sentences are supported by what they cite, by words and numbers.",
            explicit_bucket_boundaries_advisory=_TENTHS,
        )
        self.citations_removed = meter.create_counter(
            names.REMOVED_CITATIONS, unit="{citation}", description="Citations that did not resolve or did not back."
        )
        self.feedback = meter.create_counter(
            names.FEEDBACK, unit="{rating}", description="What people said of answers."
        )
        self.feedback_confidence = meter.create_histogram(
            names.FEEDBACK_CONFIDENCE,
            unit="1",
            description="The confidence of answers that people rated.",
            explicit_bucket_boundaries_advisory=_TENTHS,
        )
        self.feedback_brier = meter.create_histogram(
            names.FEEDBACK_BRIER,
            unit="1",
            description="The squared distance of the confidence from what people said of the answer.",
            explicit_bucket_boundaries_advisory=_SQUARED,
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
