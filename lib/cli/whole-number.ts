import { InvalidArgumentError } from 'commander';

/** Reads an option that is a whole number, in decimal digits alone. @throws InvalidArgumentError naming the range */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (/^\d+$/.test(text) && count >= least && count <= most) return count;
    throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
  };
}
