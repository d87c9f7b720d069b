// Optional abilities of a program: each is given as one more command of the same program.

import type { Role } from "../spec/requirements.ts";

export const CAPABILITIES = ["login", "tls", "pin"] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** The options that give such commands; the last one gives the command that adds a user for a server with a login. */
export const EXTRA_OPTIONS = [
  "server-login",
  "server-tls",
  "client-login",
  "client-tls",
  "client-pin",
  "add-user",
] as const;
export type ExtraOption = (typeof EXTRA_OPTIONS)[number];
export type Extras = Partial<Record<ExtraOption, string>>;

/** The variable that gives the same as an option for `bun test conformance`. */
export const variableOf = (option: string): string =>
  option === "add-user" ? "FT_USERS" : `FT_${option.toUpperCase().replaceAll("-", "_")}`;

const NAMES: Record<Capability, string> = {
  login: "a login",
  tls: "TLS",
  pin: "a pinned certificate",
};

/** A server has nothing to pin. */
export const optionFor = (role: Role, capability: Capability): ExtraOption =>
  capability === "pin" ? "client-pin" : `${role}-${capability}`;

export const roleOf = (option: ExtraOption): Role =>
  option.startsWith("client") ? "client" : "server";

export const commandFor = (
  role: Role,
  capability: Capability,
  extras: Extras,
): string | undefined => extras[optionFor(role, capability)];

/** Why a case about it is not applicable. */
export function whyNotGiven(role: Role, capability: Capability): string {
  const option = optionFor(role, capability);
  const how = `--${option} or ${variableOf(option)}`;
  return `no command for a ${role} with ${NAMES[capability]} was given (${how})`;
}
