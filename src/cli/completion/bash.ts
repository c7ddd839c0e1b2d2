// A completion script for bash 4 and newer, without the bash-completion package.
import type { Flag, Grammar, Value, Verb } from "./grammar.ts";

export function bashCompletion(grammar: Grammar): string {
  const { program, verbs } = grammar;
  const name = `_${program.replace(/\W/g, "_")}`;
  return `# bash completion for ${program}; load it with: source <(${program} completion bash)
${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} verb= operands=0 i skip=0
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    if ((skip)); then skip=0; continue; fi
    case $verb,\${COMP_WORDS[i]} in
${verbs.flatMap(valueOptions).join("\n")}
      *,-?*) ;;
      ,*) verb=\${COMP_WORDS[i]} ;;
      *) ((operands++)) ;;
    esac
  done
  # bash splits --format=json at the sign
  if [[ $current == = ]]; then current=; elif [[ $previous == = ]]; then previous=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  case $verb,$previous in
${verbs.flatMap(valuesAfter).join("\n")}
  esac
  if [[ $current == -* ]]; then
    case $verb in
${verbs.map((verb) => `      ${verb.name}) ${words(flags(verb.options))} ;;`).join("\n")}
      *) ${words(flags(grammar.options))} ;;
    esac
    return
  fi
  case $verb,$operands in
    ,*) ${words(verbs.map((verb) => verb.name))} ;;
${verbs.flatMap(operandsOf).join("\n")}
  esac
}
complete -o bashdefault -o default -F ${name} ${program}
`;
}

function flags(options: readonly Flag[]): string[] {
  return options.flatMap(({ short, long }) => [long, ...(short ? [short] : [])]);
}

function words(list: readonly string[]): string {
  return `COMPREPLY=($(compgen -W ${quote(list.join(" "))} -- "$current"))`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function patterns(verb: Verb, option: Flag): string {
  return flags([option])
    .map((flag) => `${verb.name},${flag}`)
    .join("|");
}

/** Options whose value is the next word: it is no operand. */
function valueOptions(verb: Verb): string[] {
  return verb.options
    .filter((option) => option.value)
    .map((option) => `      ${patterns(verb, option)}) skip=1 ;;`);
}

function valuesAfter(verb: Verb): string[] {
  return verb.options.flatMap((option) =>
    option.value ? [`    ${patterns(verb, option)}) ${reply(option.value)}; return ;;`] : [],
  );
}

function operandsOf(verb: Verb): string[] {
  return verb.operands.map((operand, i) => `    ${verb.name},${i}) ${reply(operand.value)} ;;`);
}

/** With an empty reply, `-o default` completes paths; free text gets nothing. */
function reply(value: Value): string {
  if (value.kind === "words") return words(value.words);
  return value.kind === "path" ? "COMPREPLY=()" : "compopt +o default +o bashdefault";
}
