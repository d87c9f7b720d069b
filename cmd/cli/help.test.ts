// The README shows what the programs say: both helps, word for word, and the exit statuses.

import { expect, test } from "bun:test";
import { EXIT } from "../../lib/errors.ts";
import { help } from "./arguments.ts";
import { program as ftclient } from "../ftclient.ts";
import { program as ftbench } from "../ftbench.ts";
import { program as ftconform } from "../ftconform.ts";
import { program as ftpasswd } from "../ftpasswd.ts";
import { program as ftserver } from "../ftserver.ts";

const readme = await Bun.file(`${import.meta.dir}/../../README.md`).text();

test.each([ftserver, ftclient, ftpasswd, ftconform, ftbench])(
  "the README has the help of $name as it is",
  async (program) => {
    const shown = readme.split(`<!-- help: ${program.name} -->`)[1]?.split("<!-- end -->")[0];
    const text = `\n\n\`\`\`text\n${await help(program, false)}\`\`\`\n\n`;
    expect(shown).toBe(text);
  },
);

test("the README has every exit status", () => {
  const rows = readme.match(/^\| [0-9]+ /gm) ?? [];
  expect(rows.map((row) => Number(row.slice(2)))).toEqual(Object.values(EXIT));
});
