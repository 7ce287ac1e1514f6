const NUMBER = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i;
const MAX_LENGTH = 400; // A number that is held exactly has 17 digits that count; the rest are zeros.

/** Whether the number that JavaScript makes of a decimal text has all of its digits. */
export function isHeldExactly(text: string): boolean {
  return text.length <= MAX_LENGTH && significantDigits(text) === significantDigits(String(Number(text)));
}

/** The digits that count, and their place: the same for `1.10`, `1.1` and `11E-1`. */
function significantDigits(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const counting = digits.replace(/0+$/, '');
  if (counting === '') return '0';
  const place = Number(exponent) - fraction.length + digits.length - counting.length;
  return `${sign === '-' ? '-' : ''}${counting}e${place}`;
}
