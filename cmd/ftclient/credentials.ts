// The name and password of a client: from the environment, from ~/.netrc, or from the person at the terminal.

import { Failure } from "../../lib/errors.ts";
import type { Credentials } from "../../lib/client/connect-options.ts";
import { findPasswordFault } from "../../lib/auth/users.ts";
import { sanitizeForDisplay } from "../../lib/text.ts";
import { askPassword, canAsk } from "../cli/password.ts";
import { printMessage } from "../cli/terminal.ts";
import { searchNetrc } from "./netrc.ts";

/**
 * A person is asked once, and only when the server wants the password: not for a server that is not there, or is not trusted.
 * Throws a `Failure` of kind `login` if there is no password and nobody to ask, or if it cannot be one.
 */
export function findCredentials(host: string, name: string, insecure: boolean): Credentials {
  const known = takeFromEnvironment() ?? readFromNetrc(host, name);
  if (known !== undefined) return { name, password: checkPassword(known), insecure };
  if (!canAsk())
    throw new Failure(
      "login",
      "There is no password: set FTCLIENT_PASSWORD, add it to ~/.netrc, or use a terminal.",
    );
  let answer: Promise<string> | undefined;
  const prompt = sanitizeForDisplay(`Password of ${name} at ${host}: `);
  const password = () => (answer ??= askPassword(prompt).then(checkPassword));
  return { name, password, insecure };
}

function checkPassword(password: string): string {
  const fault = findPasswordFault(password);
  if (fault) throw new Failure("login", `The password is not valid: ${fault}.`);
  return password;
}

/** Removes the password from the environment, so that no child process inherits it. */
function takeFromEnvironment(): string | undefined {
  const password = process.env["FTCLIENT_PASSWORD"];
  delete process.env["FTCLIENT_PASSWORD"];
  return password;
}

function readFromNetrc(host: string, name: string): string | undefined {
  const result = searchNetrc(host, name);
  if (result && "warning" in result)
    printMessage(`ftclient: ${sanitizeForDisplay(result.warning)}\n`);
  return result && "password" in result ? result.password : undefined;
}
