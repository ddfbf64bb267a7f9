from django.urls import path

from .views import account, callbacks, catalogue, files, gallery, health, jobs, portraits, preferences, previews

app_name = "effects"

urlpatterns = [
    path("", catalogue.catalogue, name="catalogue"),
    path("effects/<str:name>/", catalogue.effect, name="effect"),
    path("effects/<str:name>/order/", jobs.order, name="order"),
    path("effects/<str:name>/preview/", previews.make, name="preview"),
    path("effects/<str:name>/poster.webp", files.effect_poster, name="effect_poster"),
    path("effects/<str:name>/poster-large.webp", files.effect_poster, {"size": "large"}, name="effect_poster_large"),
    path("effects/<str:name>/loop/", files.effect_loop, name="effect_loop"),
    path("portraits/", portraits.upload, name="portrait_upload"),
    path("portraits/<str:key>/thumb.webp", files.thumbnail, name="thumbnail"),
    path("portraits/<str:key>/photo.jpg", files.photo, name="photo"),
    path("previews/<str:name>.mp4", previews.video, name="preview_video"),
    path("jobs/", jobs.index, name="jobs"),
    path("jobs/refresh/", jobs.refresh, name="jobs_refresh"),
    path("jobs/<str:key>/", jobs.detail, name="job"),
    path("jobs/<str:key>/card/", jobs.card, name="job_card"),
    path("jobs/<str:key>/cancel/", jobs.cancel, name="job_cancel"),
    path("gallery/", gallery.index, name="gallery"),
    path("gallery/trash/", gallery.trash, name="trash"),
    path("videos/<str:key>/", gallery.video, name="video"),
    path("videos/<str:key>/delete/", gallery.delete, name="video_delete"),
    path("videos/<str:key>/restore/", gallery.restore, name="video_restore"),
    path("videos/<str:key>/video.mp4", files.video, name="video_file"),
    path("videos/<str:key>/poster.webp", files.video_poster, name="video_poster"),
    path("account/", account.account, name="account"),
    path("account/sign-up/", account.sign_up, name="sign_up"),
    path("account/sign-in/", account.sign_in, name="sign_in"),
    path("account/sign-out/", account.sign_out, name="sign_out"),
    path("welcome/<str:token>/", account.welcome, name="welcome"),
    path("theme/", preferences.theme, name="theme"),
    path("accent.css", preferences.accent, name="accent"),
    path("callbacks/<str:token>/", callbacks.receive, name="callback"),
    path("health/", health.health, name="health"),
]
