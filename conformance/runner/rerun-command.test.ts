// The command that tests one rule again.

import { expect, test } from "bun:test";
import { formatRerunCommand } from "./rerun-command.ts";

const QUICK = 1_000; // it makes a text and nothing else
const options = { server: "./x {port}" };

test.each([
  ["S7.2", "conformance/step7.test.ts"],
  ["N9.1", "conformance/step9.test.ts"],
  ["B10", "conformance/cases/beyond/beyond.test.ts"],
])(
  "of bun test, the command for %s names only the file that has the rule",
  (id, file) => {
    const command = formatRerunCommand({ id, role: "server" }, { options, program: undefined });
    expect(command).toBe(`FT_SERVER='./x {port}' FT_ONLY=${id} bun test ${file}`);
  },
  QUICK,
);

test(
  "of ftconform, it has the options that were given",
  () => {
    const command = formatRerunCommand(
      { id: "S7.2", role: "server" },
      { options, program: "ftconform" },
    );
    expect(command).toBe("ftconform --server './x {port}' --only S7.2");
  },
  QUICK,
);
