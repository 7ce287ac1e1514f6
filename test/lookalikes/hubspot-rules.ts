import { Refusal } from './hubspot-account.ts';

/** What an account's admins have made obligatory: https://developers.hubspot.com/changelog/crm-api-write-validation-enforcement */
export interface PortalRules {
  /** Required on the form for new records. */
  onCreate: string[];
  /** Where `when` has a value, `needs` must have one. */
  conditional: { when: string; needs: string }[];
  /** Whether a write that does not touch `when` is held to a rule that is broken already. Not documented. */
  bindsUnrelatedWrites: boolean;
}

type Values = Record<string, string | null>;

/** @throws Refusal in the words of HubSpot's changelog. */
export function checkRules(rules: PortalRules, write: 'create' | 'update', values: Values, before: Values): void {
  const after = { ...before, ...values };
  const missing = write === 'create' ? rules.onCreate.filter((name) => !after[name]) : [];
  if (missing.length > 0) throw refusal('The property values provided are invalid', missing.map(missingOnCreate));
  const broken = rules.conditional.filter(
    ({ when, needs }) =>
      after[when] && !after[needs] && (when in values || needs in values || rules.bindsUnrelatedWrites),
  );
  if (broken.length > 0) throw refusal('The property values provided are invalid', broken.map(missingByCondition));
}

const refusal = (message: string, errors: object[]) =>
  new Refusal(400, { category: 'VALIDATION_ERROR', message, errors });

const missingOnCreate = (name: string) => ({
  code: 'MISSING_REQUIRED_PROPERTY',
  message: `A value for ${name} must be provided`,
  context: { propertyName: [name] },
});

const missingByCondition = ({ when, needs }: { when: string; needs: string }) => ({
  code: 'MISSING_CONDITIONAL_REQUIRED_PROPERTY',
  message: `${needs} is required because of a conditional property rule based on [${when}]`,
  context: { propertyName: [needs] },
});
