"""What the upstream's sentences mean, by the words in them.

The contract names one of them ("Content policy violation"); the others are seen in public reports of its users.
"""

import re

from .base import Verdict

EFFECT = r"\b(effect|scene)([ _]scene)?( name| value)?\b"
CALLED = r"( ['\"]?[\w-]+['\"]?)?"
GONE = r"unknown|unsupported|invalid|retired|offline|no longer \w+|not (found|exists?|support(ed)?|available|valid)"
# An effect that is unknown is taken off the shelf, so a no to its photo or its options must not pass for one.
WORDS = {
    Verdict.POLICY: r"polic|risk control|sensitive|moderat|nsfw|prohibit|unsafe",
    Verdict.NO_FACE: r"\bfaces?\b|no person|no human",
    Verdict.UNKNOWN_EFFECT: rf"\b(unknown|unsupported|invalid|no such) {EFFECT}(?! (image|photo|picture|input|option))"
    rf"|{EFFECT}{CALLED},? ((is|was|does) )?({GONE})( any ?more)?(?=\s*([.,:;!(]|$))",
}


def verdict_of(reason: str) -> Verdict:
    """Return what a refusal or a failure is about, as far as its words tell."""
    for verdict, words in WORDS.items():
        if re.search(words, reason, re.IGNORECASE):
            return verdict
    return Verdict.OTHER
