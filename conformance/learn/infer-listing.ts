// Infers how a listing is written: what stands around each name, between two of them, and at both ends.

export interface ListingKeys {
  separator: string;
  head?: string;
  item?: string;
  tail?: string;
}

/** The longest text around a name. */
const LONGEST = 40;

/** The form of the listing; nothing if a name is missing or something between the names is not the same everywhere. */
export function inferListing(
  payload: Buffer,
  names: readonly string[],
  isInPieces: boolean,
): ListingKeys | undefined {
  const text = payload.toString();
  const places = findNames(text, names);
  if (!places || places.length === 0) return undefined;
  const between = places.slice(1).map((place, at) => text.slice(places[at]?.end, place.start));
  const separator = mostFrequent(between) ?? "";
  const head = text.slice(0, places[0]?.start);
  const tail = text.slice(places.at(-1)?.end);
  // A directory, a size or a date may stand between two names: then the list is still one.
  if (between.filter((each) => each !== separator).length > Math.max(2, between.length / 3))
    return undefined;
  if (head.length > LONGEST || tail.length > LONGEST || /\0/.test(text))
    return separator === "\0" ? { separator } : undefined;
  if (isInPieces) return { separator: "\n" };
  return describe(head, separator, tail);
}

interface Place {
  start: number;
  end: number;
}

/** Where each name stands; a long name is found before a short one that it contains. */
function findNames(text: string, names: readonly string[]): Place[] | undefined {
  const places: Place[] = [];
  for (const name of names.toSorted((a, b) => b.length - a.length)) {
    let start = text.indexOf(name);
    while (
      start >= 0 &&
      places.some((each) => start < each.end && each.start < start + name.length)
    )
      start = text.indexOf(name, start + 1);
    if (start < 0) return undefined;
    places.push({ start, end: start + name.length });
  }
  return places.toSorted((a, b) => a.start - b.start);
}

function mostFrequent(texts: readonly string[]): string | undefined {
  const groups = [...Map.groupBy(texts, (each) => each).entries()];
  return groups.toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0];
}

/** The separator is shared out: what stands before the first name belongs to each item, and so does what follows the last. */
function describe(head: string, separator: string, tail: string): ListingKeys | undefined {
  if (head === "" && (tail === separator || tail === ""))
    return tail === "" && separator !== "" ? { separator, tail } : { separator };
  for (let length = Math.min(head.length, separator.length); length >= 0; length--) {
    const before = separator.slice(separator.length - length);
    if (!head.endsWith(before)) continue;
    const rest = separator.slice(0, separator.length - length);
    for (let width = Math.min(rest.length, tail.length); width >= 0; width--) {
      if (!tail.startsWith(rest.slice(0, width))) continue;
      const item = `${before}{name}${rest.slice(0, width)}`;
      const [start, end] = [head.slice(0, head.length - length), tail.slice(width)];
      const inner = rest.slice(width);
      return {
        separator: inner,
        ...(start === "" ? {} : { head: start }),
        ...(item === "{name}" ? {} : { item }),
        tail: end,
      };
    }
  }
  return undefined;
}
