"""The page of settings; 27 is what the predecessor let people set."""

import json
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from media_catalog.models import Job, Setting, SettingChange, Source
from media_catalog.services import preferences
from media_catalog.services.preferences import Name
from tests.media_catalog import copies
from tests.review.conftest import BACKEND
from tests.review.rows import NOW, add_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(person, page):
    person.is_staff = True
    person.save()
    return page


@pytest.fixture
def address() -> str:
    return reverse("settings")


def put(client, name: Name, value, *, step="save", **more):
    seen = more.get("seen", preferences.value(name))
    data = {"name": name.value, "value": value, "seen": json.dumps(seen), "step": step}
    return client.post(reverse("settings"), data)


def test_shows_everything_to_everybody_and_lets_staff_alone_change_it(page, staff, person, address):
    assert page.get(address).text.count('name="step" value="save"') == len(Name)
    person.is_staff = False
    person.save()
    text = page.get(address).text
    assert "name=&quot;" not in text
    assert 'name="step"' not in text
    assert "Time zone at home" in text
    change = SettingChange.objects.create(key="time_zone", after="Asia/Tokyo", changed_at=NOW)
    for answer in (
        put(page, Name.TIME_ZONE, "Asia/Tokyo"),
        page.post(reverse("setting_sources"), {}),
        page.post(reverse("setting_apply", args=["time_zone"])),
        page.post(reverse("setting_back", args=[change.pk])),
    ):
        assert (answer.status_code, "Your account may not do this" in answer.text) == (403, True)
    assert not Setting.objects.exists()
    assert not Job.objects.exists()


def test_sets_the_zone_by_a_city_and_says_what_becomes_of_the_files_27(staff, address):
    moment = {"captured_at": NOW, "offset_minutes": 0, "offset_source": "assumed"}
    add_file("a.mp4", captured=NOW.replace(tzinfo=None), **moment)
    answer = put(staff, Name.TIME_ZONE, "tokyo")
    assert (answer.status_code, answer.url) == (302, f"{address}#time_zone")
    text = staff.get(address).text
    assert 'value="Asia/Tokyo"' in text
    assert "1 file tells only a moment." in text
    assert "Saved." in text
    assert "Default: " in " ".join(text.split())
    answer = staff.post(reverse("setting_apply", args=["time_zone"]))
    job = Job.objects.get(kind="redate")
    assert (answer.url, job.created_by.username) == (reverse("job", args=[job.pk]), "mum")
    assert "A job is at it" in staff.get(address).text
    assert staff.post(reverse("setting_apply", args=["name_patterns"])).url == reverse("job", args=[job.pk])


def test_sets_the_folder_for_exports_27(staff, address, tmp_path):
    put(staff, Name.ARCHIVE_DIR, f"{tmp_path}/archive")
    assert (tmp_path / "archive").is_dir()
    assert f"{tmp_path}/archive" in staff.get(reverse("exports")).text
    assert "free on its disk" in staff.get(address).text


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (Name.ARCHIVE_DIR, "<b>archive", "Give the whole path"),
        (Name.ARCHIVE_DIR, "/srv/\0", "Null characters are not allowed"),
        (Name.ARCHIVE_DIR, "/" + "a" * 4001, "at most 4000 characters"),
        (Name.TIME_ZONE, "Atlantis<b>", "There is no such time zone"),
        (Name.TIME_ZONE, "", "There is no such time zone"),
        (Name.NAME_PATTERNS, "<b>%d", "has no year"),
        (Name.EARLIEST_YEAR, "1825", "a year from 1826, when the first photograph was taken, to 20"),
        (Name.EARLIEST_YEAR, "9999", "a year from 1826"),
        (Name.EARLIEST_YEAR, "long<b>", "Enter a whole number"),
        (Name.EARLIEST_YEAR, "", "This field is required"),
        (Name.COPY_BITS, "11", "pictures of other things were taken for copies"),
        (Name.COPY_BITS, "-1", "a whole number from 0 to 10"),
        (Name.COPY_BITS, "2.5", "Enter a whole number"),
        (Name.ERROR_THRESHOLD, "lots<b>", "Enter a number"),
        (Name.ERROR_THRESHOLD, "nan", "Enter a number"),
        (Name.ERROR_THRESHOLD, "101", "less than or equal to 100"),
        (Name.IMPORT_ROOTS, "/no/such/folder<b>", "does not exist"),
        (Name.EXPORT_ROOTS, "/no/such/folder<b>", "no folder that is there"),
    ],
)
def test_says_what_is_wrong_beside_what_was_typed(staff, name, value, said):
    text = put(staff, name, value).text
    assert said in text
    assert "<b>" not in text.partition("<main")[2].replace("<b>1", "")
    assert value.replace("<", "&lt;").replace(">", "&gt;") in text
    assert not Setting.objects.exists()


