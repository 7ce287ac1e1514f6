export function quantile(numbers: number[], share: number): number;
export function median(numbers: number[]): number;
export function quartiles(numbers: number[]): [number, number];
