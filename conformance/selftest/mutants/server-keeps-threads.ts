// Starts a thread for each client, which never ends.

import { join } from "node:path";

export const role = "server";
export const native = false;
export const breaks = ["S9.10"];
export const program = ["python3", join(import.meta.dir, "thread_server.py")];
