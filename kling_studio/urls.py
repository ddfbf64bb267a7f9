from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("effects.urls")),
]

handler400 = "effects.views.errors.bad_request"
handler403 = "effects.views.errors.forbidden"
handler404 = "effects.views.errors.not_found"
handler500 = "effects.views.errors.server_error"
