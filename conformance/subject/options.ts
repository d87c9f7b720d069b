// What a user asks of the suite, and how it is checked before anything is started.

import { isProbe, REQUIREMENTS, type Role } from "../spec/requirements.ts";
import { EXTRA_OPTIONS, type ExtraOption, type Extras, roleOf } from "./capability.ts";
import { parseAddress, placeholdersOf, splitCommand } from "./command-line.ts";

/** As the user gave them; they stand in the report, and in the command that tests a rule again. */
export interface SuiteOptions {
  /** A command line with placeholders, or host:port of a server that runs already. */
  readonly server?: string;
  readonly client?: string;
  readonly dialect?: string;
  /** Ids or steps, separated by commas. */
  readonly only?: string;
  readonly timeoutScale?: number;
  /** What a client reads on its standard input. */
  readonly answer?: string;
  /** Whether a broken SHOULD decides as well. */
  readonly strict?: boolean;
  /** Shows the system calls of the programs in every case. */
  readonly trace?: boolean;
  /** Cases at once. */
  readonly jobs?: number;
  /** Where the generated runs begin; 1 if it is not given. */
  readonly seed?: number;
  /** How long the generated runs go on, instead of one run a case. */
  readonly minutes?: number;
  /** Commands for what is optional. */
  readonly extras?: Extras;
}

export const ROLES = ["server", "client"] as const satisfies readonly Role[];

/** What may stand in braces in a command line. */
const PLACEHOLDERS: Record<Role, readonly string[]> = {
  server: ["port"],
  client: ["host", "port", "command", "file", "dataport"],
};
const EXTRA_PLACEHOLDERS: Record<ExtraOption, readonly string[]> = {
  "server-login": [...PLACEHOLDERS.server, "user", "password", "users"],
  "server-tls": [...PLACEHOLDERS.server, "cert", "key"],
  "client-login": [...PLACEHOLDERS.client, "user"],
  "client-tls": [...PLACEHOLDERS.client, "ca"],
  "client-pin": [...PLACEHOLDERS.client, "pin"],
  "add-user": ["user", "users"],
};

/** Throws an `Error` that names the option, what is wrong with it and what it takes. */
export function checkOptions(options: SuiteOptions): void {
  const { server, client, only } = options;
  if (!server && !client) throw new Error("Nothing to judge: give --server, --client or both.");
  for (const part of listSelected(only)) checkSelection(part);
  for (const role of ROLES) checkCommand(role, options);
  for (const option of EXTRA_OPTIONS) checkExtra(option, options);
}

function checkSelection(part: string): void {
  if (isProbe(part) || REQUIREMENTS.some(({ id }) => isSelected(id, part))) return;
  throw new Error(`--only takes ids such as S7.1, or steps such as S7; "${part}" selects nothing.`);
}

/** Whether the selection `S7.1,S9` takes in a rule; without one, every rule is in it. */
export function isSelected(id: string, only: string | undefined): boolean {
  const parts = listSelected(only);
  return parts.length === 0 || parts.some((part) => id === part || id.startsWith(`${part}.`));
}

/** The ids and steps of a selection, as people write it: `7.2, s9` is `S7.2` and `S9`. */
function listSelected(only = ""): string[] {
  const parts = only
    .toUpperCase()
    .split(/[\s,;]+/)
    .filter(Boolean);
  return parts.map((part) => (/^[0-9]/.test(part) ? `S${part}` : part));
}

function checkCommand(role: Role, options: SuiteOptions): void {
  const command = options[role];
  if (!command || (role === "server" && parseAddress(command))) return;
  checkWords(role, command);
  checkPlaceholders(role, command, PLACEHOLDERS[role]);
  // A dialect may say that the port is fixed in the program.
  if (command.includes("{port}") || options.dialect) return;
  const example = `${splitCommand(command)[0] ?? "./program"} ${inBraces(PLACEHOLDERS[role])}`;
  throw new Error(`--${role} has no {port}: write '${example}'.`);
}

function checkWords(option: string, command: string): void {
  try {
    splitCommand(command);
  } catch (error) {
    throw new Error(`--${option} ${error instanceof Error ? error.message : error}.`);
  }
}

function checkPlaceholders(option: string, command: string, known: readonly string[]): void {
  const stray = placeholdersOf(command).find((name) => !known.includes(name));
  if (stray !== undefined)
    throw new Error(
      `--${option} has {${stray}}, and the suite does not know that word. It knows ${inBraces(known)}.`,
    );
}

const inBraces = (names: readonly string[]): string => names.map((name) => `{${name}}`).join(" ");

/** What is optional belongs to the same program, and its rules to the native dialect. */
function checkExtra(option: ExtraOption, { extras, dialect, ...subjects }: SuiteOptions): void {
  const command = extras?.[option];
  if (command === undefined) return;
  const role = roleOf(option);
  if (!subjects[role]) throw new Error(`--${option} goes with --${role}.`);
  if (dialect !== "native")
    throw new Error(`--${option} goes with --dialect native, whose rules are about it.`);
  checkWords(option, command);
  checkPlaceholders(option, command, EXTRA_PLACEHOLDERS[option]);
}
