from .credit import Account, CreditEntry
from .effect import Effect, Theme, Tier
from .job import LOCAL, FailureReason, Job, JobEvent, Status
from .portrait import Portrait
from .studio import Closed, Studio, Worker
from .video import Video

__all__ = [
    "LOCAL",
    "Account",
    "Closed",
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
