"""One key frame of a video by FFmpeg, through PyAV."""

import itertools
from collections.abc import Iterator
from typing import IO

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image, ImageStat

from media_catalog.pipeline.decoders import base, integrity
from media_catalog.pipeline.decoders.base import Decoded, DecodePolicy, Undecodable

# Playlists and the like would open other files or the network: FFmpeg may only use these, and no protocol.
CONTAINER_OPTIONS = {
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,asf,flv,dv",
    "protocol_whitelist": "",
}
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


def decode_video(source: IO[bytes], *, policy: DecodePolicy) -> Decoded:
    """Decode the key frame at about one second, or a later one where that is black, turned as displayed.

    :raises Undecodable: when no frame can be decoded.
    """
    source.seek(0)
    try:
        with open_container(source) as container:
            decoded = _poster(container, policy)
            is_boxed = "mov" in container.format.name
    except (av.FFmpegError, OSError, ValueError) as error:
        raise Undecodable(f"video cannot be decoded: {_words(error)}") from error
    return base.damaged(decoded, integrity.find_damage(source, file_format="MP4") if is_boxed else None)


def open_container(source: IO[bytes]) -> InputContainer:
    """Open a seekable file for reading with the safe formats only.

    :raises av.FFmpegError: when it is none of them.
    """
    return av.open(source, mode="r", container_options=CONTAINER_OPTIONS, metadata_errors="replace")


def is_cover(stream: av.stream.Stream) -> bool:
    """Tell whether a video stream is only a picture attached as metadata."""
    return bool(stream.disposition & Disposition.attached_pic)


def _poster(container: InputContainer, policy: DecodePolicy) -> Decoded:
    streams = [one for one in container.streams.video if one.codec_context and not is_cover(one)]
    if not streams:
        raise Undecodable("no video stream that can be decoded")
    stream = streams[0]
    base.check_size(stream.width, stream.height, policy=policy)
    duration_s = _duration_s(container, stream)
    best: tuple[float, Decoded] | None = None
    for frame in _frames(container, stream, duration_s):
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


def _frames(container: InputContainer, stream: VideoStream, duration_s: float | None) -> Iterator[VideoFrame]:
    """Give frames in the order in which they should be tried, each decoded only when it is asked for."""
    stream.codec_context.thread_count = 1  # for one frame, more cost time, and memory without bound
    stream.codec_context.skip_frame = "NONKEY"
    times = [POSTER_S, *(share * duration_s for share in LATER_SHARES)] if duration_s else [POSTER_S]
    for time_s in times:
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
    aspect = stream.sample_aspect_ratio or 1  # pixels of DV and AVCHD are not square
    picture_size = base.grid_size(max(1, round(width * aspect)), height, longest_px=policy.longest_px)
    pixels = frame.to_ndarray(
        format="rgb24", width=picture_size[0], height=picture_size[1], interpolation="AREA"
    )
    picture = Image.fromarray(pixels)
    rotation = round(frame.rotation) % 360
    if rotation in {90, 270}:
        width, height = height, width
    if rotation in QUARTER_TURNS:
        picture = picture.transpose(QUARTER_TURNS[rotation])
    return Decoded(picture=picture, width_px=width, height_px=height, duration_s=duration_s)


def _words(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
