"""A client in Python. Its last argument may be `fault=NAME`, the fault that it has; without one it is honest."""

import os
import select
import socket
import sys
import time

WORDS = sys.argv[1:]
FAULT = WORDS.pop()[6:] if WORDS[-1].startswith("fault=") else ""


def listen(port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("", port))
    listener.listen(1)
    return listener


def receive(q, out):
    buffer = bytearray(4096)
    while n := q.recv_into(buffer):
        piece = bytes(buffer[:n])
        if FAULT == "string-in-file":
            piece = piece.split(b"\0")[0]
        if FAULT == "excess-in-file":
            piece = bytes(buffer)
        out.write(piece)
        if FAULT == "short-receive":
            break


def main():
    host, server_port, command, *rest = WORDS
    name = rest[0] if command == "-g" else ""
    port = int(rest[-1])
    if name and os.path.exists(name):
        sys.exit(f"{name} exists")
    listener = None if FAULT == "late-listen" else listen(port)
    number = int(server_port)
    p = socket.socket()
    p.connect((host, socket.htons(number) if FAULT == "swapped-port" else number))
    line = f"{command} {name + ' ' if name else ''}{port}\n".encode()
    if FAULT == "whole-buffer":
        line += b"\0" + b"x" * 100
    if FAULT == "sent-terminator":
        line += b"\0"
    p.sendall(line)
    if listener is None:
        time.sleep(0.4)
        listener = listen(port)
    ready = [listener] if FAULT == "blocked-accept" else select.select([listener, p], [], [], 8)[0]
    if listener in ready:
        q, _ = listener.accept()
        if name:
            with open(name, "xb", buffering=0) as out:
                receive(q, out)
        else:
            receive(q, sys.stdout.buffer)
        q.close()
    reply = b""
    while select.select([p], [], [], 0.3)[0] and (piece := p.recv(500)):
        reply += piece
    p.close()
    if reply:
        if name and os.path.exists(name):
            os.remove(name)
        sys.exit(reply.decode(errors="replace"))
    if name:
        print("transfer complete")


main()
