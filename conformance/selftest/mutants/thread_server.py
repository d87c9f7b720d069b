#!/usr/bin/env python3
"""A thread for each client, which waits for ever when its client has left."""

import os
import sys
import threading

sys.dont_write_bytecode = True  # the suite leaves no files behind
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "variants"))

import ftserver  # noqa: E402

more = threading.Condition()


def serve(p):
    ftserver.Session(p).run()
    with more:
        more.wait()  # for a second command that no client sends


def main():
    listener = ftserver.listen(sys.argv)
    while True:
        p, _ = listener.accept()
        p.setsockopt(ftserver.socket.IPPROTO_TCP, ftserver.socket.TCP_NODELAY, 1)
        threading.Thread(target=serve, args=(p,), daemon=True).start()


try:
    main()
except KeyboardInterrupt:
    os._exit(0)
