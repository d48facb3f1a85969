"""What files beside a photo or video say about it: XMP, Google Takeout, Apple's edits, Picasa."""
