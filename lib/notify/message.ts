/** A line of a message: a sentence, or a command to copy. */
export type Line = string | { command: string };

/** What a group is told, before it is written as one vendor's robot wants it. */
export interface Message {
  tone: 'alarm' | 'ok' | 'plain';
  title: string;
  /** The most important first: where a robot takes less, the last ones are left out. */
  lines: Line[];
}

const MAX_LINE = 1_200;

/** The text of a line. @param command how a command is marked. */
export function lineText(line: Line, command: (text: string) => string): string {
  return typeof line === 'string' ? line.slice(0, MAX_LINE) : command(line.command.slice(0, MAX_LINE));
}

/**
 * The message with as many of its lines as a robot takes, and a last one that says how many were left out.
 * @param fits whether the robot takes the message.
 */
export function fitted(message: Message, leftOut: (count: number) => string, fits: (message: Message) => boolean) {
  if (fits(message)) return message;
  for (let kept = message.lines.length - 1; kept > 0; kept -= 1) {
    const lines = [...message.lines.slice(0, kept), leftOut(message.lines.length - kept)];
    if (fits({ ...message, lines })) return { ...message, lines };
  }
  return { ...message, lines: [] };
}
