"""The frames of a video that are shown at given times, decoded forward from the key frames before them."""

import contextlib
import itertools
from collections.abc import Iterator

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

# To the moments of one frame: as many pixels as 250 frames of 1080p, the longest way that encoders go without
# a key frame unless they are told to. What is further away is not decoded, whatever it is.
MOST_PIXELS = 600_000_000
MOST_PIXELS_IN_ALL = 2_000_000_000  # some five seconds, half a minute on the slowest machine
MOST_FRAMES = 2_000
MOST_PACKETS = 3_000
MOST_AHEAD_S = 30.0
USUAL_RATE = 30.0  # frames in a second, where the file does not say
# How far before a time to begin: formats without an index of key frames may lead to a place after it.
LEADS_S = (0.0, 2.0, 6.0)
WITHOUT_INDEX_S = 2.0  # go on so far rather than look for a later key frame
MICROSECONDS = 1_000_000
EXACT_S = 0.5  # before that, frames on which no other rests are left out


class TooFar(Exception):
    """To get there, more would have to be decoded than the limits allow."""


class Playback:
    """A video that is played from moment to moment, each later than the one before."""

    def __init__(self, container: InputContainer, stream: VideoStream) -> None:
        self._container, self._stream = container, stream
        self._time_base = float(stream.time_base or 1 / USUAL_RATE)
        self._start_s = (stream.start_time or 0) * self._time_base
        rate = float(stream.average_rate or stream.guessed_rate or USUAL_RATE)
        pixels = max(1, stream.width * stream.height)
        self._most_frames = min(MOST_FRAMES, MOST_PIXELS // pixels)
        self._left_frames = MOST_PIXELS_IN_ALL // pixels
        self._most_ahead_s = min(MOST_AHEAD_S, self._most_frames / rate)
        self._wanted_s = 0.0
        self._frames: Iterator[VideoFrame] = iter(())
        self._shown: VideoFrame | None = None
        self._upcoming: VideoFrame | None = None

    def key_frame_at(self, time_s: float) -> VideoFrame | None:
        """Give the key frame before a time of the file, from which later moments may go on.

        `None` where no index tells where it is, or something else comes first.
        """
        self.forget()
        self._wanted_s = time_s
        key_s = self._key_before()
        if key_s is None:
            return None
        self._wanted_s = key_s  # so that no frame after it is left out
        with contextlib.suppress(TooFar, av.FFmpegError, OSError, ValueError):
            self._container.seek(int(time_s * MICROSECONDS), backward=True)
            self._frames = self._decoded()
            self._shown = next(self._frames, None)
            if self._shown is not None and self._shown.key_frame and _time_s(self._shown) <= time_s:
                self._upcoming = next(self._frames, None)
                return self._shown
        self.forget()
        return None

    def forget(self) -> None:
        """Begin anew with the next moment, as somebody else has moved to another place of the file."""
        self._frames, self._shown, self._upcoming = iter(()), None, None

    def shown_at(self, time_s: float) -> VideoFrame | None:
        """Give the frame that is shown so many seconds after the start.

        `None` where it cannot be decoded, or is too far from the key frame before it.
        """
        self._wanted_s = self._start_s + time_s
        frame = None
        try:
            for lead_s in LEADS_S:
                frame = self._found(lead_s)
                if frame is not None and _time_s(frame) <= self._wanted_s:
                    return frame
        except (TooFar, av.FFmpegError, OSError, ValueError):
            self.forget()
            return None
        return frame

    def _found(self, lead_s: float) -> VideoFrame | None:
        key_s = self._key_before()
        if not self._is_on_the_way(key_s):
            if key_s is not None and self._wanted_s - key_s > self._most_ahead_s:
                raise TooFar
            self._begin(self._wanted_s - lead_s)
        return self._advanced()

    def _is_on_the_way(self, key_s: float | None) -> bool:
        """Tell whether to go on from the frame that is shown, as no key frame is nearer."""
        if self._shown is None or not 0 <= self._wanted_s - _time_s(self._shown) <= self._most_ahead_s:
            return False
        from_s = self._wanted_s - WITHOUT_INDEX_S if key_s is None else key_s
        return from_s <= _time_s(self._shown)

    def _key_before(self) -> float | None:
        """Give the time of the last key frame before the wanted time, `None` where no index tells."""
        entries = self._stream.index_entries
        if not len(entries):
            return None
        place = entries.search_timestamp(int(self._wanted_s / self._time_base))
        return entries[place].timestamp * self._time_base if place >= 0 else None

    def _begin(self, time_s: float) -> None:
        early_s = max(0.0, time_s - self._time_base)  # the place is rounded, if need be to one too late
        self._container.seek(int(early_s * MICROSECONDS), backward=True)
        self._frames = self._decoded()
        self._shown, self._upcoming = None, next(self._frames, None)

    def _advanced(self) -> VideoFrame | None:
        for _ in range(self._most_frames):
            if self._upcoming is None or _time_s(self._upcoming) > self._wanted_s:
                return self._shown or self._upcoming
            self._shown, self._upcoming = self._upcoming, next(self._frames, None)
        raise TooFar

    def _decoded(self) -> Iterator[VideoFrame]:
        context = self._stream.codec_context
        for packet in itertools.islice(self._container.demux(self._stream), MOST_PACKETS):
            is_far = packet.pts is not None and packet.pts * packet.time_base < self._wanted_s - EXACT_S
            context.skip_frame = "NONREF" if is_far else "DEFAULT"
            for frame in packet.decode():
                self._left_frames -= 1
                if self._left_frames < 0:
                    raise TooFar
                if isinstance(frame, VideoFrame):
                    yield frame


def _time_s(frame: VideoFrame) -> float:
    """Give when a frame is shown.

    :raises ValueError: when the file does not say.
    """
    if frame.time is None:
        raise ValueError("a frame without a time")
    return frame.time
