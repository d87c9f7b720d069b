// Completions by a real bash and a real zsh, and manual pages by a real man: all programs, as the package has them.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programs } from "../ftkit.ts";
import { waitUntil } from "../testing/testing.ts";
import { formatBashCompletion, formatZshCompletion } from "./completion.ts";
import { formatManPage } from "./man-page.ts";

const LIMIT = 30_000;
const COMMAND_TIMEOUT = 20_000;
const scratch = mkdtempSync(join(tmpdir(), "ftkit-documents-"));
const names = [...programs.keys()];

beforeAll(async () => {
  mkdirSync(join(scratch, "some dir"));
  writeFileSync(join(scratch, "some file"), "");
  for (const [name, load] of programs) {
    const { program } = await load();
    writeFileSync(join(scratch, `${name}.bash`), formatBashCompletion(program));
    writeFileSync(join(scratch, `_${name}`), formatZshCompletion(program));
    writeFileSync(join(scratch, `${name}.1`), formatManPage(program, "1.2.3", ["ftother"]));
  }
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function run(words: readonly string[], env: Record<string, string> = {}) {
  const child = Bun.spawn([...words], {
    cwd: scratch,
    env: { PATH: Bun.env["PATH"] ?? "", HOME: scratch, LC_ALL: "C.UTF-8", ...env },
    stderr: "pipe",
    timeout: COMMAND_TIMEOUT,
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { exit: await child.exited, stdout, stderr };
}

/** Completes the last of the words, as bash splits them; returns what it offers. */
async function completeInBash(name: string, ...words: string[]): Promise<string[]> {
  const script = `
    source "$0.bash"
    COMP_WORDS=("$0" "$@") COMP_CWORD=$#
    [[ $(complete -p "$0") =~ -F\\ ([^ ]+) ]] && "\${BASH_REMATCH[1]}" "$0"
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { exit, stdout, stderr } = await run(["bash", "-c", script, name, ...words]);
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
  return stdout.split("\n").filter(Boolean);
}

const bash = Bun.which("bash");

test.skipIf(!bash)(
  "bash completes every option of every program (needs bash)",
  async () => {
    for (const [name, load] of programs) {
      const { program } = await load();
      const options = Object.entries(program.args).filter(([, { type }]) => type !== "positional");
      const offered = await completeInBash(name, "--");
      expect(offered.sort()).toEqual(options.map(([option]) => `--${option}`).sort());
    }
  },
  LIMIT,
);

test.skipIf(!bash).each<[string, string[], string[]]>([
  ["ftserver", ["30021", "--req"], ["--require-tls"]],
  ["ftserver", ["30021", "--send", ""], ["sendfile", "copy"]],
  ["ftserver", ["30021", "--send", "="], ["sendfile", "copy"]],
  ["ftserver", ["30021", "--send", "=", "c"], ["copy"]],
  ["ftserver", ["30021", "so"], ["some dir"]],
  ["ftserver", ["30021", "--users", "some f"], ["some file"]],
  ["ftserver", ["30021", "--workers", ""], []],
  ["ftclient", ["localhost", "30021", "--on-duplicate", "re"], ["refuse", "rename"]],
  ["ftpasswd", ["r"], ["remove"]],
])("bash completes %s %j (needs bash)", async (name, words, offered) => {
  expect(await completeInBash(name, ...words)).toEqual(offered);
});

test.skipIf(!Bun.which("zsh"))(
  "zsh completes options, their values and directories at a terminal (needs zsh)",
  async () => {
    let screen = "";
    const child = Bun.spawn(["zsh", "-f", "-i"], {
      cwd: scratch,
      env: { PATH: Bun.env["PATH"] ?? "", HOME: scratch, LC_ALL: "C.UTF-8", TERM: "dumb" },
      terminal: { cols: 200, rows: 24, data: (_, bytes) => void (screen += Buffer.from(bytes)) },
      timeout: COMMAND_TIMEOUT,
    });
    const type = async (keys: string, shown: string) => {
      screen = "";
      child.terminal?.write(keys);
      await waitUntil(() => screen.includes(shown), `${shown} after ${JSON.stringify(keys)}`);
    };
    try {
      const setup = "fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D; print rea''dy\n";
      await type(setup, "ready");
      // Ctrl-U removes the line.
      await type("ftserver 30021 --req\t", "--require-tls");
      await type("\u0015ftserver 30021 --send s\t", "--send sendfile");
      await type("\u0015ftserver 30021 some\t", "some\\ dir");
      await type("\u0015ftclient localhost 30021 --on-duplicate=ov\t", "=overwrite");
      await type("\u0015ftpasswd ver\t", "ftpasswd verify");
      await type("\u0015ftconform --sand\t", "--sandbox");
      await type("\u0015ftbench --loa\t", "--load");
    } finally {
      child.kill("SIGKILL");
      child.terminal?.close();
      await child.exited;
    }
  },
  LIMIT,
);

const man = Bun.which("man");

test.skipIf(!man).each(names)(
  "man reads the page of %s without a warning, and shows what the help shows (needs man)",
  async (name) => {
    const page = join(scratch, `${name}.1`);
    const plain = ["--no-hyphenation", "--no-justification"];
    const env = { MANWIDTH: "200", MAN_KEEP_FORMATTING: "" };
    const { exit, stdout, stderr } = await run(
      ["man", "--warnings", ...plain, "--local-file", page],
      env,
    );
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
    // The check would be worth nothing if this man were silent about everything.
    writeFileSync(join(scratch, "wrong.1"), '.TH WRONG 1 "" "" ""\n.no_such_request\n');
    const wrong = await run(["man", "--warnings", "--local-file", join(scratch, "wrong.1")], env);
    expect(wrong.stderr).toContain("no_such_request");
    const program = (await programs.get(name)?.())?.program;
    const text = stdout.replace(/\s+/g, " ");
    for (const [option, { type, description }] of Object.entries(program?.args ?? {})) {
      if (type !== "positional") expect(text).toContain(`--${option}`);
      expect(text).toContain((description ?? "").replace(/\s+/g, " "));
    }
    for (const line of (program?.example ?? "").split("\n")) expect(stdout).toContain(line.trim());
  },
  LIMIT,
);