def test_percent_are_shares_and_go_back_to_the_default(staff):
    put(staff, Name.ERROR_THRESHOLD, "12.5")
    assert preferences.value(Name.ERROR_THRESHOLD) == 0.125
    assert 'value="12.5"' in staff.get(reverse("settings")).text
    put(staff, Name.ERROR_THRESHOLD, "not even a number", step="default")
    assert (preferences.value(Name.ERROR_THRESHOLD), Setting.objects.exists()) == (0.1, False)


def test_the_earliest_year_says_what_becomes_of_the_files_and_is_taken_back(staff, address):
    add_file("a.jpg", captured=datetime(1999, 7, 4, 12))
    add_file("b.jpg", captured=datetime(1975, 7, 4, 12), reviewed_at=NOW)
    assert "No file here has a date before 1826" in staff.get(address).text
    put(staff, Name.EARLIEST_YEAR, "2000")
    text = staff.get(address).text
    assert "1 file here has a date before 2000 that no person gave." in text
    assert "Default: <bdi>1826</bdi>" in " ".join(text.replace(" \n", " ").split())
    answer = staff.post(reverse("setting_apply", args=["earliest_year"]))
    assert answer.url == reverse("job", args=[Job.objects.get(kind="redate").pk])
    staff.post(reverse("setting_back", args=[SettingChange.objects.get().pk]))
    assert preferences.earliest_year() == 1826
    put(staff, Name.EARLIEST_YEAR, "1950")
    put(staff, Name.EARLIEST_YEAR, "", step="default")
    assert (preferences.earliest_year(), Setting.objects.exists()) == (1826, False)


def test_how_different_copies_may_look_is_set_and_they_are_sought_anew(staff, address):
    shown = copies.file("a.jpg"), copies.file("b.jpg")
    copies.group("near", *shown)
    assert put(staff, Name.COPY_BITS, "0").url == f"{address}#copy_bits"
    text = staff.get(address).text
    assert preferences.copy_bits() == 0
    assert "1 group of copies is open. An import goes by this number" in text
    assert staff.post(reverse("setting_apply", args=["copy_bits"])).status_code == 302
    assert Job.objects.get().kind == "group"
    assert "A job is at it" in staff.get(address).text
    staff.post(reverse("setting_back", args=[SettingChange.objects.get().pk]))
    assert preferences.copy_bits() == 10


def test_a_box_that_is_not_ticked_is_off(staff):
    put(staff, Name.DELETE_ORIGINALS, "on")
    assert preferences.value(Name.DELETE_ORIGINALS) is True
    put(staff, Name.DELETE_ORIGINALS, "")
    assert preferences.value(Name.DELETE_ORIGINALS) is False


def test_what_the_environment_says_is_shown_as_such_and_cannot_be_changed(staff, address, settings, tmp_path):
    settings.FROM_ENVIRONMENT = frozenset(["MEDIAPARSER_IMPORT_ROOTS"])
    settings.MEDIAPARSER_IMPORT_ROOTS = [str(tmp_path)]
    text = staff.get(address).text
    assert "<code>MEDIAPARSER_IMPORT_ROOTS</code>" in text
    assert f"<bdi>{tmp_path}</bdi>" in text
    assert 'value="import_roots"' not in text
    answer = staff.post(
        address, {"name": "import_roots", "value": "", "seen": json.dumps([str(tmp_path)])}, follow=True
    )
    assert "It cannot be changed here" in answer.text
    assert not Setting.objects.exists()


