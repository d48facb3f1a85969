"""What people set, and every change of it: looked at here, set and taken back on the page of settings."""

from django.contrib import admin

from media_catalog.admin.read_only import ReadOnlyAdmin
from media_catalog.models import Setting, SettingChange


@admin.register(Setting)
class SettingAdmin(ReadOnlyAdmin[Setting]):
    list_display = ("key", "value", "changed_at", "changed_by")
    list_select_related = ("changed_by",)


@admin.register(SettingChange)
class SettingChangeAdmin(ReadOnlyAdmin[SettingChange]):
    list_display = ("changed_at", "key", "before", "after", "changed_by", "undone_by")
    list_select_related = ("changed_by", "undone_by")
