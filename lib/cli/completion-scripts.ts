/** What a shell may complete. */
export interface CommandWords {
  name: string;
  summary: string;
  options: { flag: string; description: string; choices: string[] }[];
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const inQuotes = (text: string) => `'${text.replaceAll("'", "'\\''").replaceAll('\n', ' ')}'`;

/** A script that the shell reads at its start; it starts no process when a key is pressed. */
export function completionScript(shell: Shell, commands: CommandWords[]): string {
  return { bash, zsh, fish }[shell](commands);
}

function bash(commands: CommandWords[]): string {
  const cases = commands.map(({ name, options }) => {
    const words = options.map(({ flag }) => flag).join(' ');
    return `    ${name}) words=${inQuotes(words)} ;;`;
  });
  const values = commands.flatMap(({ name, options }) =>
    options
      .filter(({ choices }) => choices.length > 0)
      .map(({ flag, choices }) => `    ${name}:${flag}) words=${inQuotes(choices.join(' '))} ;;`),
  );
  return `_merge_sync() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}" words=
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${inQuotes(commands.map(({ name }) => name).join(' '))} -- "$current"))
    return
  fi
  case "$command" in
${cases.join('\n')}
  esac
  case "$command:$before" in
${values.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _merge_sync merge-sync`;
}

const described = (word: string, description: string) => inQuotes(`${word.replaceAll(':', '\\:')}:${description}`);

function zsh(commands: CommandWords[]): string {
  const names = commands.map(({ name, summary }) => `    ${described(name, summary)}`);
  const cases = commands.map(({ name, options }) => {
    const words = options.map(({ flag, description }) => described(flag, description)).join(' ');
    return `    ${name}) words=(${words}) ;;`;
  });
  const values = commands.flatMap(({ name, options }) =>
    options
      .filter(({ choices }) => choices.length > 0)
      .map(({ flag, choices }) => `    ${name}:${flag}) words=(${choices.map(inQuotes).join(' ')}) ;;`),
  );
  return `#compdef merge-sync
_merge_sync() {
  local -a words_of commands
  commands=(
${names.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe -t commands 'command' commands
    return
  fi
  local command=\${words[2]} before=\${words[CURRENT-1]}
  case $command in
${cases.join('\n').replaceAll('words=(', 'words_of=(')}
  esac
  case "$command:$before" in
${values.join('\n').replaceAll('words=(', 'words_of=(')}
  esac
  _describe -t options 'option' words_of || _files
}
if [ "$funcstack[1]" = "_merge_sync" ]; then _merge_sync "$@"; else compdef _merge_sync merge-sync; fi`;
}

const FISH_START = '__fish_use_subcommand';

function fish(commands: CommandWords[]): string {
  const names = commands.map(
    ({ name, summary }) => `complete -c merge-sync -f -n ${FISH_START} -a ${name} -d ${inFish(summary)}`,
  );
  const options = commands.flatMap(({ name, options: all }) =>
    all.map(({ flag, description, choices }) => {
      const values = choices.length > 0 ? ` -x -a ${inFish(choices.join(' '))}` : '';
      return `complete -c merge-sync -n '__fish_seen_subcommand_from ${name}' -l ${flag.slice(2)} -d ${inFish(description)}${values}`;
    }),
  );
  return [...names, ...options].join('\n');
}

const inFish = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', ' ')}'`;
