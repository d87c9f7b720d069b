#!/usr/bin/env python3
"""The shortest server: one recv() for a command, one client after the other."""

import os
import socket
import sys
from contextlib import suppress


def parse_port(text, least):
    if text.isascii() and text.isdigit() and least <= int(text) <= 65535:
        return int(text)
    raise ValueError(f"a port is a number from {least} to 65535, not {text}")


def execute(p, request):
    """Returns the reply on P; it is empty if Q carries the result."""
    command, *rest = request.split(" ")
    if command not in ("-l", "-g") or len(rest) < (2 if command == "-g" else 1):
        return "Invalid command: -l <DATA_PORT> or -g <FILENAME> <DATA_PORT>\n"
    data_port = parse_port(rest[-1], 1024)
    with socket.create_connection((p.getpeername()[0], data_port), 5) as q:
        if command == "-l":
            q.sendall("".join(name + "\n" for name in os.listdir(".")).encode())
            return ""
        name = " ".join(rest[:-1])
        if os.path.basename(name) != name or os.path.islink(name) or not os.path.isfile(name):
            return "File not found\n"
        with open(name, "rb") as file:
            q.sendfile(file)
    return ""


def serve(p):
    try:
        p.sendall(execute(p, p.recv(1024).decode().strip("\r\n")).encode())
    except (OSError, ValueError) as error:
        with suppress(OSError):  # the client may have left
            p.sendall(f"Error: {error}\n".encode())


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: ftserver <SERVER_PORT>")
    try:
        listener = socket.create_server(("", parse_port(sys.argv[1], 1)))
    except (OSError, ValueError) as error:
        sys.exit(f"ftserver: SERVER_PORT: {error}")
    print(f"Server open on {sys.argv[1]}", flush=True)
    while True:
        p, _ = listener.accept()
        with p:
            serve(p)


try:
    main()
except KeyboardInterrupt:
    print("Server closed")
