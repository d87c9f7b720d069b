// The names of the reports' files: safe in a path, on every system, and no two alike.

/** The files of the whole class have these names. */
const OF_CLASS = ["index", "class", "marks", "summary"];
/** Bytes of a name: file systems take 255, and an ending and a number are added. */
const LONGEST = 200;

export class FileNames {
  readonly #taken = new Set(OF_CLASS);

  /** A name for the files of a person. Two with one name, or with names that differ only in what a path cannot show, get a number. */
  choose(name: string): string {
    const safe = makeSafe(name);
    let chosen = safe;
    for (let number = 2; this.#taken.has(chosen); number++) chosen = `${safe}-${number}`;
    this.#taken.add(chosen);
    return chosen;
  }
}

/** Letters, marks and digits of any script; what a path, a file name's ending or a shell could take amiss becomes a hyphen. */
function makeSafe(name: string): string {
  const safe = name
    .normalize("NFC")
    .replace(/[^\p{L}\p{M}\p{N}_-]+/gu, "-")
    .replace(/^-+/, "")
    .toLowerCase();
  return cut(safe) || "submission";
}

/** Cuts between characters: half of one is no UTF-8. */
function cut(text: string): string {
  let kept = "";
  let bytes = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > LONGEST) break;
    kept += character;
  }
  return kept;
}
