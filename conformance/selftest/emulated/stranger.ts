// A server that speaks no wire that the suite knows: it asks for a name, and answers whatever it hears with a question.

import { createServer } from "node:net";

createServer((p) => {
  p.write("Who is there?\n");
  p.on("data", () => p.write("I do not know you.\n")).on("error", () => {});
}).listen(Number(process.argv[2]), "127.0.0.1");