@pytest.mark.parametrize(("name", "value"), [(Name.EARLIEST_YEAR, 1950), (Name.COPY_BITS, 4)])
def test_a_number_of_the_environment_is_fixed_as_well(staff, address, settings, name, value):
    settings.FROM_ENVIRONMENT = frozenset([name.variable])
    setattr(settings, name.variable, value)
    card = staff.get(address).text.partition(f'id="{name.value}"')[2].partition("</section>")[0]
    assert f"<bdi>{value}</bdi>" in card
    assert f"<code>{name.variable}</code>" in card
    assert "<input" not in card.partition('class="effect"')[0]
    assert "It cannot be changed here" in staff.get(put(staff, name, value + 1).url).text
    assert not Setting.objects.exists()


def test_somebody_who_looked_before_another_one_changed_it_is_told(staff):
    put(staff, Name.TIME_ZONE, "Europe/Berlin")
    answer = put(staff, Name.TIME_ZONE, "Asia/Tokyo", seen="UTC")
    assert "Somebody has changed this meanwhile" in staff.get(answer.url).text
    assert preferences.time_zone() == "Europe/Berlin"


def test_patterns_are_tried_without_being_stored(staff):
    add_file("Scan_31012015_<i>.jpg", confidence="none")
    text = put(staff, Name.NAME_PATTERNS, "Scan_%d%m%Y_*", step="try").text
    assert "1 would be read." in text
    assert "Scan_31012015_&lt;i&gt;.jpg</bdi> → <b>31 Jan 2015</b>" in text
    assert ">\nScan_%d%m%Y_*</textarea>" in text
    assert not Setting.objects.exists()


def test_sources_are_preferred_and_copies_sought_anew(staff, address):
    first, second = add_file("a.jpg").source, Source.objects.create(
        label="Messenger<i>", root_bytes=b"/x", root_key="x", root_text="/x", created_at=NOW
    )  # fmt: skip
    text = staff.post(reverse("setting_sources"), {first.pk: "2", second.pk: "1001"}).text
    assert "less than or equal to 1000" in text
    assert "<i>" not in text
    staff.post(reverse("setting_sources"), {first.pk: "2", second.pk: "-1"})
    assert list(Source.objects.order_by("pk").values_list("keeper_preference", flat=True)) == [2, -1]
    assert "Preference of “Messenger&lt;i&gt;”" in staff.get(address).text
    staff.post(reverse("setting_apply", args=["copies"]))
    assert Job.objects.get().kind == "group"


def test_the_last_change_can_be_taken_back_from_the_page(staff, address):
    put(staff, Name.TIME_ZONE, "Europe/Berlin")
    put(staff, Name.TIME_ZONE, "Asia/Tokyo")
    first, second = SettingChange.objects.order_by("pk")
    text = staff.get(address).text
    assert reverse("setting_back", args=[second.pk]) in text
    assert reverse("setting_back", args=[first.pk]) not in text
    answer = staff.post(reverse("setting_back", args=[second.pk]), follow=True)
    assert "Taken back." in answer.text
    assert preferences.time_zone() == "Europe/Berlin"
    answer = staff.post(reverse("setting_back", args=[second.pk]), follow=True)
    assert "This was changed again since." in answer.text


def test_answers_forms_that_are_none(staff, address):
    assert staff.post(address, {"name": "secret_key"}).status_code == 404
    assert staff.post(address, {"name": "time_zone", "value": "Rome", "seen": "{"}).status_code == 400
    assert staff.post(reverse("setting_apply", args=["everything"])).status_code == 404
    assert staff.post(reverse("setting_back", args=[1])).status_code == 404
    assert staff.get(reverse("setting_sources")).status_code == 405


def test_a_form_from_elsewhere_is_refused(staff, person, address):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person, backend=BACKEND)
    assert client.post(address, {"name": "time_zone", "value": "Rome"}).status_code == 403


def test_the_page_asks_for_little(staff, address, django_assert_max_num_queries):
    for number in range(60):
        source = Source.objects.create(
            label=f"{number}", root_bytes=b"/x", root_key=f"{number}", root_text="/x", created_at=NOW
        )
        SettingChange.objects.create(key=f"source:{source.pk}", before=0, after=1, changed_at=NOW)
    with django_assert_max_num_queries(15):
        text = staff.get(address).text
    assert text.count("<bdi>Preference of") == 20
    assert text.count('inputmode="numeric"') == 50 + 2
