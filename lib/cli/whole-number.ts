import { InvalidArgumentError } from 'commander';
import { wholeNumberIn } from '../config.ts';

/** Reads an option that is a whole number, in decimal digits alone. @throws InvalidArgumentError naming the range */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const count = wholeNumberIn(text, least, most);
    if (count !== undefined) return count;
    throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
  };
}
