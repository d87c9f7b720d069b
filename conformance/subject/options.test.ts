// Which options are refused, where relative paths start, and how a rule is tested again.

import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatRerunCommand } from "../runner/rerun-command.ts";
import { fillCommand } from "./command-line.ts";
import { configFromOptions } from "./config.ts";
import { isSelected, type SuiteOptions } from "./options.ts";

const QUICK = 2_000; // these read a small file at most

const wrong: [SuiteOptions, string][] = [
  [{}, "Nothing to judge: give --server, --client or both."],
  [{ server: "./x" }, "--server has no {port}: write './x {port}'."],
  [
    { server: "./it's {port}" },
    `--server has a ' without its partner, at "'s {port}"; write \\' for the character itself.`,
  ],
  [
    { server: "cd pkg && python3 main.py {port}" },
    `--server has "&" outside quotes, and no shell reads it; write sh -c '…' around what a shell shall do, with exec before the program.`,
  ],
  [
    { server: "x {prt}" },
    "--server has {prt}, and the suite does not know that word. It knows {port}.",
  ],
  [
    { client: "x {host} {port} {ports}" },
    "--client has {ports}, and the suite does not know that word. It knows {host} {port} {command} {file} {dataport}.",
  ],
  [
    { server: "x {port}", only: "S77" },
    '--only takes ids such as S7.1, or steps such as S7; "S77" selects nothing.',
  ],
  [
    { server: "x {port}", dialect: "nix" },
    "--dialect: no dialect and no file is called nix; write the name of a shipped dialect, or the path of a TOML file.",
  ],
  [
    { server: "x {port}", dialect: "native", extras: { "server-tls": "x {port} {pem}" } },
    "--server-tls has {pem}, and the suite does not know that word. It knows {port} {cert} {key}.",
  ],
  [
    { server: "x {port}", extras: { "server-tls": "x {port} {cert} {key}" } },
    "--server-tls goes with --dialect native, whose rules are about it.",
  ],
  [
    { server: "x {port}", dialect: "native", extras: { "client-tls": "x {port} {ca}" } },
    "--client-tls goes with --client.",
  ],
];

test.each(wrong)(
  "%j is refused",
  (request, why) => expect(configFromOptions(request, "ftconform")).rejects.toThrow(why),
  QUICK,
);

test(
  "relative paths start in the directory of the configuration, and blanks survive",
  async () => {
    const here = mkdtempSync(join(tmpdir(), "ft options-"));
    try {
      writeFileSync(join(here, "ftserver.py"), "");
      const options = { server: "python3 ftserver.py {port} 'a b'" };
      const { server = "", directory } = await configFromOptions(options, "ftconform", here);
      const line = fillCommand(server, { port: 7 }, directory);
      expect(line).toEqual(["python3", join(here, "ftserver.py"), "7", "a b"]);
    } finally {
      rmSync(here, { recursive: true });
    }
  },
  QUICK,
);

test(
  "a step selects its rules, and S7.1 does not select S7.10",
  () => {
    expect(["S7.1", "S7.10", "N7.1"].filter((id) => isSelected(id, "S7"))).toEqual([
      "S7.1",
      "S7.10",
    ]);
    expect(isSelected("S7.10", "S7.1")).toBe(false);
  },
  QUICK,
);

test(
  "a shell reads the command that tests a rule again as it is meant",
  () => {
    const line = formatRerunCommand(
      { id: "S7.1", role: "server" },
      {
        options: { server: "./it's {port}", timeoutScale: 2, strict: true },
        program: "bun ftconform.ts",
      },
    );
    const words = Bun.spawnSync(["sh", "-c", `printf '%s\\n' ${line}`])
      .stdout.toString()
      .split("\n");
    expect(words.slice(2, 9)).toEqual([
      "--server",
      "./it's {port}",
      "--timeout-scale",
      "2",
      "--only",
      "S7.1",
      "--strict",
    ]);
  },
  QUICK,
);

test.each(["S7.2,S9", "7.2, s9", " s7.2;9 ", "7.2 9"])(
  "the selection %j takes in one rule and one step",
  (only) => {
    const ids = ["S7.2", "S9.1", "S7.20", "N9.1"];
    expect(ids.filter((id) => isSelected(id, only))).toEqual(["S7.2", "S9.1"]);
  },
  QUICK,
);
