// Reads a command line as a shell reads words: blanks separate, quotes and backslashes keep together, also inside a word.

/** What a shell would do and the suite does not: it starts the program itself. */
const OPERATORS = /[;&|<>`]/;
const BLANK = /\s/;

/** Throws an `Error` that says what is wrong and what to write. */
export function splitCommand(command: string): string[] {
  return new WordReader(command).read();
}

class WordReader {
  #at = 0;
  /** The word so far; undefined between two words, since a word may be empty. */
  #word: string | undefined;

  constructor(readonly text: string) {}

  read(): string[] {
    const words: string[] = [];
    while (this.#at < this.text.length) {
      const one = this.text[this.#at] ?? "";
      if (!BLANK.test(one)) this.#readPart(one);
      else {
        if (this.#word !== undefined) words.push(this.#word);
        this.#word = undefined;
        this.#at++;
      }
    }
    return this.#word === undefined ? words : [...words, this.#word];
  }

  #readPart(one: string): void {
    if (one === "'") return this.#add(this.#readQuoted("'"));
    if (one === '"') return this.#add(this.#readQuoted('"'));
    if (one === "\\") return this.#add(this.text[this.#at + 1] ?? "", 2);
    if (OPERATORS.test(one)) this.#refuse(one);
    const variable = /\$([A-Za-z_]\w*)/y;
    variable.lastIndex = this.#at;
    const name = variable.exec(this.text)?.[1];
    if (name !== undefined) return this.#add(Bun.env[name] ?? "", name.length + 1);
    const isHome =
      one === "~" && this.#word === undefined && /^~(?=\/|\s|$)/.test(this.text.slice(this.#at));
    this.#add(isHome ? (Bun.env["HOME"] ?? "~") : one, 1);
  }

  #add(text: string, width = 0): void {
    this.#word = (this.#word ?? "") + text;
    this.#at += width;
  }

  /** The text up to the closing quote. In double quotes a backslash keeps its meaning only before a few characters. */
  #readQuoted(quote: string): string {
    let text = "";
    const start = this.#at++;
    while (this.text[this.#at] !== quote) {
      const one = this.text[this.#at];
      if (one === undefined)
        throw new Error(
          `has a ${quote} without its partner, at ${JSON.stringify(this.text.slice(start))}; write \\${quote} for the character itself`,
        );
      const isEscape =
        quote === '"' && one === "\\" && /["\\$`]/.test(this.text[this.#at + 1] ?? "");
      if (isEscape) this.#at++;
      text += this.text[this.#at++] ?? "";
    }
    this.#at++;
    return text;
  }

  #refuse(operator: string): never {
    throw new Error(
      `has ${JSON.stringify(operator)} outside quotes, and no shell reads it; write sh -c '…' around what a shell shall do, with exec before the program`,
    );
  }
}
