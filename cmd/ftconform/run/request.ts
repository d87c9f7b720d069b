// What the suite is asked to judge, checked before anything is started.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Extras } from "../../../conformance/subject/capability.ts";
import { loadDialect } from "../../../conformance/dialect/load.ts";
import { isProbe } from "../model/finding.ts";
import { REQUIREMENTS } from "../../../conformance/spec/requirements.ts";
import { address, argv, words } from "../../../conformance/subject/command-line.ts";
import { formatError } from "../../../lib/errors.ts";
import { usageFailure } from "../../cli/arguments.ts";

/** As the user gave it: relative paths are relative to where ftconform was called. */
export interface Request {
  readonly server?: string;
  readonly client?: string;
  readonly dialect?: string;
  /** Ids or steps, separated by commas. */
  readonly only?: string;
  readonly patience?: number;
  /** What a client reads on its standard input, with \\n for a line end. */
  readonly answer?: string;
  /** Whether a broken SHOULD decides as well. */
  readonly strict?: boolean;
  /** Commands for what is optional. */
  readonly extras?: Extras;
}

/** The options for what is optional, and the suite's names for them. */
export const EXTRAS = {
  "server-login": "FT_SERVER_LOGIN",
  "server-tls": "FT_SERVER_TLS",
  "client-login": "FT_CLIENT_LOGIN",
  "client-tls": "FT_CLIENT_TLS",
  "client-pin": "FT_CLIENT_PIN",
  "add-user": "FT_USERS",
} as const satisfies Record<string, keyof Extras>;

/** What may stand in a command line's holes, for each role. */
const HOLES = {
  server: ["port"],
  client: ["host", "port", "command", "file", "dataport"],
} as const;
const EXTRA_HOLES: Record<keyof typeof EXTRAS, readonly string[]> = {
  "server-login": [...HOLES.server, "user", "password", "users"],
  "server-tls": [...HOLES.server, "cert", "key"],
  "client-login": [...HOLES.client, "user"],
  "client-tls": [...HOLES.client, "ca"],
  "client-pin": [...HOLES.client, "pin"],
  "add-user": ["user", "users"],
};
export const ROLES = ["server", "client"] as const;
export type Role = (typeof ROLES)[number];

/** The request with its paths made absolute, since the suite runs elsewhere. Throws a `Failure` of kind `usage`. */
export async function checkRequest(request: Request, from = process.cwd()): Promise<Request> {
  const { server, client, dialect, only, extras } = request;
  if (!server && !client) throw usageFailure("Nothing to judge: give --server, --client or both.");
  if (only !== undefined) checkOnly(only);
  return {
    ...request,
    ...(server ? { server: anchored("server", server, dialect, from) } : {}),
    ...(client ? { client: anchored("client", client, dialect, from) } : {}),
    ...(extras ? { extras: anchoredExtras(request, extras, from) } : {}),
    ...(dialect ? { dialect: await checkedDialect(dialect, from) } : {}),
  };
}

function anchored(role: Role, template: string, dialect: string | undefined, from: string): string {
  if (role === "server" && address(template)) return template;
  const line = filled(role, template, HOLES[role], from);
  // A dialect may say that the port is fixed in the program.
  if (template.includes("{port}") || dialect) return line;
  const all = HOLES[role].map((hole) => `{${hole}}`).join(" ");
  throw usageFailure(
    `--${role} has no {port}: write '${words(template)[0] ?? "./program"} ${all}'.`,
  );
}

/** The template with its paths made absolute and its holes kept. */
function filled(option: string, template: string, known: readonly string[], from: string): string {
  const holes = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const stray = holes.find((hole) => !known.includes(hole));
  const all = known.map((hole) => `{${hole}}`).join(" ");
  if (stray !== undefined)
    throw usageFailure(`--${option} has {${stray}}, which nothing fills: ${all}.`);
  const kept = Object.fromEntries(known.map((hole) => [hole, `{${hole}}`]));
  return argv(template, kept, from).map(word).join(" ");
}

/** What is optional belongs to the same program, and its rules to the native dialect. */
function anchoredExtras(
  { server, client, dialect }: Request,
  extras: Extras,
  from: string,
): Extras {
  const pairs = Object.entries(EXTRAS).flatMap(([option, name]) => {
    const template = extras[name];
    if (template === undefined) return [];
    const role = option.startsWith("client") ? "client" : "server";
    if (!(role === "client" ? client : server))
      throw usageFailure(`--${option} goes with --${role}.`);
    if (dialect !== "native")
      throw usageFailure(`--${option} goes with --dialect native, whose rules are about it.`);
    const known = EXTRA_HOLES[option as keyof typeof EXTRAS];
    return [[name, filled(option, template, known, from)]];
  });
  return Object.fromEntries(pairs) as Extras;
}

/** A word that the template's reader takes for one. */
function word(text: string): string {
  return /^[\w./:={}-]+$/.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;
}

async function checkedDialect(dialect: string, from: string): Promise<string> {
  const path = resolve(from, dialect);
  const found = existsSync(path) ? path : dialect;
  try {
    await loadDialect(found);
    return found;
  } catch (error) {
    throw usageFailure(`--dialect: ${formatError(error)}.`);
  }
}

function checkOnly(only: string): void {
  for (const part of only.split(",")) {
    if (isProbe(part) || REQUIREMENTS.some(({ id }) => isAsked(id, part))) continue;
    throw usageFailure(
      `--only takes ids such as S7.1, or steps such as S7; "${part}" selects nothing.`,
    );
  }
}

/** Whether a rule is among those that were asked for. */
export function isAsked(id: string, only: string | undefined): boolean {
  if (!only) return true;
  return only.split(",").some((part) => id === part || id.startsWith(`${part}.`));
}
