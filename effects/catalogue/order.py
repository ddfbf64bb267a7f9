"""The order in which the catalogue shows its effects, for who must not ask the database."""

THEMES = (
    "celebration",
    "christmas",
    "new_year",
    "love",
    "dance",
    "pets",
    "style",
    "transform",
    "motion",
    "sports",
    "fun_warp",
    "halloween",
)
DIVIDED_ABOVE = 24  # effects in a tier: more are divided by theme
