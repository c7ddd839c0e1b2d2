// Shell scripts, kept whole: what a check expects or a maintenance job leaves undone can be the cause of an alarm.
import type { Parser } from "../parser.ts";

const shebang = /^#!\s{0,3}\/\S{0,60}(?:sh|env\s+(?:-S\s+)?(?:ba|da|k|z)?sh)\b/;
const longest = 512 * 1024;

export const shellScript: Parser = {
  id: "shell-script",
  reads: "*.sh: scripts that check, maintain or deploy the stack",
  provides: ["config.documents"],
  readsFiles: true,
  recognise: ({ text }) => (shebang.test(text.slice(0, 200)) ? 0.6 : 0),
  parse(segment, emit) {
    const { source, startLine, text, path, host, embeddedIn } = segment;
    emit.fact("config.documents", {
      at: { source, line: startLine },
      kind: "shell-script",
      origin: "file",
      value: undefined,
      text: text.slice(0, longest),
      startLine,
      lines: {},
      duplicateKeys: [],
      ...(path === undefined ? {} : { path }),
      ...(host === undefined ? {} : { host }),
      ...(embeddedIn === undefined ? {} : { embeddedIn }),
    });
  },
};
