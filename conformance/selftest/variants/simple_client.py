#!/usr/bin/env python3
"""The shortest client: it reads Q to its end, and shows an error that comes on P."""

import os
import select
import socket
import sys

USAGE = "usage: ftclient <SERVER_HOST> <SERVER_PORT> -l|-g [FILENAME] <DATA_PORT>"
SILENCE_LIMIT = 5  # seconds


def parse_port(text):
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    sys.exit(f"a port is a number from 1 to 65535, not {text}\n{USAGE}")


def read_content(q):
    q.settimeout(SILENCE_LIMIT)
    content = b""
    while piece := q.recv(65536):
        content += piece
    return content


def read_reply(p):
    p.settimeout(SILENCE_LIMIT)
    reply = b""
    while not reply.endswith(b"\n") and (piece := p.recv(4096)):
        reply += piece
    return reply.decode(errors="replace")


def run(host, port, command, name, data_port):
    if name and os.path.exists(name):
        sys.exit(f"{name} exists already")
    with (
        socket.create_server(("", data_port)) as listener,
        socket.create_connection((host, port), SILENCE_LIMIT) as p,
    ):
        p.sendall(f"{command} {name + ' ' if name else ''}{data_port}\n".encode())
        listener.settimeout(SILENCE_LIMIT)
        q, _ = listener.accept()
        with q:
            content = read_content(q)
        # An empty file and an error look the same on Q: only the error has a reply on P.
        has_reply = select.select([p], [], [], 0 if content else SILENCE_LIMIT)[0]
        reply = read_reply(p) if has_reply else ""
    if reply[:1] in ("4", "5"):
        sys.exit(reply)
    if command == "-l":
        return print(content.decode(errors="replace"), end="")
    with open(name, "xb") as file:
        file.write(content)
    print("File transfer complete.")


def main():
    args = sys.argv[1:]
    if len(args) < 4 or args[2] not in ("-l", "-g") or len(args) != (4 if args[2] == "-l" else 5):
        sys.exit(USAGE)
    name = args[3] if args[2] == "-g" else ""
    run(args[0], parse_port(args[1]), args[2], name, parse_port(args[-1]))


try:
    main()
except OSError as error:
    sys.exit(f"ftclient: {error}")
