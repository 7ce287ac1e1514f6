const MAX_QUOTED = 80;

/** A name as it stands in a message, cut: it comes from a file and may be anything. */
export const quoteName = (name: string) => `\`${name.slice(0, MAX_QUOTED)}\``;
