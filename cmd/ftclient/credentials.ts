// The name and password of a client: from the environment, from ~/.netrc, or from the person at the terminal.

import { Failure } from "../../lib/errors.ts";
import type { Credentials } from "../../lib/client/connect-options.ts";
import { findPasswordFault } from "../../lib/auth/users.ts";
import { passwordFromNetrc } from "./netrc.ts";
import { askPassword, canAsk } from "../cli/password.ts";
import { say } from "../cli/terminal.ts";

/** Throws a `Failure` of kind `login` where there is no password to be had, or where it is none. */
export async function findCredentials(
  host: string,
  name: string,
  insecure: boolean,
): Promise<Credentials> {
  const password = fromEnvironment() ?? fromNetrc(host, name) ?? (await fromPerson(host, name));
  const fault = findPasswordFault(password);
  if (fault) throw new Failure("login", `The password is none: ${fault}.`);
  return { name, password, insecure };
}

/** Taken out of the environment, so that no child process inherits it. */
function fromEnvironment(): string | undefined {
  const password = process.env["FTCLIENT_PASSWORD"];
  delete process.env["FTCLIENT_PASSWORD"];
  return password;
}

function fromNetrc(host: string, name: string): string | undefined {
  const answer = passwordFromNetrc(host, name);
  if (answer && "warning" in answer) say(`ftclient: ${answer.warning}\n`);
  return answer && "password" in answer ? answer.password : undefined;
}

async function fromPerson(host: string, name: string): Promise<string> {
  if (canAsk()) return askPassword(`Password of ${name} at ${host}: `);
  throw new Failure(
    "login",
    "There is no password: set FTCLIENT_PASSWORD, add it to ~/.netrc, or use a terminal.",
  );
}
