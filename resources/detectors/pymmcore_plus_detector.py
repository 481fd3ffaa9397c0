"""Shows any camera that Micro-Manager supports in Eyepiece, by way of pymmcore-plus.

    pip install pymmcore-plus
    mmcore install
    python3 pymmcore_plus_detector.py --config MMConfig_demo.cfg --exposure-ms 20

Nothing else may use the camera meanwhile, Micro-Manager's own window included. The protocol is described in
docs/detectors.md.
"""

import argparse
import json
import os
import signal
import sys
import time

# Taken before anything is imported that may print: pictures go out here, and all other output to standard error.
output = open(os.dup(1), "wb")
os.dup2(2, 1)

try:
    import numpy as np
    from pymmcore_plus import CMMCorePlus
except ImportError as error:
    sys.exit(f"pymmcore-plus is not installed for {sys.executable}: {error}")


def send_line(message):
    output.write(json.dumps(message).encode() + b"\n")


def describe(core):
    """The header line for the camera as it is set up now."""
    bits = core.getImageBitDepth()
    if core.getNumberOfComponents() > 1:
        pixel_type, bits = "rgb24", 8
    elif core.getBytesPerPixel() == 1:
        pixel_type, bits = "uint8", min(bits, 8)
    else:
        pixel_type, bits = "uint16le", min(bits, 16)
    header = {
        "eyepiece": 1,
        "widthPx": core.getImageWidth(),
        "heightPx": core.getImageHeight(),
        "pixelType": pixel_type,
        "significantBits": bits,
    }
    pixel_size_um = core.getPixelSizeUm()
    if pixel_size_um > 0:  # 0 is Micro-Manager's way to say that it is not calibrated
        header["pixelSizeUm"] = pixel_size_um
    return header


def to_bytes(image, pixel_type):
    """The samples row by row without padding, colours as red, green, blue."""
    if pixel_type == "rgb24":
        return np.ascontiguousarray(image[:, :, :3], dtype=np.uint8).tobytes()
    return np.ascontiguousarray(image, dtype="<u2" if pixel_type == "uint16le" else np.uint8).tobytes()


def newest_image(core):
    """Waits for a picture. Those that have piled up behind it are left out: a live view shows what is now."""
    while core.getRemainingImageCount() == 0:
        if not core.isSequenceRunning():
            sys.exit("The camera has stopped.")
        time.sleep(0.001)
    skipped = core.getRemainingImageCount() - 1
    for _ in range(skipped):
        core.popNextImage(fix=False)
    return core.popNextImage(), skipped


def run(core):
    header = describe(core)
    send_line(header)
    output.flush()
    exposure_ms = core.getExposure()
    number = 0
    while True:
        image, skipped = newest_image(core)
        capture_time_ms = time.time() * 1000
        number += 1 + skipped
        data = to_bytes(image, header["pixelType"])
        send_line({"frame": number, "bytes": len(data), "captureTimeMs": capture_time_ms, "exposureMs": exposure_ms})
        output.write(data)
        output.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", default="MMConfig_demo.cfg", help="Micro-Manager's hardware configuration")
    parser.add_argument("--camera", help="the label of the camera, where the configuration has several")
    parser.add_argument("--exposure-ms", type=float)
    arguments = parser.parse_args()

    # The station stops us with SIGTERM; leaving by an exception frees the camera on the way.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    core = CMMCorePlus.instance()
    core.loadSystemConfiguration(arguments.config)
    if arguments.camera:
        core.setCameraDevice(arguments.camera)
    if arguments.exposure_ms:
        core.setExposure(arguments.exposure_ms)
    core.startContinuousSequenceAcquisition(0)
    try:
        run(core)
    except (BrokenPipeError, KeyboardInterrupt):
        pass  # nobody reads any more, or we were asked to stop
    finally:
        core.stopSequenceAcquisition()
        core.unloadAllDevices()


if __name__ == "__main__":
    main()
