// Our own two programs, which are tested if nobody names others. This is the only file of the suite that names them.

import { resolve } from "node:path";
import type { Extras } from "./capability.ts";

const program = (name: string): string =>
  JSON.stringify(resolve(import.meta.dir, "../../cmd", name));
const ARGUMENTS = "{host} {port} {command} {file} {dataport}";

// By default the server waits a minute for a command and ten seconds for a transfer; the suite need not wait so long (N5.2, S9.5).
const server = `bun ${program("ftserver.ts")} {port} --command-timeout 3 --dial-timeout 3 --grace 3`;
// --verify asks for a hash, so that the rules about hashes and options are tested (N6.12, N7.17).
const client = `bun ${program("ftclient.ts")} ${ARGUMENTS} --timeout 3 --verify`;

export const OWN_SUBJECTS = { server, client };

export const OWN_EXTRAS: Extras = {
  "server-login": `${server} --users {users}`,
  "server-tls": `${server} --tls-cert {cert} --tls-key {key}`,
  "client-login": `${client} --user {user}`,
  "client-tls": `${client} --tls --ca {ca}`,
  "client-pin": `${client} --tls --pin {pin}`,
  "add-user": `bun ${program("ftpasswd.ts")} add {user} --users {users}`,
};
