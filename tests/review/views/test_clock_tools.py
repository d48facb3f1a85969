from datetime import datetime

import pytest

from media_catalog.models import CameraRule, Job, MediaFile
from review import clock_effects
from tests.review.clocked import HOUR, NOON, add, locals_of, shown, text_of
from tests.review.rows import NOW

pytestmark = pytest.mark.django_db


class TestTool:
    def test_lists_cameras_with_their_numbers_of_files(self, page):
        add()
        add()
        add(camera_model="Pixel 3", camera_make="Google")
        text = text_of(page.get("/clocks/set/"))
        assert "Canon EOS 7D (2)" in text
        assert "Google Pixel 3 (1)" in text

    def test_asks_for_the_number_only_where_there_are_two_bodies(self, page):
        add(camera_serial="1")
        assert "Serial number" not in text_of(page.get("/clocks/set/?camera=EOS+7D"))
        other = add(camera_serial="2")
        assert "Serial number" in text_of(page.get("/clocks/set/?camera=EOS+7D"))
        scope = page.get(f"/clocks/set/?file={other.pk}").context["tool"].scope
        assert scope.values == {"camera": "EOS 7D", "serial": "2"}

    def test_shows_the_photos_of_a_camera_and_period_to_pick_one(self, page):
        early, late = add("early.jpg", captured=datetime(2014, 1, 1)), add("late.jpg")
        text = page.get("/clocks/set/?camera=EOS+7D&from=2015-01-01").text
        assert f"file={late.pk}" in text
        assert f"file={early.pk}" not in text

    @pytest.mark.parametrize(
        ("says", "seconds", "words"),
        [
            ("2015-07-04 13:00:42", 3600, "The clock was 1 hour behind at all times."),
            ("4 July 2015 11:30", -1800, "The clock was 30 minutes ahead at all times."),
            ("13:02", 3720, "The clock was 1 hour 2 minutes behind at all times."),
            ("2016-07-04", 366 * 86400, "The clock was 366 days behind at all times."),
        ],
    )
    def test_reads_what_it_should_be(self, page, says, seconds, words):
        answer = page.get("/clocks/set/", {"file": add().pk, "says": says})
        assert answer.context["correction"].act.params == {"seconds": seconds}
        assert words in text_of(answer)

    @pytest.mark.parametrize(
        ("asked", "words"),
        [
            ({"says": "no idea"}, "This is no date that can be read"),
            ({"says": "summer 2015"}, "This is not exact enough"),
            ({"says": "12:00:42"}, "there is nothing to correct"),
            ({"by": "soon"}, "Give a length of time such as +1 h 30 min"),
            ({"by": "+99999999 days"}, "Give a length of time"),
            ({"by": "-100000 days"}, "longer than there have been photographs"),
        ],
    )
    def test_says_what_is_wrong_with_what_was_typed(self, page, asked, words):
        answer = page.get("/clocks/set/", {"file": add().pk} | asked)
        assert words in text_of(answer)
        assert answer.context["correction"] is None

    def test_answers_htmx_with_the_effect_alone(self, page, htmx):
        answer = page.get("/clocks/set/", {"file": add().pk, "says": "13:00:42"}, headers=htmx)
        assert answer.text.strip().startswith('<section id="effect"')
        assert "after: 4 Jul 2015 13:00:42" in text_of(answer)
        assert "<html" not in answer.text

    def test_keeps_a_rule_for_what_is_here_and_what_will_come(self, page, run_job):
        file = add()
        answer = page.get("/clocks/set/", {"file": file.pk, "says": "13:00:42", "how": "rule"})
        done = page.post("/clocks/set/", shown(answer), follow=True)
        rule = CameraRule.objects.get()
        assert (rule.camera_model, rule.shift_seconds, rule.state) == ("EOS 7D", 3600, "active")
        assert f"/clocks/rules/{rule.pk}/" in done.redirect_chain[-1][0]
        run_job(Job.objects.get())
        assert locals_of() == [NOON + HOUR]

    def test_a_rule_is_about_the_period_that_was_chosen(self, page):
        add()
        asked = {"camera": "EOS 7D", "from": "2015-07-01", "until": "2015-07-31", "by": "+1 h"}
        page.post("/clocks/set/", shown(page.get("/clocks/set/", asked)))
        rule = CameraRule.objects.get()
        assert (rule.from_local, rule.until_local) == (
            datetime(2015, 7, 1),
            datetime(2015, 7, 31, 23, 59, 59),
        )

    def test_changes_only_what_is_here_once(self, page):
        add()
        add(camera_model="other")
        asked = {"camera": "EOS 7D", "by": "-1 h", "how": "once"}
        answer = page.post("/clocks/set/", shown(page.get("/clocks/set/", asked)), follow=True)
        assert locals_of() == [NOON - HOUR, NOON]
        assert "1 file has another date now." in text_of(answer)
        assert not CameraRule.objects.exists()

    def test_changes_the_files_of_one_body_alone(self, page):
        add(camera_serial="1")
        add(camera_serial="2")
        asked = {"camera": "EOS 7D", "serial": "2", "by": "-1 h", "how": "once"}
        page.post("/clocks/set/", shown(page.get("/clocks/set/", asked)))
        assert locals_of() == [NOON, NOON - HOUR]

    def test_more_than_are_looked_at_are_told_as_such(self, page, monkeypatch):
        monkeypatch.setattr(clock_effects, "COUNTED", 4)
        monkeypatch.setattr(clock_effects, "LOOKED_AT", 3)
        for _ in range(6):
            add()
        text = text_of(page.get("/clocks/set/", {"camera": "EOS 7D", "by": "-1 h"}))
        assert "More than 4 files are meant. Of 3 that were looked at, 3 would get another date." in text

    def test_refuses_when_other_files_are_meant_by_now(self, page):
        add()
        kept = shown(page.get("/clocks/set/", {"camera": "EOS 7D", "by": "-1 h", "how": "once"}))
        MediaFile.objects.update(camera_model="renamed")
        page.post("/clocks/set/", kept)
        assert locals_of() == [NOON]

    def test_wants_a_camera_for_a_rule(self, page):
        add()
        answer = page.get("/clocks/set/", {"from": "2015-01-01", "by": "+1 h", "how": "rule"})
        assert "A rule is about one camera" in text_of(answer)

    @pytest.mark.parametrize(
        "given",
        [
            {},
            {"camera": "EOS 7D", "how": "once", "seconds": "x", "expected": "1"},
            {"camera": "EOS 7D", "how": "once", "seconds": "9" * 30, "expected": "1"},
            {"source": "99", "how": "once", "seconds": "60", "expected": "1"},
        ],
    )
    def test_refuses_what_no_page_sends(self, page, given):
        add()
        assert page.post("/clocks/set/", given).status_code == 400
        assert locals_of() == [NOON]

    def test_survives_addresses_that_no_page_gave_out(self, page):
        for query in ("file=x", f"file={'9' * 30}", "source=x", "from=yesterday", f"camera={'x' * 5000}"):
            assert page.get(f"/clocks/set/?{query}").status_code == 200
        assert page.get("/clocks/set/?camera=EOS+7D&after=zzz").status_code == 400


