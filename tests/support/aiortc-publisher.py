"""Publishes moving pictures to a station as a program of somebody else would: with aiortc, by WHIP.

Prints what it sees as lines of JSON, and runs until its standard input ends, so that it never outlives the test.
"""

import argparse
import asyncio
import json
import sys
import urllib.error
import urllib.request
from fractions import Fraction

import numpy
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription, VideoStreamTrack
from av import VideoFrame


class Moving(VideoStreamTrack):
    """A bright bar that moves over a gray field, so that each picture is another one."""

    def __init__(self):
        super().__init__()
        self.pictures = 0

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        pixels = numpy.full((240, 320), 60, numpy.uint8)
        at = (4 * self.pictures) % 300
        pixels[:, at : at + 20] = 220
        self.pictures += 1
        picture = VideoFrame.from_ndarray(pixels, format="gray").reformat(format="yuv420p")
        picture.pts, picture.time_base = pts, Fraction(time_base)
        return picture


def request(method, url, body=None, headers={}):
    """One HTTP request. Returns status, headers and text, whatever the status."""
    data = None if body is None else body.encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method), timeout=20) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers, refusal.read().decode()


def say(**facts):
    print(json.dumps(facts), flush=True)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--codec", choices=["H264", "VP8"], required=True)
    parser.add_argument("--stream", required=True)
    parser.add_argument("station")
    args = parser.parse_args()

    # Without servers: the default is a public one.
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    track = Moving()
    peer.addTrack(track)
    (transceiver,) = peer.getTransceivers()
    transceiver.direction = "sendonly"
    codecs = RTCRtpSender.getCapabilities("video").codecs
    transceiver.setCodecPreferences([codec for codec in codecs if codec.mimeType.lower() == f"video/{args.codec}".lower()])
    await peer.setLocalDescription(await peer.createOffer())

    loop = asyncio.get_running_loop()
    headers = {"Content-Type": "application/sdp"}
    url = f"{args.station}/whip/{args.stream}"
    offer = peer.localDescription.sdp
    status, answer_headers, text = await loop.run_in_executor(None, request, "POST", url, offer, headers)
    if status != 201:
        sys.exit(f"the offer was refused: {text}")
    session = f"{args.station}{answer_headers['Location']}"
    await peer.setRemoteDescription(RTCSessionDescription(text, "answer"))
    say(status=status, location=answer_headers["Location"], etag=answer_headers["ETag"])

    await loop.run_in_executor(None, sys.stdin.read)
    status, _, _ = await loop.run_in_executor(None, request, "DELETE", session)
    say(deleted=status, pictures=track.pictures)
    await peer.close()


asyncio.run(main())
