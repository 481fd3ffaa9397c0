"""A service manager's notification socket: prints each message that comes, one a line, until it is ended."""

import socket
import sys

with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notifications:
    notifications.bind(sys.argv[1])
    print("bound", flush=True)
    while True:
        # A file descriptor that comes along is closed by not being taken: systemd-notify waits for that.
        print(notifications.recv(4096).decode(), flush=True)
