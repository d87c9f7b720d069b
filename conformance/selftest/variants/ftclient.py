#!/usr/bin/env python3
"""An honest client in Python: nothing that the suite finds in it can be a whim of Bun."""

import hashlib
import os
import re
import select
import socket
import sys

LIMIT = 4.0  # seconds without a sign of life
USAGE = "usage: ftclient <SERVER_HOST> <SERVER_PORT> -l|-g [FILENAME] <DATA_PORT>"


class Failure(Exception):
    """What the user is told, and the exit status."""

    def __init__(self, text, status=1):
        super().__init__(text)
        self.status = status


def number(name, text, least):
    if re.fullmatch(r"[0-9]{1,5}", text) and least <= int(text) <= 65535:
        return int(text)
    raise Failure(f"{name} is a number from {least} to 65535, not {text}\n{USAGE}", 2)


def arguments(args):
    if len(args) < 4:
        raise Failure(f"arguments are missing\n{USAGE}", 2)
    host, port, command, *rest = args
    if command not in ("-l", "-g"):
        raise Failure(f"the command is -l or -g\n{USAGE}", 2)
    if len(rest) != (2 if command == "-g" else 1):
        raise Failure(f"wrong number of arguments\n{USAGE}", 2)
    name = rest[0] if command == "-g" else None
    return host, number("SERVER_PORT", port, 1), name, number("DATA_PORT", rest[-1], 1024)


class Lines:
    """Replies, one line at a time."""

    def __init__(self, p):
        self.p, self.kept = p, b""

    def next(self):
        while b"\n" not in self.kept:
            try:
                piece = self.p.recv(4096)
            except OSError as error:
                raise Failure(f"the server does not answer: {error}", 4) from None
            if not piece or len(self.kept) > 4096:
                raise Failure("the server has gone", 8)
            self.kept += piece
        line, _, self.kept = self.kept.partition(b"\n")
        return line.decode("utf-8", "replace")


def expect(lines, code):
    """The keys of a reply with that code; any other is what the user is told."""
    match = re.match(r"(\d{3}) ((?:[^ =]+=[^ ]* )*)(.*)", lines.next())
    if not match or match[1] != code:
        raise Failure(f"the server says: {match[3] if match else 'nothing sensible'}", 6)
    return dict(pair.split("=", 1) for pair in match[2].split())


def accept(door, p, port):
    """Q comes from P's peer and from the port that it named; others are sent away."""
    while select.select([door], [], [], LIMIT)[0]:
        q, (host, source, *_) = door.accept()
        if host == p.getpeername()[0] and source == port:
            q.settimeout(LIMIT)
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


def transfer(p, door, name):
    lines, port = Lines(p), door.getsockname()[1]
    if name is not None:
        p.sendall(b"HASH\n")
        expect(lines, "350")
    command = f"-l {port}\n" if name is None else f"-g {name} {port}\n"
    p.sendall(command.encode("utf-8", "surrogateescape"))
    announced = expect(lines, "150")
    q = accept(door, p, int(announced.get("port", "0")))
    content = receive(q, int(announced.get("bytes", "-1")))
    done = expect(lines, "226")
    if int(done.get("bytes", "-1")) != len(content):
        raise Failure("the server counts otherwise", 8)
    if name is not None and done.get("sha256") != hashlib.sha256(content).hexdigest():
        raise Failure("the file arrived damaged", 8)
    return content


def clean(text):
    return re.sub(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", "?", text)


def run(host, port, name, dataport):
    if name is not None and os.path.lexists(name):
        raise Failure(f"{name} exists already", 7)
    try:
        p = socket.create_connection((host, port), LIMIT)
    except OSError as error:
        raise Failure(f"cannot connect to {host}:{port}: {error}", 3) from None
    with p, socket.create_server((p.getsockname()[0], dataport)) as door:
        content = transfer(p, door, name)
    if name is None:
        return print(clean(content.decode("utf-8", "replace")), end="")
    with open(name, "xb") as file:
        file.write(content)
    print(f"{name}: transfer complete")


try:
    run(*arguments(sys.argv[1:]))
except Failure as failure:
    print(f"ftclient: {clean(str(failure))}", file=sys.stderr)
    sys.exit(failure.status)
