// The commands of an npm installation, and the executables of `bun run build`, run no code of the current directory and obey no
// setting there. The everyday directory of these programs is one that strangers fill.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { symlinkSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import manifest from "../../package.json";
import { HASH_COST } from "../../lib/auth/users.ts";
import { findFreePort } from "./free-port.ts";
import { DOTENV_PASSWORD, findExecuted, makeHostile } from "../testing/hostile-directory.ts";
import { packPackage } from "../testing/package.ts";
import { TestServer, waitUntilListening } from "../testing/testing.ts";

const TOP = join(import.meta.dir, "../..");
const LIMIT = 60_000;

/** The longest that one command may run, in ms. */
const COMMAND_TIMEOUT = 20_000;

const PATH = [dirname(process.execPath), Bun.env["PATH"]].join(delimiter);
const npm = Bun.which("npm");
const bash = Bun.which("bash");

let server: TestServer;
let hostile: string;

beforeAll(async () => {
  server = new TestServer();
  hostile = server.createDirectory("hostile");
  server.createDirectory("home");
  makeHostile(hostile);
  server.createFile("root/notes.txt", "hello\n");
  const hash = await Bun.password.hash(DOTENV_PASSWORD, HASH_COST);
  await server.start("--users", server.createFile("users", `ada:${hash}\n`));
}, LIMIT);

afterAll(async () => {
  await server[Symbol.asyncDispose]();
}, LIMIT);

