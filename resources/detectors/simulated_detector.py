"""A detector program for Eyepiece, as an example to start from. Needs nothing but Python 3.8.

It shows fluorescent beads on a slowly moving stage: 512 x 512 pixels of 16 bits, of which 12 are used. Replace what is
below "The detector" by calls of your camera, and keep `send_header` and `send_picture` as they are. The protocol is
described in docs/detectors.md.

    python3 simulated_detector.py --fps 20 | head -c 300
"""

import argparse
import array
import json
import math
import os
import random
import sys
import time

# ---------------------------------------------------------------- The protocol

# Pictures go out here. What anything else prints (a vendor's library, a forgotten print) goes to standard error
# instead, where it can't get between them.
output = open(os.dup(1), "wb")
os.dup2(2, 1)


def send_line(message):
    output.write(json.dumps(message).encode() + b"\n")


def send_header(width, height, pixel_type, significant_bits, pixel_size_um):
    send_line(
        {
            "eyepiece": 1,
            "widthPx": width,
            "heightPx": height,
            "pixelType": pixel_type,
            "significantBits": significant_bits,
            "pixelSizeUm": pixel_size_um,
        }
    )
    output.flush()


def send_picture(number, data, capture_time_ms, exposure_ms):
    send_line({"frame": number, "bytes": len(data), "captureTimeMs": capture_time_ms, "exposureMs": exposure_ms})
    output.write(data)
    output.flush()


# ---------------------------------------------------------------- The detector

WIDTH = HEIGHT = 512
FULL_SCALE = 4095  # 12 bits
PIXEL_SIZE_UM = 0.1
BEADS = 60


def make_sample():
    """Paints a sample that is twice as wide as the picture and continues where it ends: one array of counts per row."""
    random.seed(1)
    width = 2 * WIDTH
    offset = 100  # counts that the electronics add, so that noise is not cut off at zero
    rows = [array.array("H", (offset + int(abs(random.gauss(0, 8))) for _ in range(width))) for _ in range(HEIGHT)]
    for _ in range(BEADS):
        paint_bead(rows, random.randrange(width), random.randrange(8, HEIGHT - 8), random.randint(800, 3600))
    return rows


def paint_bead(rows, x, y, peak):
    """Adds a point of light as a lens shows it, near enough: a Gaussian with a sigma of 2 pixels."""
    for dy in range(-7, 8):
        row = rows[y + dy]
        for dx in range(-7, 8):
            column = (x + dx) % len(row)
            light = peak * math.exp(-(dx * dx + dy * dy) / 8)
            row[column] = min(FULL_SCALE, row[column] + int(light))


def expose(sample, number):
    """Takes one picture: the stage has moved by one pixel since the last."""
    start = number % WIDTH
    picture = array.array("H")
    for row in sample:
        picture.extend(row[start : start + WIDTH])
    if sys.byteorder == "big":
        picture.byteswap()  # uint16le means little endian on every machine
    return picture.tobytes()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fps", type=float, default=20)
    parser.add_argument("--frames", type=int, help="stop after so many pictures; without it, go on until stopped")
    arguments = parser.parse_args()

    sample = make_sample()
    exposure_ms = 1000 / arguments.fps
    send_header(WIDTH, HEIGHT, "uint16le", 12, PIXEL_SIZE_UM)
    start = time.monotonic()
    number = 0
    while arguments.frames is None or number < arguments.frames:
        number += 1
        # Waiting for a time that is counted from the start keeps the rate; waiting a fixed while would lose some.
        time.sleep(max(0, start + number * exposure_ms / 1000 - time.monotonic()))
        send_picture(number, expose(sample, number), time.time() * 1000, exposure_ms)


if __name__ == "__main__":
    try:
        main()
    except (BrokenPipeError, KeyboardInterrupt):
        # Nobody reads any more, or we were asked to stop. Without this line Python would complain while it exits.
        os._exit(0)
