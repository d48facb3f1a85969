"""One key frame of a video by FFmpeg, through PyAV, and the frames that are shown at some moments."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import IO

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image, ImageStat

from media_catalog.pipeline.decoders import base, integrity
from media_catalog.pipeline.decoders.base import Decoded, DecodePolicy, Undecodable
from media_catalog.pipeline.decoders.playback import Playback

# Playlists and the like would open other files or the network: FFmpeg may only use these, and no protocol.
CONTAINER_OPTIONS = {
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,asf,flv,dv",
    "protocol_whitelist": "",
}
# To learn what most headers say, FFmpeg decodes the first key frame when it opens a file; without decoders it
# does not.
WITHOUT_DECODERS = {"codec_whitelist": "none"}
POSTER_S = 1.0
LATER_SHARES = (0.1, 0.3, 0.6)  # of the duration, when the start is black
BLACK_MEAN = 20  # of 255
BLACK_DEVIATION = 8
MAX_PACKETS = 3000  # a key frame every ten seconds at 240 frames a second is found; a hostile file ends
MICROSECONDS = 1_000_000
QUARTER_TURNS = {
    90: Image.Transpose.ROTATE_90,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_270,
}


Moments = Callable[[float], Sequence[float]]


def decode_video(source: IO[bytes], *, policy: DecodePolicy, moments: Moments | None = None) -> Decoded:
    """Decode the key frame at about one second, or a later one where that is black, turned as displayed.

    :param moments: gives the times, from the start and in their order, of frames that are wanted as well, for
        the length in seconds.
    :raises Undecodable: when no frame can be decoded.
    """
    source.seek(0)
    try:
        with _opened(source) as container:
            stream = _stream(container)
            playback = Playback(container, stream) if moments else None
            decoded = _poster(container, stream, policy, playback)
            if playback and moments and decoded.duration_s:
                shown = [playback.shown_at(time_s) for time_s in moments(decoded.duration_s)]
                pictures = tuple(_picture(frame, stream, policy) if frame else None for frame in shown)
                decoded = replace(decoded, frames=pictures)
            is_boxed = "mov" in container.format.name
    except (av.FFmpegError, OSError, ValueError) as error:
        raise Undecodable(f"video cannot be decoded: {_words(error)}") from error
    return base.damaged(decoded, integrity.find_damage(source, file_format="MP4") if is_boxed else None)


def open_container(source: IO[bytes], *, is_header_enough: bool = False) -> InputContainer:
    """Open a seekable file for reading with the safe formats only.

    :param is_header_enough: decode nothing to learn what the header does not say, such as the form of pixels.
    :raises av.FFmpegError: when it is none of them.
    """
    options = CONTAINER_OPTIONS | (WITHOUT_DECODERS if is_header_enough else {})
    return av.open(source, mode="r", container_options=options, metadata_errors="replace")


def is_cover(stream: av.stream.Stream) -> bool:
    """Tell whether a video stream is only a picture attached as metadata."""
    return bool(stream.disposition & Disposition.attached_pic)


def _opened(source: IO[bytes]) -> InputContainer:
    """Open a video; the header of a file of boxes (MP4, QuickTime) is enough, unless it tells no size."""
    is_boxed = source.read(8)[4:] == b"ftyp"
    source.seek(0)
    if is_boxed:
        container = open_container(source, is_header_enough=True)
        if all(stream.width and stream.height for stream in _streams(container)):
            return container
        container.close()
        source.seek(0)
    return open_container(source)


def _streams(container: InputContainer) -> list[VideoStream]:
    return [one for one in container.streams.video if one.codec_context and not is_cover(one)]


def _stream(container: InputContainer) -> VideoStream:
    streams = _streams(container)
    if not streams:
        raise Undecodable("no video stream that can be decoded")
    return streams[0]


def _poster(
    container: InputContainer, stream: VideoStream, policy: DecodePolicy, playback: Playback | None
) -> Decoded:
    base.check_size(stream.width, stream.height, policy=policy)
    duration_s = _duration_s(container, stream)
    best: tuple[float, Decoded] | None = None
    for frame in _frames(container, stream, duration_s, playback):
        decoded = _decoded(frame, stream, duration_s, policy)
        grey = ImageStat.Stat(decoded.picture.convert("L"))
        if grey.mean[0] > BLACK_MEAN or grey.stddev[0] > BLACK_DEVIATION:
            return decoded
        if best is None or grey.stddev[0] > best[0]:
            best = grey.stddev[0], decoded
    if best is None:
        raise Undecodable("video has no frame that can be decoded")
    return best[1]


def _duration_s(container: InputContainer, stream: VideoStream) -> float | None:
    if container.duration:
        return container.duration / MICROSECONDS
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return None


def _frames(
    container: InputContainer, stream: VideoStream, duration_s: float | None, playback: Playback | None
) -> Iterator[VideoFrame]:
    """Give frames in the order in which they should be tried, each decoded only when it is asked for.

    The first comes by the playback, if there is one, so that it need not be decoded again for the moments.
    """
    stream.codec_context.thread_count = 1  # for one frame, more cost time, and memory without bound
    frame = playback.key_frame_at(POSTER_S) if playback else None
    if playback and frame:
        yield frame
        playback.forget()
    stream.codec_context.skip_frame = "NONKEY"
    later = [share * duration_s for share in LATER_SHARES] if duration_s else []
    for time_s in later if frame else [POSTER_S, *later]:
        frame = _frame_at(container, stream, time_s)
        if frame is not None:
            yield frame
    stream.codec_context.skip_frame = "DEFAULT"  # streams whose key frames are not marked
    frame = _frame_at(container, stream, 0.0)
    if frame is not None:
        yield frame


def _frame_at(container: InputContainer, stream: VideoStream, time_s: float) -> VideoFrame | None:
    try:
        container.seek(int(time_s * MICROSECONDS), backward=True)
        for packet in itertools.islice(container.demux(stream), MAX_PACKETS):
            for frame in packet.decode():
                if isinstance(frame, VideoFrame):
                    return frame
    except (av.FFmpegError, OSError, ValueError):
        return None  # another place of the file may be whole
    return None


def _decoded(
    frame: VideoFrame, stream: VideoStream, duration_s: float | None, policy: DecodePolicy
) -> Decoded:
    width, height = frame.width, frame.height
    if _rotation(frame) in {90, 270}:
        width, height = height, width
    picture = _picture(frame, stream, policy)
    return Decoded(picture=picture, width_px=width, height_px=height, duration_s=duration_s, is_video=True)


def _picture(frame: VideoFrame, stream: VideoStream, policy: DecodePolicy) -> Image.Image:
    """Make the small picture of a frame, turned as displayed."""
    aspect = stream.sample_aspect_ratio or 1  # pixels of DV and AVCHD are not square
    width = max(1, round(frame.width * aspect))
    width, height = base.grid_size(width, frame.height, longest_px=policy.longest_px)
    pixels = frame.to_ndarray(format="rgb24", width=width, height=height, interpolation="AREA")
    picture = Image.fromarray(pixels)
    turn = QUARTER_TURNS.get(_rotation(frame))
    return picture if turn is None else picture.transpose(turn)


def _rotation(frame: VideoFrame) -> int:
    return round(frame.rotation) % 360


def _words(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
