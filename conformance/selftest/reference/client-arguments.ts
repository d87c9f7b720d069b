// The arguments of the reference client (step 3).

import { readFileSync } from "node:fs";

const USAGE = "usage: ftclient <SERVER_HOST> <SERVER_PORT> -l|-g [FILENAME] <DATA_PORT>";

/** An error for the user; scripts read the exit status. */
export class ClientFailure extends Error {
  constructor(
    message: string,
    readonly status = 1,
  ) {
    super(message);
  }
}

export interface ClientSettings {
  host: string;
  port: number;
  command: string;
  file: string;
  dataPort: number;
  /** For a login. */
  user?: string;
  /** For TLS: the trusted issuers, or the one trusted certificate. */
  ca?: string;
  pin?: string;
}

export class ClientArguments {
  parse(args: string[]): ClientSettings {
    const option = this.parseOption(args.slice(-2));
    const [host, port = "", command = "", ...rest] = option ? args.slice(0, -2) : args;
    if (!host || rest.length === 0) throw createUsageError("arguments are missing");
    this.checkCommand(command);
    const count = command === "-g" ? 2 : 1;
    if (rest.length !== count) throw createUsageError(`${command} takes ${count} more`);
    return {
      host,
      port: this.parsePort("SERVER_PORT", port, 1),
      command,
      file: command === "-g" ? (rest[0] ?? "") : "",
      dataPort: this.parsePort("DATA_PORT", rest.at(-1) ?? "", 1_024),
      ...option,
    };
  }

  parseOption([option, value = ""]: string[]): Partial<ClientSettings> | undefined {
    if (option === "--login") return { user: value };
    if (option === "--tls") return { ca: readFileSync(value, "utf8") };
    if (option === "--pin") return { ca: "", pin: value };
    return undefined;
  }

  checkCommand(command: string): void {
    if (command !== "-l" && command !== "-g") throw createUsageError("COMMAND is -l or -g");
  }

  parsePort(name: string, text: string, least: number): number {
    const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    if (port >= least && port <= 65_535) return port;
    throw createUsageError(`${name} is a number from ${least} to 65535, not ${text}`);
  }
}

const createUsageError = (message: string): ClientFailure =>
  new ClientFailure(`${message}\n${USAGE}`, 2);
