import { InvalidArgumentError } from 'commander';
import { isUsableId } from '../dustess/ids.ts';

/** Reads an event's or a contact's id. @throws InvalidArgumentError for a text under which nothing can be kept */
export function idArgument(text: string): string {
  if (isUsableId(text)) return text;
  throw new InvalidArgumentError('An id has 1 to 512 bytes.');
}
