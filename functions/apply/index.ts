import { composeApply } from './compose.ts';

export const handler = composeApply(process.env);
