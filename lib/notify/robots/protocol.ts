import type { Message } from '../message.ts';
import type { RobotKind, RobotOf } from '../settings.ts';
import type { Advice } from '../verdict.ts';

/** How one vendor's robots are spoken to. */
export interface RobotProtocol<K extends RobotKind> {
  /** What the vendor calls it. */
  name: { en: string; zh: string };
  /** Whether a robot takes a message of this size. */
  fits(robot: RobotOf<K>, message: Message): boolean;
  /** @param now milliseconds since 1970, for the signature. */
  request(robot: RobotOf<K>, message: Message, now: number): { url: string; body: string };
  /** Where an answer has its error code: all three answer HTTP 200 to what they refuse. */
  codeField: 'errcode' | 'code';
  /** Which thing to change for an error code; `wait` where it passes by itself. @param errmsg the answer's own text */
  adviceFor(code: number, errmsg: string): Advice;
}

export const bytesOf = (text: string): number => Buffer.byteLength(text, 'utf8');

/** The title with the word that a robot's group wants in every message. */
export const titleWith = (keyword: string | undefined, { title }: Message): string =>
  keyword === undefined || title.includes(keyword) ? title : `${keyword} ${title}`;
