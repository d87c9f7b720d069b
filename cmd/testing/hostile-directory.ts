// A directory that holds every file by which Bun can be made to run code or to obey settings.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Tells that code of the directory has run. */
const MARKER = "EXECUTED";

/** The password that the directory's .env sets. */
export const DOTENV_PASSWORD = "from-dotenv";

const EVIL = `
require("node:fs").writeFileSync(__dirname + "/${MARKER}", process.argv.join(" "));
module.exports = {};
`;

const TSCONFIG = JSON.stringify({
  compilerOptions: { baseUrl: ".", paths: { "*": ["./evil.cjs"] }, jsxImportSource: "evil" },
});

const DOTENV = `
FTCLIENT_PASSWORD=${DOTENV_PASSWORD}
FTKIT_WORKER=0 00000000000000000000000000000000
NODE_TLS_REJECT_UNAUTHORIZED=0
TMPDIR=/nonexistent
BUN_OPTIONS=--preload=./evil.cjs
NODE_OPTIONS=--require=./evil.cjs
`;

/** Each file, and its content. */
const FILES: Readonly<Record<string, string>> = {
  "evil.cjs": EVIL,
  "bunfig.toml": `
preload = ["./evil.cjs"]
[define]
"process.platform" = "'evil'"
[loader]
".ts" = "text"
[test]
preload = ["./evil.cjs"]
`,
  ".env": DOTENV,
  ".env.local": DOTENV,
  ".env.production": DOTENV,
  ".env.development": DOTENV,
  "tsconfig.json": TSCONFIG,
  "jsconfig.json": TSCONFIG,
  "package.json": JSON.stringify({
    name: "ftkit",
    type: "commonjs",
    imports: { "#*": "./evil.cjs" },
    exports: { "./*": "./evil.cjs" },
    dependencies: { citty: "file:evil", consola: "file:evil" },
    workspaces: ["*"],
    preload: ["./evil.cjs"],
  }),
  ...Object.fromEntries(
    ["citty", "consola", "ftkit", "bun", "evil"].flatMap((name) => [
      [`node_modules/${name}/index.cjs`, EVIL],
      [`node_modules/${name}/package.json`, JSON.stringify({ name, main: "index.cjs" })],
    ]),
  ),
  // The programs' own names, for a launcher that looked here.
  ...Object.fromEntries(
    ["ftserver", "ftclient", "ftpasswd", "ftconform", "ftbench", "ftkit"].flatMap((name) => [
      [`${name}.ts`, EVIL],
      [`cmd/${name}.ts`, EVIL],
    ]),
  ),
};

/** Fills a directory that exists. */
export function makeHostile(directory: string): void {
  for (const [name, content] of Object.entries(FILES)) {
    mkdirSync(join(directory, name, ".."), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
}

/** The files of the directory that have run. */
export function findExecuted(directory: string): string[] {
  const places = [
    "",
    "cmd",
    ...["citty", "consola", "ftkit", "bun", "evil"].map((name) => `node_modules/${name}`),
  ];
  return places.filter((place) => existsSync(join(directory, place, MARKER)));
}
