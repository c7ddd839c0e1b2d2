// The one function through which every word of data reaches a shell.

/** Words that no POSIX shell reads as anything but themselves. `a=b` is not one: before a command it is an assignment. */
const plain = /^(?:[A-Za-z0-9_%+,./:@-]+|--?[A-Za-z0-9_%+,./:@-]+=[A-Za-z0-9_%+,./:@=-]*)$/;

/**
 * One word for `sh`: single quotes, in which nothing has a meaning. Throws for NUL, which no argument can hold.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02
 */
export function quoteWord(word: string): string {
  if (word.includes("\0")) throw new Error("a word for the shell holds a NUL byte");
  return plain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export function quoteWords(words: readonly string[]): string {
  return words.map(quoteWord).join(" ");
}
