"""Serves an H.264 recording in a loop, at its own rate, as a real RTSP camera on 127.0.0.1.

Prints its address as one line and runs until its standard input ends, so that it never outlives the test.
With `--user NAME:PASSWORD` it asks for them.
"""

import argparse
import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402 (the versions have to be chosen first)


def read_pictures(path):
    """Returns the file's access units in Annex B form, and the seconds between two of them."""
    pipeline = Gst.parse_launch(
        "filesrc name=file ! qtdemux ! h264parse config-interval=-1"
        " ! video/x-h264,stream-format=byte-stream,alignment=au ! appsink name=sink sync=false"
    )
    pipeline.get_by_name("file").set_property("location", path)
    sink = pipeline.get_by_name("sink")
    pipeline.set_state(Gst.State.PLAYING)
    pictures, times = [], []
    while True:
        sample = sink.emit("pull-sample")
        if sample is None:
            break
        buffer = sample.get_buffer()
        pictures.append(buffer.extract_dup(0, buffer.get_size()))
        times.append(buffer.pts)
    pipeline.set_state(Gst.State.NULL)
    if len(pictures) < 2:
        sys.exit(f"{path} holds no H.264 pictures")
    return pictures, (times[-1] - times[0]) / (len(times) - 1) / Gst.SECOND


class LoopFactory(GstRtspServer.RTSPMediaFactory):
    """Gives every client its own run of the recording, from the first picture on."""

    def __init__(self, pictures, interval_s):
        super().__init__()
        self.pictures = pictures
        self.interval_s = interval_s

    def do_create_element(self, url):
        return Gst.parse_launch(
            "( appsrc name=source is-live=true format=time do-timestamp=true"
            " caps=video/x-h264,stream-format=byte-stream,alignment=au"
            " ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1 )"
        )

    def do_configure(self, media):
        source = media.get_element().get_by_name_recurse_up("source")
        start = time.monotonic()

        def push(number):
            picture = Gst.Buffer.new_wrapped(self.pictures[number % len(self.pictures)])
            if source.emit("push-buffer", picture) != Gst.FlowReturn.OK:
                return False  # The client has gone.
            # Every step is planned from the start, so that the rate on average is the recording's own.
            due = start + (number + 1) * self.interval_s
            GLib.timeout_add(max(0, round((due - time.monotonic()) * 1000)), push, number + 1)
            return False

        push(0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--port", default="0")
    parser.add_argument("--user", help="NAME:PASSWORD")
    arguments = parser.parse_args()
    Gst.init(None)

    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(arguments.port)
    factory = LoopFactory(*read_pictures(arguments.file))
    if arguments.user:
        name, password = arguments.user.split(":", 1)
        auth = GstRtspServer.RTSPAuth()
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "viewer")
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(name, password), token)
        server.set_auth(auth)
        factory.add_role_from_structure(
            Gst.Structure.new_from_string("viewer,media.factory.access=true,media.factory.construct=true")
        )
    server.get_mount_points().add_factory("/beads", factory)
    if server.attach(None) == 0:
        sys.exit(f"port {arguments.port} is taken")
    print(f"rtsp://127.0.0.1:{server.get_bound_port()}/beads", flush=True)

    loop = GLib.MainLoop()
    threading.Thread(target=lambda: (sys.stdin.read(), loop.quit()), daemon=True).start()
    loop.run()


if __name__ == "__main__":
    main()
