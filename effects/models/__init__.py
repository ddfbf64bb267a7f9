from .credit import Account, CreditEntry
from .effect import Effect, Theme, Tier
from .job import FailureReason, Job, JobEvent, Status
from .portrait import Portrait
from .studio import Studio, Worker
from .video import Video

__all__ = [
    "Account",
    "CreditEntry",
    "Effect",
    "FailureReason",
    "Job",
    "JobEvent",
    "Portrait",
    "Status",
    "Studio",
    "Theme",
    "Tier",
    "Video",
    "Worker",
]
