"""A detector of noise that repeats its last picture for as long as there is a file of the given name."""

import json
import os
import sys
import time

WIDTH, HEIGHT = 320, 240
out = sys.stdout.buffer


def send(message, data=b""):
    out.write(json.dumps(message).encode() + b"\n" + data)
    out.flush()


header = {"widthPx": WIDTH, "heightPx": HEIGHT, "pixelType": "uint8", "significantBits": 8, "pixelSizeUm": 0.1}
send({"eyepiece": 1, **header})
picture = b""
number = 0
try:
    while True:
        number += 1
        time.sleep(0.05)
        if not os.path.exists(sys.argv[1]):
            # Noise of some counts on grey, which is cheap to encode.
            picture = bytes(100 + (byte & 7) for byte in os.urandom(WIDTH)) * HEIGHT
        send({"frame": number, "bytes": len(picture), "captureTimeMs": time.time() * 1000, "exposureMs": 50}, picture)
except (BrokenPipeError, KeyboardInterrupt):
    os._exit(0)
