// The rules about a login: only for programs of which a command with one is given.

import { cases as client } from "./cases/login/client.ts";
import { cases as server } from "./cases/login/server.ts";
import { judge } from "./runner/bun-test.ts";

await judge([...server, ...client]);
