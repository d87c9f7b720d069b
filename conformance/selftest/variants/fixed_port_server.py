#!/usr/bin/env python3
"""ftserver.py with a fixed source port for Q, as in FTP: the port below SERVER_PORT."""

import sys
from socket import AF_INET, AF_INET6, SO_REUSEADDR, SOL_SOCKET, socket

sys.dont_write_bytecode = True  # the suite leaves no files behind

import ftserver  # noqa: E402


class Session(ftserver.Session):
    def connect(self, local, remote, port):
        q = socket(AF_INET6 if ":" in remote else AF_INET)
        q.settimeout(ftserver.CONNECT_LIMIT)
        q.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        try:
            q.bind((local, self.p.getsockname()[1] - 1))
        except OSError:
            q.bind((local, 0))  # another program uses that port
        q.connect((remote, port))
        return q


ftserver.main(Session)
