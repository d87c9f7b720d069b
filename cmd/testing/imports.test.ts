// Imports follow the arrows between the folders, and form no circle of files or of folders.

import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const TOP = join(import.meta.dir, "../..");

/** A folder may import from the folders after its name, and from itself. `.` is a file at the top of `lib/` or `cmd/`. */
const SUITE = [
  ...["spec", "net", "dialect", "subject", "trace", "harness", "peer", "model"],
  ...["learn", "cases", "runner", "selftest"],
];
const ARROWS: Record<string, readonly string[]> = {
  "lib/.": [],
  "lib/sys": ["lib/."],
  "lib/net": ["lib/sys", "lib/."],
  "lib/protocol": ["lib/sys", "lib/."],
  "lib/auth": ["lib/net", "lib/protocol", "lib/sys", "lib/."],
  "lib/tls": ["lib/net", "lib/protocol", "lib/sys", "lib/."],
  "lib/server": ["lib/tls", "lib/auth", "lib/net", "lib/protocol", "lib/sys", "lib/."],
  "lib/client": ["lib/tls", "lib/auth", "lib/net", "lib/protocol", "lib/sys", "lib/."],
  // Each folder of the suite stands on those before it; `cases` and `learn` stand side by side.
  ...Object.fromEntries(
    SUITE.map((name, index) => {
      const below = SUITE.slice(0, index).filter((one) => name !== "cases" || one !== "learn");
      return [`conformance/${name}`, below.map((one) => `conformance/${one}`)];
    }),
  ),
  "conformance/.": SUITE.map((name) => `conformance/${name}`),
  "cmd/cli": ["lib/*"],
  "cmd/ftserver": ["cmd/cli", "lib/*"],
  "cmd/ftclient": ["cmd/cli", "lib/*"],
  "cmd/ftpasswd": ["cmd/cli", "lib/*"],
  "cmd/ftbench": ["cmd/cli", "lib/*"],
  "cmd/demo": ["cmd/cli", "lib/*"],
  "cmd/package": ["cmd/cli", "lib/*"],
  "cmd/soak": ["cmd/cli", "lib/*"],
  "cmd/ftconform": ["cmd/cli", "lib/*", "conformance/."],
  "cmd/.": ["cmd/*", "lib/*", "conformance/."],
};

/** What the tests share is no part of the programs. */
const isHelp = (file: string): boolean => /\.test\.ts$|\/testing\//.test(file);

const files: string[] = ["lib", "cmd", "conformance"].flatMap((top) =>
  [...new Bun.Glob(`${top}/**/*.ts`).scanSync({ cwd: TOP })].sort(),
);

const IMPORT = /(?:\bfrom|\bimport\(?)\s*"(\.[^"]+)"/g;

/** The files of the project that a file imports, types included. */
function readImports(file: string): string[] {
  const text = readFileSync(join(TOP, file), "utf8");
  const found = [...text.matchAll(IMPORT)].map(([, path = ""]) => join(dirname(file), path));
  return [...new Set(found)].filter((path) => path.endsWith(".ts"));
}

const imports = new Map(files.map((file) => [file, readImports(file)]));

function folderOf(file: string): string {
  const [top = "", second = "", third] = file.split("/");
  return third === undefined ? `${top}/.` : `${top}/${second}`;
}

function isAllowed(from: string, to: string): boolean {
  const [top] = to.split("/");
  const allowed = ARROWS[from] ?? [];
  return from === to || allowed.includes(to) || allowed.includes(`${top}/*`);
}

/** The first circle that a walk from each node finds, as `a -> b -> a`. */
function findCircle(edges: ReadonlyMap<string, readonly string[]>): string | undefined {
  const finished = new Set<string>();
  const walk = (node: string, path: readonly string[]): string | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node].join(" -> ");
    if (finished.has(node)) return undefined;
    for (const next of edges.get(node) ?? []) {
      const circle = walk(next, [...path, node]);
      if (circle) return circle;
    }
    finished.add(node);
    return undefined;
  };
  for (const node of edges.keys()) {
    const circle = walk(node, []);
    if (circle) return circle;
  }
  return undefined;
}

test("every folder of code has its arrows", () => {
  const folders = new Set(files.filter((file) => !isHelp(file)).map(folderOf));
  expect([...folders].filter((folder) => !(folder in ARROWS))).toEqual([]);
  expect(files.length).toBeGreaterThan(300);
});

test("every import exists", () => {
  const known = new Set(files);
  const dead = [...imports].flatMap(([file, paths]) =>
    paths.filter((path) => !known.has(path)).map((path) => `${file} -> ${path}`),
  );
  expect(dead).toEqual([]);
});

test("every import follows the arrows", () => {
  const wrong = [...imports]
    .filter(([file]) => !isHelp(file))
    .flatMap(([file, paths]) =>
      paths
        .filter((path) => isHelp(path) || !isAllowed(folderOf(file), folderOf(path)))
        .map((path) => `${file} -> ${path}`),
    );
  expect(wrong).toEqual([]);
});

test("the suite and the programs share no code, in their tests neither", () => {
  const shared = [...imports].flatMap(([file, paths]) => {
    const top = file.split("/")[0];
    const foreign = { conformance: /^(lib|cmd)\//, lib: /^(cmd|conformance)\//, cmd: /^$/ }[
      top as "conformance" | "lib" | "cmd"
    ];
    return paths.filter((path) => foreign.test(path)).map((path) => `${file} -> ${path}`);
  });
  expect(shared).toEqual([]);
});

test("cmd/ imports the suite through conformance/index.ts alone", () => {
  const inside = [...imports].flatMap(([file, paths]) =>
    paths
      .filter((path) => file.startsWith("cmd/") && path.startsWith("conformance/"))
      .filter((path) => relative("conformance", path) !== "index.ts")
      .map((path) => `${file} -> ${path}`),
  );
  expect(inside).toEqual([]);
});

test("no files form a circle", () => {
  expect(findCircle(imports)).toBeUndefined();
});

test("no folders form a circle", () => {
  const edges = new Map<string, string[]>();
  for (const [file, paths] of imports) {
    if (isHelp(file)) continue;
    const from = folderOf(file);
    const to = paths.map(folderOf).filter((folder) => folder !== from);
    edges.set(from, [...new Set([...(edges.get(from) ?? []), ...to])]);
  }
  expect(findCircle(edges)).toBeUndefined();
});

test("code stands in folders: the top of lib/ and conformance/ holds only what all of it needs", () => {
  const top = files.filter((file) => file.split("/").length === 2 && !file.startsWith("cmd/"));
  const known = /^(lib\/(errors|text)(\.test)?|conformance\/(index|step[1-9]\.test))\.ts$/;
  expect(top.filter((file) => !known.test(file))).toEqual([]);
});
