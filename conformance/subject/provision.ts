// What a subject with a login or with TLS is given: its own command, a user with a password, or certificates.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { SuiteConfig } from "./config.ts";
import { type Capability, commandFor, whyNotGiven } from "./capability.ts";
import { certificates, removeCertificates } from "./certificates.ts";
import { address, argv, type PlaceholderValues } from "./command-line.ts";
import { NotApplicable, Inconclusive } from "../spec/verdict.ts";

/** The one who may log in. No word of it is in any command of a client, or in any message. */
export const USER = "ada";
export const PASSWORD = `right ${crypto.randomUUID()}`;

/** How a client finds the password: ours reads this variable, others may ask on their standard input. */
const PASSWORD_VARIABLE = "FTCLIENT_PASSWORD";
/** A tool that adds a user may hash for a while. */
const USERS_LIMIT = 20_000;

/** The bench for a case about a capability: the subject of that role is the one that has it. */
export async function provision(
  bench: SuiteConfig,
  role: "server" | "client",
  capability: Capability | undefined,
): Promise<SuiteConfig | NotApplicable | Inconclusive> {
  if (!capability) return bench;
  const command = commandFor(role, capability, bench.extras);
  if (!command) return new NotApplicable(whyNotGiven(role, capability));
  if (address(command)) return new NotApplicable(`${command} has users and keys that are its own`);
  try {
    const values = await OUTFITS[role][capability]?.(bench, command);
    const asked = role === "client" && capability === "login";
    const environment: Record<string, string> = asked ? { [PASSWORD_VARIABLE]: PASSWORD } : {};
    const answer = asked ? `${PASSWORD}\n${bench.answer}` : bench.answer;
    return { ...bench, [role]: command, answer, provisions: { values: values ?? {}, environment } };
  } catch (error) {
    if (error instanceof NotApplicable || error instanceof Inconclusive) return error;
    throw error;
  }
}

type Outfit = (bench: SuiteConfig, command: string) => Promise<PlaceholderValues>;
const OUTFITS: Record<"server" | "client", Partial<Record<Capability, Outfit>>> = {
  server: {
    async login({ extras }, command) {
      const given = { user: USER, password: PASSWORD };
      if (!command.includes("{users}")) return given;
      return { ...given, users: await userFile(extras["add-user"]) };
    },
    async tls() {
      const { certFile, keyFile } = (await certificates()).pair("good");
      return { cert: certFile, key: keyFile };
    },
  },
  client: {
    login: async () => ({ user: USER }),
    tls: async () => ({ ca: (await certificates()).ca }),
    pin: async () => ({ pin: (await certificates()).pin("stranger") }),
  },
};

const files = new Map<string, Promise<string>>();

/** Removes what was made for the cases of a file of tests. */
export async function removeProvisions(): Promise<void> {
  await removeCertificates();
  for (const file of files.values())
    await file
      .then((path) => rmSync(dirname(path), { recursive: true, force: true }))
      .catch(() => {});
  files.clear();
}

/** A file that the subject's own tool has made, once for all cases. */
function userFile(tool: string | undefined): Promise<string> {
  if (!tool)
    throw new NotApplicable("no command that makes {users} was given (--add-user or FT_USERS)");
  const file = files.get(tool) ?? addUser(tool);
  files.set(tool, file);
  return file;
}

async function addUser(tool: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "ft-users-"));
  process.on("exit", () => rmSync(directory, { recursive: true, force: true }));
  const users = join(directory, "users");
  const line = argv(tool, { user: USER, users });
  // The password comes twice, for a tool that wants to be sure.
  const stdin = Buffer.from(`${PASSWORD}\n${PASSWORD}\n`);
  const ran = Bun.spawn(line, { stdin, stdout: "ignore", stderr: "pipe", timeout: USERS_LIMIT });
  const said = await ran.stderr.text();
  if ((await ran.exited) !== 0)
    throw new Inconclusive(`the command that adds a user failed: ${said.trim()}`);
  return users;
}
