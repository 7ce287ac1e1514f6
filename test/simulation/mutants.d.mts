export interface Mutant {
  name: string;
  edits: { file: string; from: string; to: string }[];
}

export const MUTANTS: Mutant[];
