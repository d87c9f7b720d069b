// Whoever calls the honest client: step 3, its arguments, and what it says.

import { existsSync, readFileSync } from "node:fs";

/** A sentence for the user; the status tells scripts the same. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly status = 1,
  ) {
    super(message);
  }
}

export interface Call {
  host: string;
  port: number;
  command: string;
  file: string;
  dataport: number;
}

export class Caller {
  /** What is optional: a name to log in with, and over TLS the issuers that are trusted, or the one certificate that is. */
  user: string | undefined;
  ca: string | undefined;
  pin: string | undefined;

  /** Takes the optional arguments, and leaves the others. */
  equip(args: string[]): string[] {
    const [option, value = ""] = args.slice(-2);
    if (option === "--login") this.user = value;
    else if (option === "--tls") this.ca = readFileSync(value, "utf8");
    else if (option === "--pin") [this.ca, this.pin] = ["", value];
    else return args;
    return args.slice(0, -2);
  }

  arguments(args: string[]): Call {
    const [host, port = "", command = "", ...rest] = args;
    if (!host || args.length < 4) throw new Failure(`arguments are missing\n${USAGE}`, 2);
    this.known(command);
    const wanted = command === "-g" ? 2 : 1;
    if (rest.length !== wanted) throw new Failure(`${command} takes ${wanted} more\n${USAGE}`, 2);
    const file = command === "-g" ? (rest[0] ?? "") : "";
    const serverPort = this.port("SERVER_PORT", port, 1);
    const dataport = this.port("DATA_PORT", rest.at(-1) ?? "", 1_024);
    return { host, port: serverPort, command, file, dataport };
  }

  known(command: string): void {
    if (command !== "-l" && command !== "-g") throw new Failure(`COMMAND is -l or -g\n${USAGE}`, 2);
  }

  port(name: string, text: string, least: number): number {
    const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    if (port >= least && port <= 65_535) return port;
    throw new Failure(`${name} is a number from ${least} to 65535, not ${text}\n${USAGE}`, 2);
  }

  precheck({ command, file }: Call): void {
    if (command === "-g" && existsSync(file)) throw new Failure(`${file} exists already`, 7);
  }

  tell(message: string): void {
    console.error(`ftclient: ${this.clean(message)}`);
  }

  clean(text: string): string {
    return text.replace(/[^\P{Cc}\n]/gu, "?");
  }
}

const USAGE = "usage: ftclient <SERVER_HOST> <SERVER_PORT> -l|-g [FILENAME] <DATA_PORT>";