class TestZone:
    ASKED = {"camera": "EOS 7D", "zone": "Asia/Tokyo"}

    @pytest.mark.parametrize("zone", ["Asia/Tokyo", "asia/tokyo", "tokyo"])
    def test_finds_a_zone_by_a_part_of_its_name(self, page, zone):
        add()
        answer = page.get("/clocks/zone/", self.ASKED | {"zone": zone, "how": "once"})
        assert answer.context["correction"].act.params == {"zone": "Asia/Tokyo", "keeping": "wall"}
        assert "after: 4 Jul 2015 12:00:42 +09:00" in text_of(answer)

    @pytest.mark.parametrize(
        ("asked", "words"),
        [
            ({"zone": "atlantis"}, "There is no such time zone"),
            ({"zone": "america"}, "Which one: America/Adak, "),
            ({"keeping": "instant", "how": "rule"}, "To keep the moments, choose"),
        ],
    )
    def test_says_what_is_wrong(self, page, asked, words):
        add()
        assert words in text_of(page.get("/clocks/zone/", self.ASKED | asked))

    def test_keeps_the_digits_or_the_moment(self, page):
        at = NOW.replace(year=2015)
        add(offset_minutes=0, offset_source="person", captured_at=at)
        kept = shown(page.get("/clocks/zone/", self.ASKED | {"keeping": "instant", "how": "once"}))
        page.post("/clocks/zone/", kept)
        file = MediaFile.objects.get()
        assert (file.captured_at, file.offset_minutes) == (at, 540)
        kept = shown(
            page.get("/clocks/zone/", {**self.ASKED, "zone": "UTC", "keeping": "wall", "how": "once"})
        )
        page.post("/clocks/zone/", kept)
        file.refresh_from_db()
        assert (file.captured_local, file.offset_minutes) == (datetime(2015, 11, 20, 21), 0)

    def test_keeps_a_zone_as_a_rule(self, page, run_job):
        add()
        page.post("/clocks/zone/", shown(page.get("/clocks/zone/", self.ASKED | {"how": "rule"})))
        run_job(Job.objects.get())
        assert CameraRule.objects.get().time_zone == "Asia/Tokyo"
        assert MediaFile.objects.get().offset_minutes == 540

    def test_gives_a_zone_to_a_folder(self, page):
        add(folder_key="abc")
        add(folder_key="def")
        asked = {"folder": "abc", "zone": "Asia/Tokyo", "how": "once"}
        page.post("/clocks/zone/", shown(page.get("/clocks/zone/", asked)))
        assert sorted(MediaFile.objects.values_list("folder_key", "offset_minutes")) == [
            ("abc", 540),
            ("def", None),
        ]
        assert "A rule cannot be about a folder" in text_of(
            page.get("/clocks/zone/", asked | {"camera": "EOS 7D", "how": "rule"})
        )
