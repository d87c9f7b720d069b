#!/usr/bin/env python3
"""A correct client in Python: what the suite finds here is not caused by Bun."""

import hashlib
import os
import re
import select
import socket
import sys

SILENCE_LIMIT = 4.0  # seconds
LINE_LIMIT = 4096  # bytes (PROTOCOL.md)
USAGE = "usage: ftclient <SERVER_HOST> <SERVER_PORT> -l|-g [FILENAME] <DATA_PORT>"


class Failure(Exception):
    """A message for the user, and the exit status."""

    def __init__(self, message, status=1):
        super().__init__(message)
        self.status = status


def parse_port(name, text, least):
    if re.fullmatch(r"[0-9]{1,5}", text) and least <= int(text) <= 65535:
        return int(text)
    raise Failure(f"{name} is a number from {least} to 65535, not {text}\n{USAGE}", 2)


def parse_arguments(args):
    if len(args) < 4:
        raise Failure(f"arguments are missing\n{USAGE}", 2)
    host, port, command, *rest = args
    if command not in ("-l", "-g"):
        raise Failure(f"the command is -l or -g\n{USAGE}", 2)
    if len(rest) != (2 if command == "-g" else 1):
        raise Failure(f"wrong number of arguments\n{USAGE}", 2)
    name = rest[0] if command == "-g" else None
    return host, parse_port("SERVER_PORT", port, 1), name, parse_port("DATA_PORT", rest[-1], 1024)


class ReplyReader:
    def __init__(self, p):
        self.p, self.unread = p, b""

    def read_line(self):
        while b"\n" not in self.unread:
            try:
                piece = self.p.recv(4096)
            except OSError as error:
                raise Failure(f"the server does not answer: {error}", 4) from None
            if not piece or len(self.unread) > LINE_LIMIT:
                raise Failure("the server closed P too early", 8)
            self.unread += piece
        line, _, self.unread = self.unread.partition(b"\n")
        return line.decode("utf-8", "replace")

    def expect(self, code):
        """Returns the fields of a reply with this code; raises its text if it has another code."""
        match = re.match(r"(\d{3}) ((?:[^ =]+=[^ ]* )*)(.*)", self.read_line())
        if not match or match[1] != code:
            raise Failure(f"the server says: {match[3] if match else 'an invalid reply'}", 6)
        return dict(field.split("=", 1) for field in match[2].split())


def accept(listener, p, port):
    """Accepts Q from the host of the server and from the port that it named; closes others."""
    while select.select([listener], [], [], SILENCE_LIMIT)[0]:
        q, (host, source, *_) = listener.accept()
        if host == p.getpeername()[0] and source == port:
            q.settimeout(SILENCE_LIMIT)
            return q
        q.close()
    raise Failure("the server opened no data connection", 4)


def receive(q, size):
    content = b""
    try:
        while piece := q.recv(65536):
            content += piece
    except OSError:
        raise Failure("the transfer was cut short", 8) from None
    finally:
        q.close()
    if len(content) != size:
        raise Failure("the transfer was cut short", 8)
    return content


def transfer(p, listener, name):
    replies, port = ReplyReader(p), listener.getsockname()[1]
    if name is not None:
        p.sendall(b"HASH\n")
        replies.expect("350")
    command = f"-l {port}\n" if name is None else f"-g {name} {port}\n"
    p.sendall(command.encode("utf-8", "surrogateescape"))
    start = replies.expect("150")
    q = accept(listener, p, int(start.get("port", "0")))
    content = receive(q, int(start.get("bytes", "-1")))
    end = replies.expect("226")
    if int(end.get("bytes", "-1")) != len(content):
        raise Failure("the replies 150 and 226 name different lengths", 8)
    if name is not None and end.get("sha256") != hashlib.sha256(content).hexdigest():
        raise Failure("the file arrived damaged", 8)
    return content


def sanitize(text):
    """Replaces control characters, which could control the terminal."""
    return re.sub(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", "?", text)


def run(host, port, name, data_port):
    if name is not None and os.path.lexists(name):
        raise Failure(f"{name} exists already", 7)
    try:
        p = socket.create_connection((host, port), SILENCE_LIMIT)
    except OSError as error:
        raise Failure(f"cannot connect to {host}:{port}: {error}", 3) from None
    with p, socket.create_server((p.getsockname()[0], data_port)) as listener:
        content = transfer(p, listener, name)
    if name is None:
        return print(sanitize(content.decode("utf-8", "replace")), end="")
    with open(name, "xb") as file:
        file.write(content)
    print(f"{name}: transfer complete")


try:
    run(*parse_arguments(sys.argv[1:]))
except Failure as failure:
    print(f"ftclient: {sanitize(str(failure))}", file=sys.stderr)
    sys.exit(failure.status)
