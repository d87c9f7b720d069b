// What a case about a login or TLS gives the subject: its optional command, a user with a password, or certificates.

import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Role } from "../spec/requirements.ts";
import { Inconclusive, NotApplicable } from "../spec/verdict.ts";
import { type Capability, commandFor, whyNotGiven } from "./capability.ts";
import { getCertificates, removeCertificates } from "./certificates.ts";
import { parseAddress, fillCommand, type PlaceholderValues } from "./command-line.ts";
import type { SuiteConfig } from "./config.ts";
import { makeDirectory } from "./run-directory.ts";

/** The user who may log in. No word of the password is in any command of a client, or in any message. */
export const USER = "ada";
export const PASSWORD = `right ${crypto.randomUUID()}`;

/** Our client reads the password from this variable; others may ask for it on their standard input. */
const PASSWORD_VARIABLE = "FTCLIENT_PASSWORD";
/** The command that adds a user may hash a password for a while, in ms. */
const ADD_USER_LIMIT = 20_000;

/** The configuration for one case: if the case is about a capability, the subject is the command that has it. */
export async function provision(
  config: SuiteConfig,
  role: Role,
  capability: Capability | undefined,
): Promise<SuiteConfig | NotApplicable | Inconclusive> {
  if (!capability) return config;
  const command = commandFor(role, capability, config.extras);
  if (!command) return new NotApplicable(whyNotGiven(role, capability));
  if (parseAddress(command))
    return new NotApplicable(`${command} runs already, with users and keys of its own`);
  try {
    const values = (await MAKERS[role][capability]?.(config, command)) ?? {};
    const logsIn = role === "client" && capability === "login";
    const environment: Record<string, string> = logsIn ? { [PASSWORD_VARIABLE]: PASSWORD } : {};
    const answer = logsIn ? `${PASSWORD}\n${config.answer}` : config.answer;
    return { ...config, [role]: command, answer, provisions: { values, environment } };
  } catch (error) {
    if (error instanceof NotApplicable || error instanceof Inconclusive) return error;
    throw error;
  }
}

type Maker = (config: SuiteConfig, command: string) => Promise<PlaceholderValues>;

/** What makes the values of the placeholders. */
const MAKERS: Record<Role, Partial<Record<Capability, Maker>>> = {
  server: {
    async login(config, command) {
      const login = { user: USER, password: PASSWORD };
      if (!command.includes("{users}")) return login;
      return { ...login, users: await userFile(config) };
    },
    async tls() {
      const { certFile, keyFile } = (await getCertificates()).pair("good");
      return { cert: certFile, key: keyFile };
    },
  },
  client: {
    login: async () => ({ user: USER }),
    tls: async () => ({ ca: (await getCertificates()).ca }),
    pin: async () => ({ pin: (await getCertificates()).pin("stranger") }),
  },
};

const userFiles = new Map<string, Promise<string>>();

/** Removes all files that were made; call it when no case runs any more. */
export async function removeProvisions(): Promise<void> {
  await removeCertificates();
  const paths = await Promise.allSettled(userFiles.values());
  userFiles.clear();
  for (const path of paths)
    if (path.status === "fulfilled") rmSync(dirname(path.value), { recursive: true, force: true });
}

/** The path of a file of users, made once for all cases. */
function userFile({ extras, directory }: SuiteConfig): Promise<string> {
  const command = extras["add-user"];
  if (!command)
    throw new NotApplicable("no command that makes {users} was given (--add-user or FT_USERS)");
  const file = userFiles.get(command) ?? addUser(command, directory);
  userFiles.set(command, file);
  return file;
}

async function addUser(command: string, from: string): Promise<string> {
  const directory = makeDirectory("users-");
  const users = join(directory, "users");
  const line = fillCommand(command, { user: USER, users }, from);
  // The password is there twice, since a program may ask for it again.
  const stdin = Buffer.from(`${PASSWORD}\n${PASSWORD}\n`);
  const env = { ...Bun.env, TMPDIR: directory };
  const limits = { timeout: ADD_USER_LIMIT, env } as const;
  const options = { ...limits, stdin, stdout: "ignore", stderr: "pipe" } as const;
  const adding = Bun.spawn(line, options);
  const message = await adding.stderr.text();
  if ((await adding.exited) === 0) return users;
  throw new Inconclusive(`the command that adds a user failed: ${message.trim()}`);
}
