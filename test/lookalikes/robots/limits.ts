import type { RecordedRequest } from '../../contracts/recording-server.ts';
import type { GroupRobot, RobotsState } from './state.ts';

const MINUTE = 60_000;

/** Messages that a robot was asked for within the last `ms`, this one included. */
export function askedWithin({ id }: GroupRobot, ms: number, state: RobotsState): number {
  return state.asked.filter(({ robot, at }) => robot === id && at > state.now() - ms).length;
}

export const askedThisMinute = (robot: GroupRobot, state: RobotsState) => askedWithin(robot, MINUTE, state);

export const isJson = ({ method, headers }: RecordedRequest) =>
  method === 'POST' && /^application\/json\b/.test(headers['content-type'] ?? '');

export const hasKeyword = ({ keywords }: GroupRobot, text: string) =>
  keywords === undefined || keywords.some((word) => text.includes(word));

export function parsed(body: string) {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
