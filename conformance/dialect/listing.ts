// A listing as text: formats one from names, and reads the names from one.

import type { Dialect } from "./types.ts";

/** A listing of these names, as the server would send it. In pieces by name, each name is a line. */
export function formatListing({ list, listing }: Dialect, names: readonly string[]): Buffer {
  if (list.data?.of === "name") return Buffer.from(names.join("\n"));
  const { separator, head = "", item = "{name}", tail } = listing;
  const items = names.map((name) => item.replace("{name}", () => name));
  if (tail === undefined) return Buffer.from(head + items.map((each) => each + separator).join(""));
  return Buffer.from(head + items.join(separator) + tail);
}

/** What may be names of files; `.txt` comes first, since some programs serve nothing else. */
export function parseFileNames({ listing }: Dialect, text: string): string[] {
  const { separator, head = "", item = "{name}", tail = "" } = listing;
  const body = text.slice(text.startsWith(head) ? head.length : 0);
  const [before = "", after = ""] = item.split("{name}");
  const names = (tail && body.endsWith(tail) ? body.slice(0, -tail.length) : body)
    .split(separator)
    .map((each) => each.replace(/\r$/, ""))
    .filter((each) => each.startsWith(before) && each.endsWith(after))
    .map((each) => each.slice(before.length, each.length - after.length))
    .filter((name) => name !== "" && !name.endsWith("/"));
  return names.toSorted((a, b) => Number(b.endsWith(".txt")) - Number(a.endsWith(".txt")));
}