/** Runs a command to its end in the hostile directory, or in another. */
async function run(words: readonly string[], cwd = hostile) {
  await using child = Bun.spawn([...words], {
    cwd,
    env: { PATH, HOME: server.getPath("home") },
    stdin: "ignore",
    stderr: "pipe",
    timeout: COMMAND_TIMEOUT,
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { exit: await child.exited, stdout, stderr };
}

/** Makes the executables; returns their directory. */
async function build(): Promise<string> {
  const directory = server.getPath("build");
  const command = manifest.scripts.build.split(" && ").at(-1)?.split(" ").slice(0, -1) ?? [];
  expect(await run([...command, directory], TOP)).toMatchObject({ exit: 0 });
  return directory;
}

/** Installs the package as `npm install -g` does, without Bun, which is on PATH: that needs no network. */
async function install(): Promise<string> {
  const prefix = server.getPath("prefix");
  const words = ["install", "--global", "--offline", "--omit=optional", "--prefix", prefix];
  const packed = await packPackage(server.createDirectory("package"));
  expect(await run([npm ?? "", ...words, packed], "/")).toMatchObject({ exit: 0 });
  return join(prefix, "bin");
}

test(
  "the directory is hostile: Bun alone runs its code",
  async () => {
    const other = server.createDirectory("other");
    makeHostile(other);
    await run([process.execPath, join(TOP, "cmd/ftclient.ts"), "--version"], other);
    expect(findExecuted(other)).not.toEqual([]);
  },
  LIMIT,
);

describe.each([
  ["the executables of bun run build", build],
  ...(npm ? [["the commands of an npm installation", install] as const] : []),
])("%s", (_, provide) => {
  let commands: string;

  beforeAll(async () => {
    commands = await provide();
  }, LIMIT);

  test.each(["ftserver", "ftclient", "ftpasswd", "ftconform", "ftbench"])(
    "%s prints the same in a hostile directory as elsewhere",
    async (program) => {
      for (const option of ["--help", "--version", "--no-such"]) {
        const here = await run([join(commands, program), option]);
        expect(here).toEqual(await run([join(commands, program), option], "/"));
        expect(here.stdout + here.stderr).toContain(program);
        expect(here.exit).toBe(option === "--no-such" ? 2 : 0);
      }
      expect(findExecuted(hostile)).toEqual([]);
    },
    LIMIT,
  );

  test(
    "ftclient takes no password from a .env",
    async () => {
      const client = [join(commands, "ftclient"), ...server.endpoint, "-l", "--user", "ada"];
      expect(await run(client)).toMatchObject({ exit: 5, stdout: "" });
      expect(await run(["env", `FTCLIENT_PASSWORD=${DOTENV_PASSWORD}`, ...client])).toMatchObject({
        exit: 0,
        stdout: "notes.txt\n",
      });
      expect(findExecuted(hostile)).toEqual([]);
    },
    LIMIT,
  );

  test.skipIf(process.platform !== "linux")(
    "ftconform tests a server, alone and as a submission",
    async () => {
      const tested = `'${join(commands, "ftserver")}' {port} --command-timeout 3 --grace 3`;
      const alone = await run([join(commands, "ftconform"), "--server", tested, "--only", "S1"]);
      expect(alone).toMatchObject({ exit: 0 });
      const list = server.createFile("class.csv", `name,server\nada,${tested}\n`);
      const words = ["--grade", list, "--out", server.getPath("reports"), "--only", "S1"];
      // The link that is the command leads out of its directory, and in a sandbox it would lead nowhere.
      const graded = await run([join(commands, "ftconform"), ...words, "--sandbox", "none"]);
      expect(graded).toMatchObject({ exit: 0 });
      expect(graded.stdout).toContain("ada");
      expect(findExecuted(hostile)).toEqual([]);
    },
    LIMIT,
  );

  test.skipIf(process.platform !== "linux")(
    "ftbench starts the server and the client of the same installation",
    async () => {
      const words = ["--get", "--sizes", "1K", "--rounds", "1"];
      const result = await run([join(commands, "ftbench"), ...words]);
      expect(result).toMatchObject({ exit: 0 });
      expect(result.stdout).toContain("1.0 KiB");
      expect(findExecuted(hostile)).toEqual([]);
    },
    LIMIT,
  );

  test(
    "ftserver serves a hostile directory with workers and a log for people, and ends in order",
    async () => {
      const port = findFreePort();
      const words = [String(port), "--workers", "2", "--log", "pretty", "--host", "127.0.0.1"];
      await using child = Bun.spawn([join(commands, "ftserver"), ...words], {
        cwd: hostile,
        env: { PATH },
        stdio: ["ignore", "ignore", "pipe"],
        timeout: COMMAND_TIMEOUT,
      });
      await waitUntilListening(port);
      const client = [join(commands, "ftclient"), "127.0.0.1", String(port)];
      const listing = await run([...client, "-l"], "/");
      expect(listing.stdout).toContain("bunfig.toml\n");
      child.kill("SIGTERM");
      expect(await child.exited).toBe(0);
      expect(await child.stderr.text()).toContain("Stopped.");
      expect(findExecuted(hostile)).toEqual([]);
    },
    LIMIT,
  );
});

test.skipIf(!npm || !bash)(
  "a shell that hides the place of a command runs nothing of the current directory (needs npm and bash)",
  async () => {
    const script = 'PATH="$0:$PATH" exec bash ftclient --version';
    const result = await run([bash ?? "", "-c", script, server.getPath("prefix/bin")]);
    expect(result).toMatchObject({ exit: 1, stdout: "" });
    expect(result.stderr).toContain("the place of this command cannot be found");
    expect(findExecuted(hostile)).toEqual([]);
  },
  LIMIT,
);

test.skipIf(!npm)(
  "a command is found in a directory whose name looks like an option",
  async () => {
    symlinkSync(server.getPath("prefix/bin"), join(hostile, "-"));
    const result = await run(["env", `PATH=-:${PATH}`, "ftclient", "--version"]);
    expect(result).toMatchObject({ exit: 0, stderr: "" });
    expect(findExecuted(hostile)).toEqual([]);
  },
  LIMIT,
);

test.skipIf(!npm)(
  "a command without Bun on PATH says what to install",
  async () => {
    const command = join(server.getPath("prefix/bin"), "ftclient");
    expect(await run(["env", `PATH=${toolsWithoutBun()}`, command])).toEqual({
      exit: 1,
      stdout: "",
      stderr: "ftclient: Bun is missing: install it, for example with npm install -g bun.\n",
    });
  },
  LIMIT,
);

/** A directory with what the launcher needs, apart from Bun. */
function toolsWithoutBun(): string {
  const directory = server.createDirectory("tools");
  for (const tool of ["sh", "readlink"]) symlinkSync(Bun.which(tool) ?? "", join(directory, tool));
  return directory;
}
