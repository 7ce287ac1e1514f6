export function helpIfAsked(url: string): void;
