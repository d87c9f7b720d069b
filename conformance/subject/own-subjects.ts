// Our own two programs, which are tested if nobody names others. This is the only file of the suite that names them.

import { dirname, join, resolve } from "node:path";
import type { Extras } from "./capability.ts";

/** The command of one of our programs, in the form in which this one was started. */
function program(name: string): string {
  const { execPath, execArgv } = process;
  if (Bun.isStandaloneExecutable) return JSON.stringify(join(dirname(execPath), name));
  const source = resolve(import.meta.dir, "../../cmd", `${name}.ts`);
  return ["bun", ...[...execArgv, source].map((word) => JSON.stringify(word))].join(" ");
}

const ARGUMENTS = "{host} {port} {command} {file} {dataport}";

// By default the server waits a minute for a command and ten seconds for a transfer; the suite need not wait so long (N5.2, S9.5).
const server = `${program("ftserver")} {port} --command-timeout 3 --dial-timeout 3 --grace 3`;
// --verify asks for a hash, so that the rules about hashes and options are tested (N6.12, N7.17).
const client = `${program("ftclient")} ${ARGUMENTS} --timeout 3 --verify`;

export const OWN_SUBJECTS = { server, client };

export const OWN_EXTRAS: Extras = {
  "server-login": `${server} --users {users}`,
  "server-tls": `${server} --tls-cert {cert} --tls-key {key}`,
  "client-login": `${client} --user {user}`,
  "client-tls": `${client} --tls --ca {ca}`,
  "client-pin": `${client} --tls --pin {pin}`,
  "add-user": `${program("ftpasswd")} add {user} --users {users}`,
};
