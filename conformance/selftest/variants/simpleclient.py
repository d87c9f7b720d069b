#!/usr/bin/env python3
"""The shortest client: it reads Q to its end, or shows what comes on P instead."""

import os
import select
import socket
import sys

USAGE = "usage: ftclient <SERVER_HOST> <SERVER_PORT> -l|-g [FILENAME] <DATA_PORT>"
LIMIT = 5  # seconds of silence


def port(text):
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    sys.exit(f"a port is a number from 1 to 65535, not {text}\n{USAGE}")


def everything(q):
    q.settimeout(LIMIT)
    content = b""
    while piece := q.recv(65536):
        content += piece
    return content


def words(p):
    """What the server says in the end."""
    p.settimeout(LIMIT)
    said = b""
    while not said.endswith(b"\n") and (piece := p.recv(4096)):
        said += piece
    return said.decode(errors="replace")


def run(host, to, command, name, data):
    if name and os.path.exists(name):
        sys.exit(f"{name} exists already")
    with socket.create_server(("", data)) as door, socket.create_connection((host, to), LIMIT) as p:
        p.sendall(f"{command} {name + ' ' if name else ''}{data}\n".encode())
        door.settimeout(LIMIT)
        q, _ = door.accept()
        with q:
            content = everything(q)
        said = words(p) if select.select([p], [], [], LIMIT if not content else 0)[0] else ""
    if said[:1] in ("4", "5"):
        sys.exit(said)
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
    run(args[0], port(args[1]), args[2], name, port(args[-1]))


try:
    main()
except OSError as error:
    sys.exit(f"ftclient: {error}")
