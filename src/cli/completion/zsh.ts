// A completion script for zsh: a file named _watchmend on $fpath, or sourced after compinit.
import type { Flag, Grammar, Value, Verb } from "./grammar.ts";

export function zshCompletion({ program, verbs, options }: Grammar): string {
  const name = `_${program.replace(/\W/g, "_")}`;
  return `#compdef ${program}
# zsh completion for ${program}; load it with: source <(${program} completion zsh)
${name}() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -C ${options.map((option) => specsOf(option).join(" ")).join(" ")} '1: :->verb' '*:: :->rest' && return
  case $state in
    verb)
      local -a verbs
      verbs=(
${verbs.map((verb) => `        ${quote(`${verb.name}:${verb.description}`)}`).join("\n")}
      )
      _describe verb verbs ;;
    rest)
      case $line[1] in
${verbs.map((verb) => `        ${verb.name}) _arguments ${argumentsOf(verb).join(" ")} ;;`).join("\n")}
      esac ;;
  esac
}
if [[ $funcstack[1] == ${name} ]]; then ${name} "$@"; else compdef ${name} ${program}; fi
`;
}

function argumentsOf(verb: Verb): string[] {
  return [
    ...verb.options.flatMap(specsOf),
    ...verb.operands.map(({ name, value }, i) => quote(`${i + 1}:${plain(name)}:${action(value)}`)),
  ];
}

/** The short and the long form exclude each other; the long one also takes its value behind a sign. */
function specsOf({ short, long, description, value }: Flag): string[] {
  const tail = `[${plain(description)}]${value ? `:${long.slice(2)}:${action(value)}` : ""}`;
  const both = short ? `(${short} ${long})` : "";
  return [
    ...(short ? [quote(`${both}${short}${tail}`)] : []),
    quote(`${both}${long}${value ? "=" : ""}${tail}`),
  ];
}

function action(value: Value): string {
  if (value.kind === "words") return `(${value.words.join(" ")})`;
  return value.kind === "path" ? "_files" : "";
}

/** These characters separate the parts of a specification. */
function plain(text: string): string {
  return text.replace(/[[\]:\\]/g, "\\$&");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
