#!/usr/bin/env python3
"""An honest server in Python: nothing that the suite finds in it can be a whim of Bun."""

import hashlib
import os
import re
import signal
import socket
import stat
import sys
import threading

LINE = 4096
REQUEST_LIMIT = 5.0  # seconds, from the accept
GRACE = 5.0  # seconds for running transfers after SIGINT
DIAL_LIMIT = 3.0
LINGER = 2.0
PIECE = 65536

running = set()
lock = threading.Lock()
stopping = threading.Event()


class Refusal(Exception):
    """A reply that ends the session."""


class Lines:
    """Lines of P, with a maximum and one time limit for all of them."""

    def __init__(self, p):
        self.p, self.kept = p, b""
        self.late = threading.Timer(REQUEST_LIMIT, self.expire)
        self.expired = False
        self.late.start()

    def expire(self):
        self.expired = True
        self.p.shutdown(socket.SHUT_RD)

    def next(self):
        while b"\n" not in self.kept[:LINE]:
            if len(self.kept) >= LINE:
                raise Refusal("500 line too long")
            piece = self.p.recv(PIECE)
            if self.expired:
                raise Refusal("421 no command came in time")
            if not piece:
                return None
            self.kept += piece
            if self.kept.startswith(b"\x16"):
                raise Refusal("500 this server does not speak TLS")
        line, _, self.kept = self.kept.partition(b"\n")
        return line[:-1] if line.endswith(b"\r") else line


class Session:
    def __init__(self, p):
        self.p, self.q, self.offset, self.hash, self.busy = p, None, 0, False, False

    def reply(self, text):
        try:
            self.p.sendall(text.encode() + b"\n")
        except OSError:
            pass  # the client has gone, and needs no reply

    def run(self):
        lines = Lines(self.p)
        try:
            self.request(lines)
        except Refusal as refusal:
            self.close_q()
            self.reply(str(refusal))
        except OSError:
            pass  # P was reset
        finally:
            lines.late.cancel()
            self.close_q()
            self.finish()

    def request(self, lines):
        while (line := lines.next()) is not None:
            text = printable(line)
            if text is None:
                raise Refusal("501 control characters or no UTF-8")
            word, _, value = text.partition(" ")
            if word == "HASH":
                self.hash = True
                self.reply("350 noted")
            elif word == "REST":
                self.offset = offset(value)
                self.reply("350 noted")
            elif word in ("USER", "PASS"):
                self.reply("331 password, please" if word == "USER" else "230 welcome")
            else:
                lines.late.cancel()
                self.busy = True
                return self.command(word, value)

    def command(self, word, value):
        if word == "-l":
            return self.list(port(value))
        if word != "-g":
            raise Refusal("500 commands are -l and -g")
        name, space, last = value.rpartition(" ")
        if not space:
            raise Refusal("501 -g takes a file name and a data port")
        self.get(name, port(last))

    def dial(self, to):
        here = self.p.getsockname()[0].removeprefix("::ffff:")
        there = self.p.getpeername()[0].removeprefix("::ffff:")
        try:
            self.q = self.connect(here, there, to)
            self.q.settimeout(None)
        except OSError:
            raise Refusal("425 the data connection cannot be opened") from None

    def connect(self, here, there, to):
        return socket.create_connection((there, to), DIAL_LIMIT, (here, 0))

    def list(self, to):
        self.dial(to)
        body = b"".join(name + b"\n" for name in names())
        self.announce(len(body))
        self.send(body)
        self.complete(len(body))

    def get(self, name, to):
        self.dial(to)
        with opened(name) as file:
            info = os.fstat(file.fileno())
            size = info.st_size - self.offset
            if size < 0:
                raise Refusal("554 the file ends before that offset")
            self.announce(size, f" version={info.st_ino}-{info.st_size}-{info.st_mtime_ns}")
            digest = hashlib.sha256(file.read()).hexdigest() if self.hash else ""
            file.seek(self.offset)
            self.stream(file, size)
            self.complete(size, f" sha256={digest}" if digest else "")

    def stream(self, file, size):
        while size > 0:
            piece = file.read(min(PIECE, size))
            if not piece:
                raise Refusal("450 the file has changed")
            self.send(piece)
            size -= len(piece)

    def send(self, piece):
        try:
            self.q.sendall(piece)
        except OSError:
            raise Refusal("426 the data connection was cut") from None

    def announce(self, size, more=""):
        self.reply(f"150 bytes={size} port={self.q.getsockname()[1]}{more} here it comes")

    def complete(self, size, more=""):
        self.close_q()
        self.reply(f"226 bytes={size}{more} all sent")

    def close_q(self):
        if self.q:
            self.q.close()
            self.q = None

    def finish(self):
        """Half-closes P and waits, bounded, for the client's end of it."""
        deadline = threading.Timer(LINGER, self.abort)
        deadline.start()
        try:
            self.p.shutdown(socket.SHUT_WR)
            while self.p.recv(PIECE):
                pass
        except OSError:
            pass  # reset, or aborted: it is over either way
        deadline.cancel()
        self.p.close()

    def abort(self):
        try:
            self.p.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def printable(line):
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if re.search(r"[\x00-\x1f\x7f-\x9f]", text) else text


