/** Converts the indentation of a line that the model wrote to that of the file; null where the line does not fit. */
export type Reindent = (line: string) => string | null;

type Sample = {
  /** Lines of the file that would be replaced; `oldLines` are the model's version of them. */
  readonly fileLines: readonly string[];
  readonly oldLines: readonly string[];
  readonly newLines: readonly string[];
  /** Width of one level in the file, where it is indented with spaces. */
  readonly fileUnit: number;
};

type Convert = (indent: string) => string;

/**
 * Finds the one difference in indentation that holds for every line: a prefix added or removed, tabs for spaces, or both.
 * Null when the lines differ in several ways, because nothing is guessed.
 */
export function findReindent(sample: Sample): Reindent | null {
  for (const convert of conversions(sample)) {
    const shift = findShift(sample, convert);
    if (shift !== null) return (line) => reindentLine(line, (indent) => shift(convert(indent)));
  }
  return null;
}

/** Guesses the width of one level of a text indented with spaces: the narrowest indentation of two or more. */
export function indentUnit(lines: readonly string[]): number {
  const widths = lines.map((line) => /^ {2,}(?=\S)/.exec(line)?.[0].length ?? 0).filter((width) => width > 0);
  return widths.reduce((least, width) => Math.min(least, width), widths[0] ?? 4);
}

/** Returns the blanks that a line starts with. */
export function indentOf(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? "";
}

function conversions({ fileLines, oldLines, newLines, fileUnit }: Sample): Convert[] {
  const sent = [...oldLines, ...newLines].filter(hasText).map(indentOf);
  const inFile = fileLines.filter(hasText).map(indentOf);
  const identity: Convert = (indent) => indent;
  if (inFile.some((indent) => indent.includes("\t")) && sent.some((indent) => indent.includes(" "))) {
    const unit = sent.map((indent) => indent.length).reduce(greatestCommonDivisor, 0);
    return unit < 2 ? [identity] : [(indent) => indent.replaceAll(" ".repeat(unit), "\t"), identity];
  }
  if (inFile.some((indent) => indent.includes(" ")) && sent.some((indent) => indent.includes("\t"))) {
    return [(indent) => indent.replaceAll("\t", " ".repeat(fileUnit)), identity];
  }
  return [identity];
}

function findShift({ fileLines, oldLines }: Sample, convert: Convert): ((indent: string) => string | null) | null {
  const pairs = oldLines.flatMap((old, index) => {
    const line = fileLines[index];
    return line === undefined || !hasText(old) ? [] : [{ sent: convert(indentOf(old)), file: indentOf(line) }];
  });
  const [first] = pairs;
  if (first === undefined) return null;
  const { sent, file } = first;
  if (file.endsWith(sent)) {
    const added = file.slice(0, file.length - sent.length);
    if (pairs.every((pair) => pair.file === added + pair.sent)) return (indent) => added + indent;
  }
  if (!sent.endsWith(file)) return null;
  const removed = sent.slice(0, sent.length - file.length);
  if (!pairs.every((pair) => pair.sent === removed + pair.file)) return null;
  return (indent) => (indent.startsWith(removed) ? indent.slice(removed.length) : null);
}

function reindentLine(line: string, change: (indent: string) => string | null): string | null {
  if (!hasText(line)) return line;
  const indent = indentOf(line);
  const changed = change(indent);
  return changed === null ? null : changed + line.slice(indent.length);
}

function hasText(line: string): boolean {
  return /[^ \t]/.test(line);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
