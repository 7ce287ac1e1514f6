/** A CloudFormation template, as far as the deployment looks into it. */
export interface Template {
  Resources?: Record<string, TemplateResource>;
  Outputs?: Record<string, { Description?: string; Value?: unknown }>;
  Metadata?: { Parameters?: Record<string, unknown> };
}

export interface TemplateResource {
  Type: string;
  Properties?: Record<string, unknown>;
}

export const TABLES = ['EventsTable', 'LedgerTable'] as const;

/** @throws Error where the template has no such table, or gives it no fixed name */
export function tableName(template: Template, table: (typeof TABLES)[number]): string {
  const name = template.Resources?.[table]?.Properties?.TableName;
  if (typeof name !== 'string') throw new Error(`the template has no name for ${table}`);
  return name;
}
