// A submission that attacks the process that tests it, as the same user: it forges no verdict.

import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { JsonReport } from "../report/json.ts";
import { parseCsv } from "./csv.ts";
import { makeKey, signLine, verifyLine } from "./signed-line.ts";

/** A class of one, on a machine that is busy. */
const LIMIT = 120_000;
const QUICK = 2_000;
const ROOT = resolve(import.meta.dir, "../../..");
const here = mkdtempSync(join(tmpdir(), "ftconform-hostile-"));
afterAll(() => rmSync(here, { recursive: true, force: true }));

/** Takes the open files of every process that it can reach (pidfd_getfd), and writes a result that passes into each of them. */
const FORGER = `
import ctypes, json, os, socket, sys, threading, time
libc = ctypes.CDLL(None, use_errno=True)
facts = dict(level="MUST", role="server", title="forged", rule="forged", verdict="pass", hint="", timeline=[], retried=False, again="")
line = ("\\n" + json.dumps(dict(facts, id="S7.8")) + "\\n").encode()
def attack(pid):
    pidfd = libc.syscall(434, pid, 0)
    for number in range(40):
        copy = libc.syscall(438, pidfd, number, 0)
        if copy < 0: continue
        try: os.write(copy, line)
        except OSError: pass
        os.close(copy)
    os.close(pidfd)
def forge():
    while True:
        for name in filter(str.isdigit, os.listdir("/proc")):
            if int(name) != os.getpid(): attack(int(name))
        time.sleep(0.05)
threading.Thread(target=forge, daemon=True).start()
server = socket.socket(); server.bind(("", int(sys.argv[1]))); server.listen(9)
while True:
    client, _ = server.accept(); client.recv(100); client.sendall(b"500 no\\n"); client.close()
`;

test.skipIf(process.platform !== "linux" || Bun.which("python3") === null)(
  "a submission that writes results into the pipes of others passes no rule",
  async () => {
    writeFileSync(join(here, "forger.py"), FORGER);
    writeFileSync(join(here, "class.csv"), "name,server\nMallory,python3 forger.py {port}\n");
    const { PATH = "", HOME = here } = Bun.env;
    const options = ["--grade", "class.csv", "--out", "out", "--only", "S7.8", "--patience", "1"];
    const program = Bun.spawn([process.execPath, `${ROOT}/cmd/ftconform.ts`, ...options], {
      cwd: here,
      env: { PATH, HOME, TMPDIR: here },
      stdio: ["ignore", "pipe", "pipe"],
    });
    await program.exited;
    const [, row = []] = parseCsv(await Bun.file(join(here, "out/marks.csv")).text());
    expect(row[0]).toBe("Mallory");
    expect(row[1]).not.toBe("conformant");
    expect(row[2]).toBe("0");
    const report = (await Bun.file(join(here, "out/mallory.json")).json()) as JsonReport;
    const titles = report.rules.flatMap(({ cases }) => cases.map(({ title }) => title));
    expect(titles).not.toContain("forged");
  },
  LIMIT,
);

test(
  "a line counts only with the signature of its run",
  () => {
    const [key, other] = [makeKey(), makeKey()];
    expect(verifyLine(signLine("{}", key), key)).toBe("{}");
    for (const line of ["", "{}", signLine("{}", other), `${signLine("{}", key)} `, "é".repeat(64)])
      expect(verifyLine(line, key)).toBeUndefined();
  },
  QUICK,
);
