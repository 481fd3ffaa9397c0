"""Watches a stream of a station as a program of somebody else would: with aiortc, over HTTP.

Prints what it sees as lines of JSON, and runs until its standard input ends, so that it never outlives the test.
"""

import argparse
import asyncio
import json
import sys
import urllib.error
import urllib.request

from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpReceiver, RTCSessionDescription


def request(method, url, body=None, content_type=None):
    """One HTTP request. Returns status, headers and text, whatever the status."""
    headers = {} if content_type is None else {"Content-Type": content_type}
    data = None if body is None else body.encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method), timeout=20) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers, refusal.read().decode()


def say(**facts):
    print(json.dumps(facts), flush=True)


def ask(method, url, body=None):
    text = None if body is None else json.dumps(body)
    status, _, answer = request(method, url, text, None if body is None else "application/json")
    return status, json.loads(answer)


def open_as_robot_client(station, stream, offer):
    """One exchange of JSON, the candidates after it one by one, and a look at the status, as for robot cameras."""
    status, answer = ask("POST", f"{station}/offer", {"sdp": offer.sdp, "type": offer.type})
    if status != 200:
        sys.exit(f"the offer was refused: {answer['error']}")
    for line in offer.sdp.splitlines():
        if line.startswith("a=candidate:"):
            candidate = {"candidate": line[2:], "sdpMid": "0", "sdpMLineIndex": 0}
            added = ask("POST", f"{station}/ice-candidate", {"peer_id": answer["peer_id"], "candidate": candidate})
            say(candidate=added)
    return answer["sdp"], f"{station}/whep/sessions/{answer['connection_id']}"


def open_with_whep(station, stream, offer):
    status, headers, text = request("POST", f"{station}/whep/{stream}", offer.sdp, "application/sdp")
    if status != 201:
        sys.exit(f"the offer was refused: {text}")
    return text, f"{station}{headers['Location']}"


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--protocol", choices=["robot", "whep"], required=True)
    parser.add_argument("--codec", choices=["H264", "VP8"], required=True)
    parser.add_argument("--stream", required=True)
    parser.add_argument("station")
    args = parser.parse_args()

    # Without servers: the default is a public one.
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    tracks = asyncio.Queue()
    peer.on("track", tracks.put_nowait)
    transceiver = peer.addTransceiver("video", direction="recvonly")
    codecs = RTCRtpReceiver.getCapabilities("video").codecs
    transceiver.setCodecPreferences([codec for codec in codecs if codec.mimeType.lower() == f"video/{args.codec}".lower()])
    await peer.setLocalDescription(await peer.createOffer())

    opening = open_as_robot_client if args.protocol == "robot" else open_with_whep
    loop = asyncio.get_running_loop()
    answer_sdp, session = await loop.run_in_executor(
        None, opening, args.station, args.stream, peer.localDescription
    )
    await peer.setRemoteDescription(RTCSessionDescription(answer_sdp, "answer"))

    track = await asyncio.wait_for(tracks.get(), 10)
    for number in range(10):
        picture = await asyncio.wait_for(track.recv(), 15)
        if number == 0:
            pixels = picture.to_ndarray(format="gray")
            say(widthPx=picture.width, heightPx=picture.height, spread=float(pixels.std()))
    say(pictures=10, status=(await loop.run_in_executor(None, ask, "GET", f"{args.station}/status"))[1])

    await loop.run_in_executor(None, sys.stdin.read)
    status, _, _ = await loop.run_in_executor(None, request, "DELETE", session)
    say(deleted=status)
    await peer.close()


asyncio.run(main())
