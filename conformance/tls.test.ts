// The rules about TLS: only for programs of which a command with it is given.

import { cases as client } from "./cases/tls/client.ts";
import { cases as clientQ } from "./cases/tls/client-q.ts";
import { cases as server } from "./cases/tls/server.ts";
import { cases as serverQ } from "./cases/tls/server-q.ts";
import { judge } from "./runner/bun-test.ts";

await judge([...server, ...serverQ, ...client, ...clientQ]);
