"""Families of names whose digits are ids: they are asked first and end the search."""

import re

from media_catalog.pipeline.filename_dates.rules import NotADate

NOT_DATES = (
    NotADate(
        name="facebook_id",
        pattern=re.compile(r"^(?=.*[0-9]{10})[0-9]+(?:_[0-9]+)*_[a-z](?![a-z0-9])"),
        example="16304450_1201711302248480_20171130_n.jpg",
    ),
    NotADate(
        name="flickr_id",
        pattern=re.compile(r"^[0-9]{6,11}_[0-9a-f]{10}(?:_[a-z0-9]{1,2})?(?![a-z0-9])"),
        example="20130518_1a2b3c4d5e_o.jpg",
    ),
    NotADate(
        name="messenger_id",
        pattern=re.compile(r"^(?:snapchat-|received_|messenger_creation_)[0-9]{5}"),
        example="Snapchat-20170412.jpg",
    ),
    NotADate(  # LINE_ALBUM_<album's name>_<upload>_<n>, where the name often is a date
        name="line_album",
        pattern=re.compile(r"^line_album_"),
        example="LINE_ALBUM_20190512_190514_3.jpg",
    ),
    NotADate(
        name="phone_number",
        pattern=re.compile(r"^\+[0-9]|(?<![a-z])(?:tel|telefon|fax)[-_. #:]{1,3}\+?[0-9]"),
        example="Tel. 030-20120512.jpg",
    ),
    NotADate(
        name="numbered_document",
        pattern=re.compile(
            r"(?<![a-z])(?:order|bestellung|auftrag|commande|pedido|ticket|isbn|issn|ean|upc|sku|imei|"
            r"kundennr|nr|no|id|ref|vertrag|konto|artikel|serial|barcode|tracking)"
            r"[-_. #:]{1,3}[0-9]{8,}+(?![-_ ][0-9]{6}(?![0-9]))"
        ),
        example="Order 20190512.jpg",
    ),
)
