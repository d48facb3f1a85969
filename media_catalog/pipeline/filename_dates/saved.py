"""Names by the clock of a program that sent, received, scanned or saved: a bound for the capture."""

import re

from media_catalog.pipeline.filename_dates.rules import DOUBTFUL, GENERIC, SENT, Rule
from media_catalog.pipeline.filename_dates.shapes import (
    COMPACT_DATE,
    COMPACT_TIME,
    DATE,
    DAY,
    HALF,
    HOUR,
    JOIN,
    MINUTE,
    MONTH,
    NO_DIGIT_AFTER,
    NO_WORD_BEFORE,
    SECOND,
    SEPARATED_DATE,
    SPOKEN,
    STAMP,
    TIME,
    TIME_AND_MS,
    YEAR,
)

TWO_DIGIT_YEAR = r"(?P<yy>[0-4][0-9])"  # only in forms that one program alone writes

RULES = (
    Rule(
        name="video_frame",  # the moment when somebody paused a film
        pattern=re.compile(rf"vlc(?:snap|-record)-{DATE}-{TIME}"),
        weight=DOUBTFUL,
        example="vlcsnap-2014-03-09-21h14m05s123.png",
        counter_example="vlcsnap-00012.png",
    ),
    Rule(
        name="xrecorder",  # day first in every language
        pattern=re.compile(rf"xrecorder_(?:[a-z]+_)*{DAY}{MONTH}{YEAR}_{COMPACT_TIME}"),
        weight=GENERIC,
        example="XRecorder_Edited_15012022_152654.mp4",
        counter_example="XRecorder_Edited_01152022_152654.mp4",
    ),
    Rule(  # Instagram and Telegram, when they save: milliseconds apart, which no camera writes
        name="saved_by_app",
        pattern=re.compile(
            rf"^(?:img|vid)_{COMPACT_DATE}_{HOUR}{MINUTE}{SECOND}_(?P<ms>[0-9]{{3}})(?: ?\([0-9]+\))?\Z"
        ),
        weight=SENT,
        example="IMG_20180704_153012_345.jpg",
        counter_example="IMG_20180704_153012_3456.jpg",
    ),
    Rule(
        name="whatsapp_stamp",
        pattern=re.compile(rf"whatsapp.*?{SPOKEN}"),
        weight=SENT,
        example="WhatsApp Image 2019-03-02 at 8.07.31 PM.jpeg",
        counter_example="WhatsApp Image.jpeg",
    ),
    Rule(
        name="whatsapp_export",
        pattern=re.compile(rf"(?:photo|video|audio|gif|sticker)-{DATE}-{TIME}"),
        weight=SENT,
        example="00000012-PHOTO-2019-03-02-18-07-31.jpg",
        counter_example="00000012-PHOTO.jpg",
    ),
    Rule(
        name="signal",
        pattern=re.compile(rf"^signal-(?:[a-z]+-)?{DATE}-{TIME_AND_MS}"),
        weight=SENT,
        example="signal-2021-08-14-201530.jpg",
        counter_example="signal-2021-08-14.jpg",
    ),
    Rule(
        name="telegram_desktop",
        pattern=re.compile(rf"[0-9]@{DAY}-{MONTH}-{YEAR}_{TIME}"),
        weight=SENT,
        example="photo_12@04-03-2021_18-07-31.jpg",
        counter_example="photo_12@04-13-2021_18-07-31.jpg",
    ),
    Rule(
        name="telegram",
        pattern=re.compile(
            rf"^(?:photo|video|telegram|audio|file|animation|sticker|voice)_{SEPARATED_DATE}_{TIME}"
        ),
        weight=SENT,
        example="photo_2019-03-02_18-07-31.jpg",
        counter_example="photo_2019-03-02.jpg",
    ),
    Rule(
        name="viber",
        pattern=re.compile(rf"^viber.{{0,12}}?{SPOKEN}"),
        weight=SENT,
        example="viber image 2019-03-02 , 18.07.31.jpg",
        counter_example="IMG-0c4e1f2a3b4c5d6e7f8091a2b3c4d5e6-V.jpg",
    ),
    Rule(
        name="line",
        pattern=re.compile(rf"^line_(?:[a-z]+_?)?{STAMP}"),
        weight=SENT,
        example="LINE_P20190302_180731470.jpg",
        counter_example="LINE_1234.jpg",
    ),
    Rule(
        name="kakaotalk",
        pattern=re.compile(rf"^kakaotalk_(?:[a-z]+_)?{DATE}[-_]{TIME}"),
        weight=SENT,
        example="KakaoTalk_Photo_2019-03-02-18-07-31.jpeg",
        counter_example="KakaoTalk_Photo_2019-03-02.jpeg",
    ),
    Rule(
        name="kakaotalk_video",
        pattern=re.compile(rf"^kakaotalk_[a-z_]*{COMPACT_DATE}_{HOUR}{MINUTE}_{SECOND}{NO_DIGIT_AFTER}"),
        weight=SENT,
        example="KakaoTalk_Video_20190302_1807_31_671.mp4",
        counter_example="KakaoTalk_Video_20190302_1807.mp4",
    ),
    Rule(
        name="tencent",  # QQ, WeChat, TIM, DingTalk on a computer
        pattern=re.compile(rf"^(?:qq|微信|wechat|weixin|tim(?![a-z])|钉钉|企业微信)[^0-9]{{0,12}}{STAMP}"),
        weight=SENT,
        example="微信图片_20190302180731.jpg",
        counter_example="QQ图片.jpg",
    ),
    Rule(
        name="scan_stamp",
        pattern=re.compile(
            rf"{NO_WORD_BEFORE}(?:scan|scn|office lens|cci|epson).{{0,12}}?{DATE}{JOIN}{TIME}{HALF}"
        ),
        weight=GENERIC,
        example="Adobe Scan 2019-03-02 18.07.31.jpg",
        counter_example="Scan_20080511.jpg",
    ),
    Rule(
        name="epson_scan",  # hundredths of a second at the end
        pattern=re.compile(rf"^img{COMPACT_DATE}_{HOUR}{MINUTE}{SECOND}[0-9]{{2}}{NO_DIGIT_AFTER}"),
        weight=GENERIC,
        example="img20190302_18073112.jpg",
        counter_example="img20190302_1807311.jpg",
    ),
    Rule(
        name="picsart",
        pattern=re.compile(
            rf"^picsart_{TWO_DIGIT_YEAR}-{MONTH}-{DAY}_{HOUR}-{MINUTE}-{SECOND}{NO_DIGIT_AFTER}"
        ),
        weight=GENERIC,
        example="Picsart_22-05-12_10-11-12-123.jpg",
        counter_example="Picsart_22-05-12.jpg",
    ),
    Rule(
        name="nextcloud",  # yy-MM-dd HH-mm-ss and a counter
        pattern=re.compile(
            rf"^{TWO_DIGIT_YEAR}-{MONTH}-{DAY} {HOUR}-{MINUTE}-{SECOND} [0-9]{{4}}{NO_DIGIT_AFTER}"
        ),
        weight=GENERIC,
        example="19-03-02 18-07-31 4711.jpg",
        counter_example="19-03-02 18-67-31 4711.jpg",
    ),
)
