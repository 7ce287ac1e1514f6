import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { UnusableFile } from './unusable-file.ts';

const FORMAT = 'merge-sync link plan 1';
const text = v.pipe(v.string(), v.minLength(1));

const LinkSchema = v.strictObject({
  /** The 尘锋 id to write. */
  contact: text,
  record: text,
  key: text,
  /** Of the values that agreed: the record must have one of them still. Hashed, so that the plan holds no values. */
  seals: v.array(text),
});
export type PlannedLink = v.InferOutput<typeof LinkSchema>;

const PlanSchema = v.strictObject({
  format: v.literal(FORMAT),
  /** ISO 8601. */
  madeAt: text,
  tenant: text,
  /** What kind of CRM, and a hash of its address: a plan is for one CRM. */
  crm: v.strictObject({ kind: text, address: text }),
  /** SHA-256 of the export. */
  file: text,
  country: text,
  /** Key → properties of a record, in the order of the keys' strength. */
  properties: v.record(v.string(), v.array(text)),
  counts: v.record(v.string(), v.number()),
  salt: text,
  links: v.array(LinkSchema),
  /** SHA-256 of all above. */
  digest: text,
});
export type LinkPlan = v.InferOutput<typeof PlanSchema>;

/** A plan as it is written to a file. */
export function sealPlan(plan: Omit<LinkPlan, 'format' | 'digest'>): LinkPlan {
  const whole = { format: FORMAT as typeof FORMAT, ...plan };
  return { ...whole, digest: digestOf(whole) };
}

const digestOf = (plan: Omit<LinkPlan, 'digest'>) => createHash('sha256').update(JSON.stringify(plan)).digest('hex');

/** One link a line, so that a person can read the plan. */
export const printPlan = ({ links, digest, ...plan }: LinkPlan): string =>
  `${JSON.stringify(plan).slice(0, -1)},\n"links":[\n${links.map((link) => JSON.stringify(link)).join(',\n')}\n],\n"digest":"${digest}"}\n`;

/** @throws UnusableFile for what is no plan, or was changed since it was made. */
export function readPlan(name: string, content: string): LinkPlan {
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), PlanSchema), content.replace(/^\uFEFF/, ''));
  if (!read.success)
    throw new UnusableFile(
      `${name} is not a plan that merge-sync link has made: make one with merge-sync link FILE.csv`,
    );
  const { digest, ...plan } = read.output;
  if (digestOf(plan) !== digest)
    throw new UnusableFile(`${name} was changed since it was made: make a new plan with merge-sync link FILE.csv`);
  return read.output;
}

/** A value of a key as a plan may hold it. */
export const sealOf = (salt: string, key: string, value: string): string =>
  createHash('sha256').update(`${salt}\n${key}\n${value}`).digest('base64url').slice(0, 22);
