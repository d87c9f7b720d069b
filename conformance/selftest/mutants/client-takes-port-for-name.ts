// Takes the data port as the name of the file if there is no name.

import { ClientArguments, type ClientSettings, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S3.4"];

class Faulty extends ClientArguments {
  override parse(args: string[]): ClientSettings {
    const [, , command, file, ...rest] = args;
    const isNameless = command === "-g" && file !== undefined && rest.length === 0;
    return super.parse(isNameless ? [...args, file] : args);
  }
}

if (import.meta.main) await startClient({ ClientArguments: Faulty });
