"""Names whose clock has a known zone: UTC by a program's habit, time since 1970, or a zone in the name."""

import re

from media_catalog.pipeline.filename_dates.rules import CAMERA, DOUBTFUL, GENERIC, SENT, Rule, Zone
from media_catalog.pipeline.filename_dates.shapes import (
    CLOCK,
    COMPACT_DATE,
    COMPACT_TIME,
    DATE,
    EPOCH_MS,
    EPOCH_S,
    HOUR,
    JOIN,
    MINUTE,
    NO_DIGIT_BEFORE,
    NO_WORD_BEFORE,
    OFFSET_DIGITS,
    PLUS_OFFSET,
    STAMP,
    TIME,
    TIME_AND_MS,
)
from media_catalog.pipeline.timestamps.candidates import Precision

RULES = (
    Rule(
        name="pixel",
        pattern=re.compile(rf"{NO_WORD_BEFORE}pxl_{COMPACT_DATE}_{COMPACT_TIME}"),
        zone=Zone.UTC,
        weight=CAMERA,
        example="PXL_20210307_184512345.NIGHT.jpg",
        counter_example="PXL_20211307_184512345.jpg",
    ),
    Rule(
        name="onedrive_ios",
        pattern=re.compile(rf"{NO_DIGIT_BEFORE}{COMPACT_DATE}_{COMPACT_TIME}_ios"),
        zone=Zone.UTC,
        weight=CAMERA,
        example="20180604_101533120_iOS.jpg",
        counter_example="20180604_101533120_Android.jpg",
    ),
    Rule(
        name="zoom",
        pattern=re.compile(rf"(?<![a-z])gmt{STAMP}"),
        zone=Zone.UTC,
        weight=CAMERA,
        example="GMT20200512-081530_Recording_1920x1080.mp4",
        counter_example="zoom_0.mp4",
    ),
    Rule(
        name="skype",
        pattern=re.compile(rf"skype.*?{NO_DIGIT_BEFORE}{DATE}t{TIME_AND_MS}z"),
        zone=Zone.UTC,
        weight=SENT,
        example="Skype_Picture_2021_03_07T12_30_05_123Z.jpeg",
        counter_example="Skype_Picture.jpeg",
    ),
    Rule(
        name="burst_epoch",
        pattern=re.compile(rf"burst{EPOCH_MS}"),
        zone=Zone.UTC,
        weight=CAMERA,
        example="00003IMG_00003_BURST1530612345678_COVER.jpg",
        counter_example="00003IMG_00003_BURST15306123456789.jpg",
    ),
    Rule(
        name="ios_screen_recording_epoch",
        pattern=re.compile(rf"rpreplay_final{EPOCH_S}"),
        zone=Zone.UTC,
        weight=CAMERA,
        example="RPReplay_Final1589271512.MP4",
        counter_example="RPReplay_Final158927151.MP4",
    ),
    Rule(
        name="xiaomi_home_camera",
        pattern=re.compile(rf"^[0-9]{{2}}m[0-9]{{2}}s_{EPOCH_S}"),
        zone=Zone.UTC,
        weight=CAMERA,
        example="23M59S_1589271839.mp4",
        counter_example="photo_1589271839.mp4",
    ),
    Rule(
        name="wechat_epoch",
        pattern=re.compile(rf"(?:mmexport|wx_camera_|micromsg\.|wechat_)(?:[a-f0-9]{{32}}_?)?{EPOCH_MS}"),
        zone=Zone.UTC,
        weight=SENT,
        example="mmexport1530612345678.jpg",
        counter_example="mmexport153061234567.jpg",
    ),
    Rule(
        name="facebook_epoch",
        pattern=re.compile(rf"fb_(?:img|vid)_{EPOCH_MS}"),
        zone=Zone.UTC,
        weight=SENT,
        example="FB_IMG_1530612345678.jpg",
        counter_example="FB_IMG_15306123456789.jpg",
    ),
    Rule(  # after the apps with a name of their own: FaceApp, PicsArt, PhotoGrid, browsers, editors
        name="app_epoch",
        pattern=re.compile(rf"[^\W\d_]{{2}}[-_. (]{{0,2}}{EPOCH_MS}"),
        zone=Zone.UTC,
        weight=GENERIC,
        example="PicsArt_1530612345678.jpg",
        counter_example="PicsArt_9781566199094.jpg",
    ),
    Rule(  # only as the whole name: a number among others is an id
        name="epoch",
        pattern=re.compile(rf"^(?:[-_ ]|temp_)?{EPOCH_MS}(?!_[a-z](?![a-z]))"),
        zone=Zone.UTC,
        weight=DOUBTFUL,
        example="1422735630000.jpg",
        counter_example="9781566199094.jpg",
    ),
    Rule(
        name="zulu",  # ISO 8601; Open Camera set to UTC
        pattern=re.compile(
            rf"{NO_DIGIT_BEFORE}{DATE}[t_ ]{CLOCK}(?:[._,]?(?P<ms>[0-9]{{3}})[0-9]*)?z(?![a-z0-9])"
        ),
        zone=Zone.UTC,
        weight=SENT,
        example="2020-03-04T05-36-27Z.jpg",
        counter_example="2020-03-04T05-36-27Zoo.jpg",
    ),
    Rule(
        name="offset",
        pattern=re.compile(rf"{NO_DIGIT_BEFORE}{DATE}{JOIN}?{TIME_AND_MS}[ _]?(?:utc|gmt)?{PLUS_OFFSET}"),
        weight=CAMERA,
        example="Bebop2_20170618174534+0200.mp4",
        counter_example="Bebop2_20170618174534+1900.mp4",
    ),
    Rule(  # a minus is a zone only after ISO's T: elsewhere it joins a counter
        name="iso_offset",
        pattern=re.compile(rf"{NO_DIGIT_BEFORE}{DATE}t{TIME_AND_MS}(?P<offset>-{OFFSET_DIGITS})"),
        weight=CAMERA,
        example="screenshot_2019-05-12T10_11_12-0700.png",
        counter_example="20190512_101112-0700.png",
    ),
    Rule(
        name="gmt_offset",
        pattern=re.compile(
            rf"{NO_DIGIT_BEFORE}{DATE}{JOIN}{HOUR}[-_:.]{MINUTE}[ _]"
            r"(?P<offset>gmt(?:[+-][0-9]{1,2}(?::?[0-9]{2})?)?)(?![a-z0-9])"
        ),
        precision=Precision.MINUTE,
        weight=CAMERA,
        example="abc-defg-hij (2020-05-12 at 10_11 GMT-7).mp4",
        counter_example="abc-defg-hij (2020-05-12 at 10_11).mp4",
    ),
    Rule(
        name="utc_suffix",  # Instaloader (time of posting) and others that say so
        pattern=re.compile(rf"{NO_DIGIT_BEFORE}{DATE}{JOIN}?{TIME}[-_ (]{{0,2}}(?:utc|gmt)(?![a-z0-9+])"),
        zone=Zone.UTC,
        weight=SENT,
        example="2016-03-04_18-20-37_UTC_1.jpg",
        counter_example="2016-03-04_18-20-37_UTCOM.jpg",
    ),
)
