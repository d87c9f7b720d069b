// The package of `npm pack`: what it contains, and what its installation gives in an empty home.

import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import manifest from "../../package.json";
import { packPackage } from "../testing/package.ts";

const PROGRAMS = ["ftserver", "ftclient", "ftpasswd", "ftconform", "ftbench"];
const LIMIT = 120_000;
const COMMAND_TIMEOUT = 60_000;

const npm = Bun.which("npm");
const home = mkdtempSync(join(tmpdir(), "ftkit-package-"));
const npmSettings = npm ? readNpmSettings() : {};
let tarball = "";

/** Runs a command in an empty home and an empty directory, with Node and the usual tools on PATH, but no Bun. */
async function run(words: readonly string[], PATH = join(home, "tools")) {
  const child = Bun.spawn([...words], {
    cwd: join(home, "empty"),
    env: { ...npmSettings, PATH, HOME: join(home, "empty") },
    stdin: "ignore",
    stderr: "pipe",
    timeout: COMMAND_TIMEOUT,
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { exit: await child.exited, stdout, stderr };
}

/** Installs the tarball; returns the directory of the commands. */
async function install(name: string, ...options: string[]): Promise<string> {
  const prefix = join(home, name);
  const words = ["npm", "install", "--global", "--prefix", prefix, "--cache", join(home, "cache")];
  expect(await run([...words, ...options, tarball])).toMatchObject({ exit: 0 });
  return join(prefix, "bin");
}

beforeAll(async () => {
  for (const name of ["package", "empty", "tools", "bun"]) mkdirSync(join(home, name));
  for (const tool of ["node", "npm", "npx", "sh", "readlink"])
    symlinkSync(Bun.which(tool) ?? "/", join(home, "tools", tool));
  symlinkSync(process.execPath, join(home, "bun/bun"));
  if (npm) tarball = await packPackage(join(home, "package"));
}, LIMIT);

afterAll(() => rmSync(home, { recursive: true, force: true }));

test.skipIf(!npm)(
  "the package holds bundles, commands and their documentation, and nothing else (needs npm)",
  async () => {
    const { stdout } = await run(["tar", "tzf", tarball], Bun.env["PATH"]);
    const files = stdout
      .trim()
      .split("\n")
      .map((name) => name.replace("package/", ""));
    const expected = PROGRAMS.flatMap((name) => [
      `dist/bin/${name}`,
      `dist/lib/${name}.js`,
      `dist/share/bash-completion/completions/${name}`,
      `dist/share/zsh/site-functions/_${name}`,
      `dist/share/man/man1/${name}.1`,
      `dist/lib/${name}.js.jsc`,
    ]);
    expect(files).toEqual(
      expect.arrayContaining([...expected, "LICENSE", "README.md", "dist/NOTICE", "package.json"]),
    );
    const documentation = /\.(md|toml|service)$|^LICENSE$|^package\.json$|^dist\/NOTICE$/;
    expect(files.filter((name) => !expected.includes(name) && !documentation.test(name))).toEqual(
      [],
    );
  },
);

test("each program is a command, and an installation fetches Bun alone and runs no script", () => {
  expect(Object.keys(manifest.bin)).toEqual(PROGRAMS);
  expect(Object.keys(manifest)).not.toContain("dependencies");
  expect(Object.keys(manifest)).not.toContain("private");
  const versions = Object.entries(manifest.optionalDependencies);
  expect(versions.filter(([name]) => !name.startsWith("@oven/bun-"))).toEqual([]);
  for (const [, version] of versions) expect(manifest.engines.bun).toBe(`>=${version}`);
  expect(Object.keys(manifest.scripts)).not.toContain("install");
  expect(Object.keys(manifest.scripts)).not.toContain("postinstall");
});

test.skipIf(!npm)("the bundles name no path of the machine that made them (needs npm)", () => {
  const lib = join(home, "package/dist/lib");
  for (const file of readdirSync(lib))
    expect(readFileSync(join(lib, file)).includes(join(import.meta.dir, "../.."))).toBe(false);
});

test.skipIf(!npm)(
  "with Bun on PATH nothing is fetched, and each command starts (needs npm)",
  async () => {
    const bin = await install("with-bun", "--offline", "--omit=optional");
    expect(existsSync(join(bin, "../lib/node_modules/ftkit/node_modules"))).toBe(false);
    for (const name of PROGRAMS)
      expect(existsSync(join(bin, `../share/man/man1/${name}.1`))).toBe(true);
    const PATH = [bin, join(home, "bun"), join(home, "tools")].join(delimiter);
    for (const name of PROGRAMS)
      expect(await run([join(bin, name), "--version"], PATH)).toEqual({
        exit: 0,
        stdout: `${name} ${manifest.version}\n`,
        stderr: "",
      });
    expect(readdirSync(join(home, "empty"))).toEqual([]);
  },
  LIMIT,
);

const canFetch = npm ? await hasRegistry() : false;

test.skipIf(!canFetch)(
  "with Node alone Bun is installed too, and npx runs a command (needs npm and its registry)",
  async () => {
    const bin = await install("node-alone", "--fetch-retries=0");
    const version = { exit: 0, stdout: `ftclient ${manifest.version}\n` };
    expect(await run([join(bin, "ftclient"), "--version"])).toMatchObject(version);
    const npx = ["npx", "--yes", "--cache", join(home, "cache"), `--package=${tarball}`];
    expect(await run([...npx, "ftclient", "--version"])).toMatchObject(version);
    expect(readdirSync(join(home, "empty"))).toEqual([]);
  },
  LIMIT,
);

/** True if npm can ask its registry for Bun. */
async function hasRegistry(): Promise<boolean> {
  const [name = ""] = Object.keys(manifest.optionalDependencies);
  const words = ["npm", "view", "--fetch-retries=0", "--fetch-timeout=5000", name, "version"];
  const child = Bun.spawn(words, { stdout: "ignore", stderr: "ignore", timeout: 10_000 });
  return (await child.exited) === 0;
}

/** The registry and the certificates of this machine's npm, which another prefix and another home would hide. */
function readNpmSettings(): Record<string, string> {
  const { stdout } = Bun.spawnSync(["npm", "config", "get", "registry", "cafile"]);
  const settings = stdout.toString().matchAll(/^(registry|cafile)=(?!null$)(.+)$/gm);
  return Object.fromEntries(
    [...settings].map(([, name, value = ""]) => [`npm_config_${name}`, value]),
  );
}
