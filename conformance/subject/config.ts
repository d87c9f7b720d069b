// What is on the bench: the subjects, the dialect they are spoken to in, and by which rules they are judged.

import { resolve } from "node:path";
import { type Extras, extrasIn } from "./capability.ts";
import type { Dialect } from "../dialect/types.ts";
import { loadDialect } from "../dialect/load.ts";
import type { PlaceholderValues } from "./command-line.ts";

export interface SuiteConfig {
  /** A command template or host:port; a role without a subject is not judged. */
  server?: string;
  client?: string;
  /** How a server is spoken to, and how the suite answers a client. */
  dialects: { server: Dialect; client: Dialect };
  /** Whether the subjects claim the native dialect, so that the N rules bind them. */
  native: boolean;
  /** Whether a broken SHOULD is an error as well: it is for our own programs. */
  strict: boolean;
  /** What a client reads on its standard input, if it asks. */
  answer: string;
  /** Commands of the same subjects for what is optional. */
  extras?: Extras;
  /** What fills the holes of such a command, and what its environment holds. */
  outfit?: { values: PlaceholderValues; environment: Record<string, string> };
}

const program = (name: string): string =>
  JSON.stringify(resolve(import.meta.dir, "../../cmd", name));
const ARGUMENTS = "{host} {port} {command} {file} {dataport}";
export const OWN = {
  // It gives a person a minute to type a command, and a transfer ten seconds to end; the suite need not wait so long (N5.2, S9.5).
  server: `bun ${program("ftserver.ts")} {port} --command-timeout 3 --dial-timeout 3 --grace 3`,
  // Short patience for the same reason; a hash, so that the rules about hashes and options are judged (N6.12, N7.17).
  client: `bun ${program("ftclient.ts")} ${ARGUMENTS} --timeout 3 --verify`,
};

/** Our own programs have all that is optional. */
const OWN_EXTRAS: Extras = {
  FT_SERVER_LOGIN: `${OWN.server} --users {users}`,
  FT_SERVER_TLS: `${OWN.server} --tls-cert {cert} --tls-key {key}`,
  FT_CLIENT_LOGIN: `${OWN.client} --user {user}`,
  FT_CLIENT_TLS: `${OWN.client} --tls --ca {ca}`,
  FT_CLIENT_PIN: `${OWN.client} --tls --pin {pin}`,
  FT_USERS: `bun ${program("ftpasswd.ts")} add {user} --users {users}`,
};

/** A client that asks whether to replace a file is told no; asked for a name, it is given one. */
const DECLINE = "n\n".repeat(3);

/** Whether the suite judges programs that somebody named, and not its own. */
export const JUDGES_STRANGER = Boolean(Bun.env["FT_SERVER"] ?? Bun.env["FT_CLIENT"]);

/** The bench that the environment describes. */
export async function configFromEnvironment(
  env: Record<string, string | undefined> = Bun.env,
): Promise<SuiteConfig> {
  const { FT_SERVER, FT_CLIENT, FT_DIALECT, FT_ANSWER, FT_STRICT } = env;
  const strangers = FT_SERVER || FT_CLIENT;
  // A stranger's client is told all it may need.
  const client = await loadDialect(FT_DIALECT ?? "native");
  return {
    ...(strangers ? subjects(FT_SERVER, FT_CLIENT) : OWN),
    extras: { ...(strangers ? {} : OWN_EXTRAS), ...extrasIn(env) },
    dialects: {
      // A stranger's server may say what it likes on P.
      server: await loadDialect(FT_DIALECT ?? (strangers ? "plain" : "native")),
      client,
    },
    native: FT_DIALECT === undefined ? !strangers : FT_DIALECT === "native",
    strict: FT_STRICT === undefined ? !strangers : FT_STRICT !== "0",
    answer: FT_ANSWER ?? client.client?.answer ?? DECLINE,
  };
}

function subjects(server?: string, client?: string): Pick<SuiteConfig, "server" | "client"> {
  return { ...(server ? { server } : {}), ...(client ? { client } : {}) };
}
