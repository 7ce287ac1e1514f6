/** Taken out of the arguments before a command sees them (`lib/cli/bin.mjs`): here for `--help`. */
export const ADAPTER_OPTION = [
  '--adapter <file>',
  'a kind of CRM of your own, as compiled JavaScript; may be given again (or $ADAPTERS)',
] as const;
