// Forks a process for each client, and never waits for its end.

import { join } from "node:path";

export const role = "server";
export const native = false;
export const breaks = ["S9.10"];
export const program = ["python3", join(import.meta.dir, "zombie_server.py")];
