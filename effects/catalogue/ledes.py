"""One sentence for each theme and number of people. It says what to expect, not what a video will show."""

from django.utils.translation import gettext_lazy as _

from effects.models import Effect, Theme

ONE = {
    Theme.CELEBRATION: _("A five-second toast to whoever is in the photo."),
    Theme.CHRISTMAS: _("One photo, five seconds of Christmas."),
    Theme.NEW_YEAR: _("A New Year's greeting with a face you know."),
    Theme.LOVE: _("One portrait, and a little romance."),
    Theme.DANCE: _("A portrait that cannot stand still."),
    Theme.PETS: _("A very short film with an animal in it."),
    Theme.STYLE: _("The same face, in another look."),
    Theme.TRANSFORM: _("It begins as your photo, and does not stay that way."),
    Theme.MOTION: _("A still photo, set in motion."),
    Theme.SPORTS: _("From the photo album onto the sports page."),
    Theme.FUN_WARP: _("One serious photo, taken lightly."),
    Theme.HALLOWEEN: _("One portrait, after dark."),
}
TWO = {
    Theme.CELEBRATION: _("Two photos, one party."),
    Theme.CHRISTMAS: _("Two people, photographed apart, home for Christmas."),
    Theme.NEW_YEAR: _("One New Year's greeting from the two of you."),
    Theme.LOVE: _("Two people, photographed apart, brought together."),
    Theme.DANCE: _("Two portraits, one dance floor."),
    Theme.PETS: _("Two photos, and room for an animal."),
    Theme.STYLE: _("Two faces, one new look."),
    Theme.TRANSFORM: _("It begins as two photos, and does not stay that way."),
    Theme.MOTION: _("Two still photos, set in motion together."),
    Theme.SPORTS: _("Two portraits, one match."),
    Theme.FUN_WARP: _("Two serious photos, taken lightly."),
    Theme.HALLOWEEN: _("Two portraits, after dark."),
}


def lede(effect: Effect) -> str:
    return str((TWO if effect.is_dual else ONE)[Theme(effect.theme)])
