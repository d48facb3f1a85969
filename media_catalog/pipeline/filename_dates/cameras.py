"""Names by the clock of the device that made the file: cameras, phones, drones, dashcams, screenshots."""

import re

from media_catalog.pipeline.filename_dates.rules import CAMERA, Rule
from media_catalog.pipeline.filename_dates.shapes import (
    COMPACT_DATE,
    COMPACT_TIME,
    DATE,
    DAY,
    HALF,
    HOUR,
    MINUTE,
    MONTH,
    NO_DIGIT_AFTER,
    NO_DIGIT_BEFORE,
    NO_WORD_BEFORE,
    SECOND,
    SPOKEN,
    STAMP,
    TIME,
    YEAR,
)

SCREEN = (
    "screen|scrn|bildschirm|captur|écran|ecran|pantalla|skärm|skærm|skjerm|scherm|zrzut|ekran|näytt|képerny|snímek|"
    "snímka|снимок|знімок|скриншот|скріншот|στιγμιότυπο|截|屏|螢幕|スクリーン|스크린|화면|لقطة|צילום|"
    "layar|màn hình|zaslon|smartselect|cleanshot|annotation|flameshot|simulator|bandicam|snip|skrin"
)
PREFIX = (
    "img|vid|pano|mvimg|photosphere|imag|svid|lrv|jpe?g|pf|p|v|mov|cam|pic|image|photo|video|picture|foto|movie|dsc|"
    "selfie|bothie|dualrec|rec|slow|night|portrait|panorama|timelapse|hyperlapse|ar_effect|timeshift"
)
CAMERA_APP = (
    "b612|c360|camera360|snow|soda|foodie|beautyplus|beautycam|meitu|mtxx|myxj|cymera|retrica|selfiecity|selfiecamera|"
    "candycamera|camerazoom|opencamera|gcam|sweetselfie|youcam|ulike|airbrush|faceu|vsco|webcam|snapshot|thetaplus|"
    "hover|boomerang|cheese|burst_cover_gif_action|burst_cover_collage"
)
DASHCAM = "no|ev|pa|la|ti|rec|evt|emr|nor|event|lock|rf|sos|par|park|parking|drv|normal|file|loop|drive"

RULES = (
    Rule(
        name="burst",
        pattern=re.compile(rf"burst_?{STAMP}"),
        weight=CAMERA,
        example="00001trPORTRAIT_00001_BURST20190704153012345_COVER.jpg",
        counter_example="IMAG0815_BURST003.jpg",
    ),
    Rule(
        name="dji",
        pattern=re.compile(rf"{NO_WORD_BEFORE}dji_(?:[a-z]+_)*{STAMP}"),
        weight=CAMERA,
        example="DJI_20230611142530_0012_D.JPG",
        counter_example="DJI_0012.JPG",
    ),
    Rule(
        name="phone_camera",
        pattern=re.compile(rf"{NO_WORD_BEFORE}(?:{PREFIX})[-_ ]?{STAMP}"),
        weight=CAMERA,
        example="IMG_20180704_153012_HDR.jpg",
        counter_example="IMG_20160316_8677.jpg",
    ),
    Rule(
        name="bare_stamp",
        pattern=re.compile(rf"^{COMPACT_DATE}[-_]{COMPACT_TIME}"),
        weight=CAMERA,
        example="20180704_153012(0).jpg",
        counter_example="20180704_7566.jpg",
    ),
    Rule(
        name="windows_camera",
        pattern=re.compile(rf"{NO_WORD_BEFORE}(?:wp|win)_{COMPACT_DATE}_{TIME}"),
        weight=CAMERA,
        example="WP_20140101_12_30_00_Pro.jpg",
        counter_example="WP_20140101_012.jpg",
    ),
    Rule(
        name="nintendo_switch",
        pattern=re.compile(rf"^{COMPACT_DATE}{HOUR}{MINUTE}{SECOND}[0-9]{{2}}-[0-9a-f]{{32}}"),
        weight=CAMERA,
        example="2019051210111200-F1C11A22FAEE3B82F21B330E1B786A39.jpg",
        counter_example="2019051210111200.jpg",
    ),
    Rule(
        name="dashcam",
        pattern=re.compile(rf"^(?:{DASHCAM})_?{DATE}[-_]?{TIME}"),
        weight=CAMERA,
        example="NO20201013-081532-000123F.MP4",
        counter_example="FILE201013-081532F.MP4",
    ),
    Rule(
        name="dashcam_year_apart",
        pattern=re.compile(rf"{NO_DIGIT_BEFORE}{YEAR}_{MONTH}{DAY}_{COMPACT_TIME}"),
        weight=CAMERA,
        example="2019_0512_101112_001F.MP4",
        counter_example="2019_1312_101112.MP4",
    ),
    Rule(
        name="camera_app",
        pattern=re.compile(rf"{NO_WORD_BEFORE}(?:{CAMERA_APP})[^0-9]{{0,12}}{DATE}[-_]?{TIME}"),
        weight=CAMERA,
        example="C360_2019-03-02-18-07-31-885.jpg",
        counter_example="C360_0012.jpg",
    ),
    Rule(
        name="dropbox",
        pattern=re.compile(rf"^{YEAR}-{MONTH}-{DAY} {HOUR}\.{MINUTE}\.{SECOND}{NO_DIGIT_AFTER}{HALF}"),
        weight=CAMERA,
        example="2019-03-02 18.07.31-1.jpg",
        counter_example="2019-03-02.jpg",
    ),
    Rule(
        name="screenshot",
        pattern=re.compile(rf"(?:{SCREEN}).*?{SPOKEN}"),
        weight=CAMERA,
        example="Bildschirmfoto 2019-03-02 um 10.16.04.png",
        counter_example="Screenshot (7).png",
    ),
    Rule(
        name="ios_screen_recording",  # month first in every language
        pattern=re.compile(rf"screenrecording_{MONTH}-{DAY}-{YEAR} {TIME}"),
        weight=CAMERA,
        example="ScreenRecording_09-06-2024 21-54-48_1.MP4",
        counter_example="ScreenRecording_31-06-2024 21-54-48_1.MP4",
    ),
)