def offset(text):
    if re.fullmatch(r"[0-9]{1,16}", text) and int(text) <= 2**53 - 1:
        return int(text)
    raise Refusal("501 REST takes a number of bytes")


def port(text):
    if re.fullmatch(r"[0-9]{4,5}", text) and 1024 <= int(text) <= 65535:
        return int(text)
    raise Refusal("501 a data port is a number from 1024 to 65535")


def names():
    entries = [entry for entry in os.scandir(b".") if entry.is_file(follow_symlinks=False)]
    found = [entry.name for entry in entries if not entry.name.startswith(b".")]
    return sorted(name for name in found if printable(name) is not None)


def opened(name):
    """A regular file of the directory itself."""
    if name.startswith(".") or "/" in name or name == "":
        raise Refusal("550 no such file")
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        raise Refusal("550 no such file") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Refusal("550 not a file")
    return open(descriptor, "rb", buffering=0)


def serve(session):
    with lock:
        running.add(session)
    session.run()
    with lock:
        running.discard(session)
        last = stopping.is_set() and not running
    if last:
        os._exit(0)


def interrupted(listener):
    """The first SIGINT waits for what is running, the second does not."""
    if stopping.is_set():
        os._exit(0)
    with lock:
        waits = not stopping.is_set() and any(session.busy for session in running)
    stopping.set()
    listener.shutdown(socket.SHUT_RDWR)  # wakes accept(), which keeps a closed listener alive
    listener.close()
    if not waits:
        os._exit(0)
    threading.Timer(GRACE, os._exit, [0]).start()
    for session in list(running):
        if not session.busy:
            session.abort()


def refuse(message):
    print(f"ftserver: {message}\nusage: ftserver <SERVER_PORT>", file=sys.stderr)
    sys.exit(2)


def listen(args):
    """Steps 1 and 2: the argument, and the port that it names."""
    if len(args) != 2:
        refuse("it takes SERVER_PORT and nothing else")
    text = args[1]
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= 65535:
        refuse(f"SERVER_PORT is a number from 1 to 65535, not {text}")
    try:
        listener = socket.create_server(
            ("", int(text)), family=socket.AF_INET6, dualstack_ipv6=True, backlog=64
        )
    except OSError as error:
        refuse(f"SERVER_PORT {text} cannot be listened on: {error}")
    print(f"ftserver: ready on port {text}", flush=True)
    return listener


def main(kind=Session):
    listener = listen(sys.argv)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGTERM])
    threading.Thread(target=accept, args=[listener, kind], daemon=True).start()
    while True:
        signal.sigwait([signal.SIGINT, signal.SIGTERM])
        interrupted(listener)


def accept(listener, kind):
    while not stopping.is_set():
        try:
            p, _ = listener.accept()
        except OSError:
            return
        p.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=serve, args=[kind(p)], daemon=True).start()


if __name__ == "__main__":
    main()
