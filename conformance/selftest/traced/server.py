"""A server in Python. Its second argument names the fault that it has; without one it is honest."""

import io
import os
import signal
import socket
import sys
import time

FAULT = sys.argv[2] if len(sys.argv) > 2 else ""


def send_all(to, data):
    if FAULT == "lost-rest":
        to.send(data)
    else:
        to.sendall(data)


def send_text(to, text):
    data = text.encode()
    if FAULT == "whole-buffer":
        data = data + b"\0" + b"x" * (199 - len(data))
    if FAULT == "sent-terminator":
        data += b"\0"
    send_all(to, data)


def send_file(q, file):
    buffer = bytearray(4096)
    if FAULT == "lost-rest":
        q.setblocking(False)
    while n := file.readinto(buffer):
        piece = bytes(buffer[:n])
        if FAULT == "string-on-q":
            piece = piece.split(b"\0")[0]
        if FAULT == "excess-on-q":
            piece = bytes(buffer)
        try:
            send_all(q, piece)
        except BlockingIOError:
            pass


def receive_line(p):
    line = b""
    while b"\n" not in line:
        piece = p.recv(1024)
        if not piece and FAULT == "read-after-end":
            for _ in range(50):
                p.recv(1024)
        if not piece:
            break
        line += piece
        if FAULT == "short-receive":
            break
    return line.decode(errors="replace")


def serve(p, address):
    if FAULT == "unread-close":
        send_text(p, "Busy\n")
        time.sleep(0.1)
        return
    line = receive_line(p)
    if not line:
        return
    command, _, rest = line.strip("\r\n").partition(" ")
    name, _, number = rest.rpartition(" ")
    if command not in ("-l", "-g") or not number.isdigit() or (command == "-g") != bool(name):
        send_text(p, "Invalid command\n")
        return
    port = int(number)
    if FAULT == "swapped-port":
        port = socket.htons(port)
    if FAULT == "other-data-port":
        port = 1
    host = "127.0.0.5" if FAULT == "other-peer" else address[0]
    q = socket.socket()
    try:
        q.connect((host, port))
    except OSError:
        send_text(p, "Cannot connect\n")
        q.close()
        return
    if command == "-l":
        for entry in os.listdir("."):
            if os.path.isfile(entry):
                send_text(q, entry + "\n")
    elif os.path.basename(name) == name and os.path.isfile(name) and not os.path.islink(name):
        with open(name, "rb", buffering=0) as file:
            send_file(q, file)
    else:
        send_text(p, "File not found\n")
    if FAULT == "leak":
        KEPT.append(q)
    elif FAULT == "closed-descriptor":
        number = q.fileno()
        q.close()
        os.write(number, b"end")
    else:
        q.close()
    if FAULT == "sigpipe":
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        time.sleep(0.3)
        for _ in range(5):
            try:
                p.send(b"done\n")
            except ConnectionResetError:
                pass
            time.sleep(0.05)


KEPT = []


def reap(*_):
    try:
        while os.waitpid(-1, os.WNOHANG)[0] > 0:
            pass
    except ChildProcessError:
        pass


def main():
    if FAULT == "unflushed":
        sys.stdout = io.TextIOWrapper(open(1, "wb", closefd=False))
    forks = FAULT in ("fork", "parent-leak", "zombie")
    if forks and FAULT != "zombie":
        signal.signal(signal.SIGCHLD, reap)
    port = int(sys.argv[1])
    listener = socket.socket()
    if FAULT != "missing-reuse":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    host = "192.0.2.1" if FAULT == "ignored-bind" else ""
    if FAULT == "swapped-bind":
        port = socket.htons(port)
    if FAULT == "other-port":
        port += 1
    try:
        listener.bind((host, port))
    except OSError as error:
        if FAULT != "ignored-bind":
            sys.exit(str(error))
    if FAULT != "missing-listen":
        listener.listen(10)
    print("listening")
    served = 0
    while True:
        if FAULT == "missing-accept" and served == 1:
            signal.pause()
        try:
            p, address = listener.accept()
        except OSError:
            time.sleep(0.02)
            continue
        print("a client")
        served += 1
        if forks:
            if os.fork() == 0:
                listener.close()
                serve(p, address)
                p.close()
                os._exit(0)
            if FAULT == "parent-leak":
                KEPT.append(p)
            else:
                p.close()
            continue
        try:
            serve(p, address)
        except OSError as error:
            print(error, file=sys.stderr)
        p.close()


try:
    main()
except KeyboardInterrupt:
    print("stopped")
